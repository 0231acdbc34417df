package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Random;
import landfall.base.Duplex;
import landfall.base.Events;
import org.junit.jupiter.api.Test;

/** The slot's stream comes in pieces that know nothing of messages. */
final class FollowStreamTest {
    /** Gives fewer bytes than there are, now one, now many. */
    private static final class Dribbling extends FilterInputStream {
        private final Random random;

        Dribbling(InputStream input, long seed) {
            super(input);
            random = new Random(seed);
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int most = switch (random.nextInt(4)) {
                case 0 -> 1;
                case 1 -> 1 + random.nextInt(40);
                case 2 -> 1 + random.nextInt(5000);
                default -> length;
            };
            return super.read(to, offset, Math.min(length, most));
        }
    }

    private static Duplex dribbling(Duplex plain, long seed) {
        InputStream input = new Dribbling(plain.input(), seed);
        return new Duplex() {
            @Override
            public InputStream input() {
                return input;
            }

            @Override
            public OutputStream output() {
                return plain.output();
            }

            @Override
            public void close() throws IOException {
                plain.close();
            }
        };
    }

    @Test
    void messagesThatAreCutAnywhereAreReadWhole() throws Exception {
        Servers.Move move = Servers.move(
                "create table t (id int primary key, n int, v text)",
                "alter table t alter column v set storage external");
        move.copy();
        long seed = Long.parseLong(
                System.getenv().getOrDefault("LANDFALL_FOLLOW_SEED", Long.toString(System.nanoTime() & 0xffffff)));
        System.out.println("LANDFALL_FOLLOW_SEED=" + seed);
        Random random = new Random(seed);
        Database source = move.source();
        Database slow = source.by(() -> dribbling(source.dialer().dial(), random.nextLong()), source.address());
        // Rows as long as the buffer, and a little more and less: with their heads they end at every place of it.
        int buffer = LogStream.CHUNK_BYTES;
        try (Follower follower = Follower.start(slow, move.target(), Direction.FORWARD, move.naming(), Events.NONE)) {
            for (int round = 0; round < 15; round++) {
                int near = buffer - 120 + random.nextInt(240);
                Servers.run(
                        source,
                        "insert into t select " + round * 100
                                + " + g, g, repeat('r', g * g) from generate_series(1, 60) g",
                        "insert into t values (" + round * 100 + ", 0, repeat('" + (char) ('a' + round % 26) + "', "
                                + near + "))",
                        "update t set n = n + 1 where id % 7 = " + round % 7,
                        "update t set v = repeat('u', " + random.nextInt(3 * buffer) + ") where id = " + round * 50,
                        "delete from t where id % 11 = " + round % 11 + " and id < " + round * 30);
            }
            assertThat(follower.awaitLag(Duration.ofSeconds(30), Duration.ofSeconds(60)))
                    .isTrue();
        }
        String all =
                "select count(*) || ' ' || md5(string_agg(id || ' ' || n || ' ' || md5(v), ',' order by id)) from t";
        assertThat(Servers.read(move.target(), all)).isEqualTo(Servers.read(source, all));
    }
}
