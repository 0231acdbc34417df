package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddedServerTest {
    private static final Map<String, String> SETTINGS = Map.of("wal_level", "logical", "fsync", "off");

    @TempDir
    Path folder;

    @Test
    void dataOutlivesTheProcessAndOnlyThePasswordOpensIt() throws Exception {
        ProcessRegistry registry = ProcessRegistry.in(folder);
        Path data = folder.resolve("data");
        try (EmbeddedServer server = EmbeddedServer.start(data, SETTINGS, registry);
                Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement()) {
            statement.execute("create table kept (id int)");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data.password"))))
                    .isEqualTo("rw-------");
            String url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?sslmode=disable";
            assertThatThrownBy(() -> DriverManager.getConnection(url, "postgres", "wrong"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
        }
        EmbeddedServer left = EmbeddedServer.start(data, SETTINGS, registry);
        // Not closed, as after kill -9 of the JVM: the next start ends it and takes the folder over.
        try (EmbeddedServer server = EmbeddedServer.start(data, SETTINGS, registry);
                Connection connection = server.connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*), current_setting('wal_level') from kept")) {
            assertThat(ProcessHandle.of(left.pid())).isEmpty();
            rows.next();
            assertThat(rows.getInt(1)).isZero();
            assertThat(rows.getString(2)).isEqualTo("logical");
        }
    }

    @Test
    void whatAKilledProgramLeftRunningIsEndedThroughTheRegistry() throws Exception {
        EmbeddedServer server = EmbeddedServer.start(folder.resolve("data"), SETTINGS, ProcessRegistry.in(folder));
        assertThat(ProcessRegistry.in(folder).endAll()).isPositive();
        assertThat(ProcessHandle.of(server.pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
    }
}
