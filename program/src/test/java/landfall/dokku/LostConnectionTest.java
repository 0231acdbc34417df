package landfall.dokku;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import landfall.base.LandfallException;
import landfall.remote.ProcessSshServer;
import landfall.remote.SshConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostConnectionTest {
    @TempDir
    Path folder;

    @Test
    void aReadIsSentAgainAndAChangeIsNot() throws Exception {
        Path log = Files.createFile(folder.resolve("log"));
        String script = "echo \"$1\" >> \"$2\"; [ $(wc -l < \"$2\") -ge 2 ] || sleep 30; echo done";
        try (ProcessSshServer server = new ProcessSshServer(
                        folder, line -> List.of("bash", "-c", script, "bash", line, log.toString()), Map.of());
                SshConnection connection = server.connect()) {
            DokkuHost host = new DokkuHost(connection);
            Thread first = dropping(server, log);
            assertThat(host.run(DokkuCommand.of("apps:list")).stdout()).isEqualTo("done\n");
            first.join();
            assertThat(log).hasContent("apps:list\napps:list\n");

            Files.writeString(log, "");
            Thread second = dropping(server, log);
            assertThatThrownBy(() -> host.run(DokkuCommand.of("apps:create", "web")))
                    .isInstanceOf(LandfallException.class)
                    .hasMessageContaining("the connection was lost")
                    .hasMessageContaining("it looks at what the host has");
            second.join();
            assertThat(log).hasContent("apps:create web\n");
        }
    }

    private static Thread dropping(ProcessSshServer server, Path log) {
        return Thread.ofVirtual().start(() -> {
            try {
                while (Files.size(log) == 0) {
                    Thread.onSpinWait();
                }
                server.dropConnections();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
