package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The follower's memory is bounded, whatever a transaction's or a row's size. */
final class FollowMemoryTest {
    @Test
    void hugeTransactionsAndRowsOf100MegabytesPassThrough256MegabytesOfHeap() throws Exception {
        Servers.Move move = Servers.move(
                "create table t (id int primary key, v text)",
                "create table big (id int primary key, n int, v text)",
                "alter table big alter column v set storage external");
        move.copy();
        Servers.run(
                move.source(),
                "begin; insert into t select g, repeat('x', 300) from generate_series(1, 100000) g;"
                        + " update t set v = 'y' where id % 2 = 0; delete from t where id % 4 = 0; commit",
                "insert into big select g, g, repeat(chr(64 + g), 100000000) from generate_series(1, 3, 2) g",
                "update big set n = 7, v = repeat('u', 100000000) where id = 1",
                "update big set id = 30 where id = 3",
                "insert into big values (4, 4, 'small')");
        follow(move, "256m");
        for (String sql : new String[] {
            "select count(*) || md5(string_agg(id || v, ',' order by id)) from t",
            "select string_agg(id || ' ' || n || ' ' || length(v) || ' ' || md5(v), ',' order by id) from big"
        }) {
            assertThat(Servers.read(move.target(), sql)).isEqualTo(Servers.read(move.source(), sql));
        }
    }

    static void follow(Servers.Move move, String heap) throws Exception {
        Servers servers = Servers.get();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx" + heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        FollowMemoryProgram.class.getName(),
                        move.source().name(),
                        Integer.toString(servers.source.port()),
                        Integer.toString(servers.target.port()))
                .redirectErrorStream(true)
                .start();
        try (var input = process.getOutputStream()) {
            input.write((move.source().password().reveal() + "\n"
                            + move.target().password().reveal())
                    .getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }
}
