package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import landfall.base.Problem;
import org.junit.jupiter.api.Test;

/**
 * No false alarm: tables of random columns, keys and rows are moved while they are written to, and proved again and again
 * meanwhile. {@code LANDFALL_CLEAN_MOVES=100} asks for more moves, {@code LANDFALL_CLEAN_SEED} for the same ones.
 */
final class CleanMovesTest {
    private static final Duration SECONDS = Duration.ofSeconds(30);
    private static final List<String> KEYS = List.of(
            "int",
            "bigint",
            "text",
            "uuid",
            "numeric",
            "timestamptz",
            "varchar(40)",
            "bytea");
    private static final List<String> VALUES = List.of(
            "(random() * 1000)::int",
            "random()",
            "case when random() < 0.1 then 'NaN'::float8 when random() < 0.1 then '-0'::float8 else 0 end",
            "'inf'::float8 - 'inf'::float8",
            "(random() * 1000)::numeric(10, 3)",
            "repeat(md5(random()::text), (random() * 100)::int)",
            "now() + random() * interval '1 year'",
            "jsonb_build_object('a', random(), 'b', null)",
            "array[random()::text, null, '']",
            "decode(md5(random()::text), 'hex')",
            "int4range((random() * 10)::int, 20)",
            "point(random(), -0.0)",
            "interval '1 day' * random()",
            "nullif((random() * 3)::int, 1)",
            "random() < 0.5");

    private static String key(String type, String n) {
        return switch (type) {
            case "text", "varchar(40)" -> "'Kä ' || " + n;
            case "uuid" -> "md5((" + n + ")::text)::uuid";
            case "timestamptz" -> "timestamptz '2024-01-01' + " + n + " * interval '1 s'";
            case "bytea" -> "convert_to((" + n + ")::text, 'UTF8')";
            default -> n + "::" + type;
        };
    }

    private record Made(String name, String keyType, List<String> values) {
        String insert(String range) {
            return "insert into " + name + " select " + key(keyType, "g") + ", g, " + String.join(", ", values) + " from "
                    + range + " g";
        }
    }

    private static Made table(Random random, int number) {
        List<String> values = new ArrayList<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            values.add(VALUES.get(random.nextInt(VALUES.size())));
        }
        return new Made("made" + number, KEYS.get(random.nextInt(KEYS.size())), values);
    }

    @Test
    void aCleanMoveRaisesNoAlarmWhileItIsWrittenTo() throws Exception {
        String asked = System.getenv("LANDFALL_CLEAN_SEED");
        long seed = asked == null ? System.nanoTime() : Long.parseLong(asked);
        String moves = System.getenv("LANDFALL_CLEAN_MOVES");
        System.out.println("LANDFALL_CLEAN_SEED=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < (moves == null ? 2 : Integer.parseInt(moves)); i++) {
            move(random, "move " + i + " of seed " + seed);
        }
    }

    private static void move(Random random, String name) throws Exception {
        List<Made> tables = new ArrayList<>();
        List<String> statements = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Made made = table(random, i);
            tables.add(made);
            statements.add("create table " + made.name() + " as select " + key(made.keyType(), "g") + " as k, g as n, "
                    + columns(made) + " from generate_series(1, " + (i == 0 ? 20000 : random.nextInt(300)) + ") g");
            statements.add("alter table " + made.name() + " add primary key (k)");
        }
        Servers.Move move = Servers.move(statements.toArray(String[]::new));
        AtomicBoolean stop = new AtomicBoolean();
        List<Throwable> failures = new ArrayList<>();
        Thread writer = Thread.ofVirtual().start(() -> write(move, tables, new Random(random.nextLong()), stop, failures));
        try {
            move.copy();
            try (Follower follower = move.follow()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(follower.verify().problems())
                            .as(name)
                            .extracting(Problem::sentence)
                            .isEmpty();
                }
                stop.set(true);
                writer.join();
                assertThat(follower.awaitLag(SECONDS, SECONDS)).isTrue();
                assertThat(follower.verifyTouched().problems())
                        .as(name)
                        .extracting(Problem::sentence)
                        .isEmpty();
            }
        } finally {
            stop.set(true);
            writer.join();
        }
        assertThat(failures).isEmpty();
    }

    private static String columns(Made made) {
        List<String> named = new ArrayList<>();
        for (int i = 0; i < made.values().size(); i++) {
            named.add(made.values().get(i) + " as c" + i);
        }
        return String.join(", ", named);
    }

    private static void write(
            Servers.Move move, List<Made> tables, Random random, AtomicBoolean stop, List<Throwable> failures) {
        int next = 1_000_000;
        try (Connection connection = move.source().connect("app")) {
            Sql.execute(connection, "set search_path = public");
            while (!stop.get()) {
                Made made = tables.get(random.nextInt(tables.size()));
                int choice = random.nextInt(4);
                int from = next;
                next += 20;
                Sql.execute(
                        connection,
                        switch (choice) {
                            case 0 -> made.insert("generate_series(" + from + ", " + (from + 19) + ")");
                            case 1 -> "update " + made.name() + " set c0 = " + made.values().getFirst()
                                    + " where n % 100 = " + random.nextInt(100);
                            case 2 -> "delete from " + made.name() + " where n % 200 = " + random.nextInt(200);
                            default -> "update " + made.name() + " set k = " + key(made.keyType(), "(n + 10000000)")
                                    + ", n = n + 10000000 where n < 10000000 and n % 500 = " + random.nextInt(500);
                        });
                Thread.sleep(2);
            }
        } catch (SQLException | RuntimeException e) {
            failures.add(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
