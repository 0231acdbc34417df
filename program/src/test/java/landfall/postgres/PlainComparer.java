package landfall.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import landfall.sandbox.EmbeddedServer;

/** Compares two databases with nothing of ours: {@code pg_dump}'s text, and every table's rows as sorted texts; a materialized view is as old as its refresh on each side. */
final class PlainComparer {
    private static final Path PG_DUMP = Path.of("/usr/lib/postgresql/15/bin/pg_dump");

    /** What a move may change: who owns things, who may do what, and what Landfall itself has there. */
    private static final Pattern OURS =
            Pattern.compile("landfall|^--|^\\\\(un)?restrict|^SET |^$|^SELECT pg_catalog.set_config");

    private PlainComparer() {}

    static boolean knowsStructure() {
        return Files.isExecutable(PG_DUMP);
    }

    /** @return what differs; empty if nothing does */
    static List<String> differences(EmbeddedServer one, EmbeddedServer other, String database)
            throws SQLException, IOException, InterruptedException {
        List<String> differences = new ArrayList<>();
        compare("rows", rows(one, database), rows(other, database), differences);
        if (knowsStructure()) {
            compare(
                    "structure",
                    Map.of("", structure(one, database)),
                    Map.of("", structure(other, database)),
                    differences);
        }
        return differences;
    }

    private static void compare(
            String what, Map<String, List<String>> one, Map<String, List<String>> other, List<String> differences) {
        if (!one.keySet().equals(other.keySet())) {
            differences.add(what + ": " + one.keySet() + " and " + other.keySet());
        }
        one.forEach((name, lines) -> {
            List<String> there = new ArrayList<>(other.getOrDefault(name, List.of()));
            List<String> here = new ArrayList<>(lines);
            lines.forEach(line -> {
                if (there.remove(line)) {
                    here.remove(line);
                }
            });
            here.stream().limit(3).forEach(line -> differences.add(what + " " + name + " source: " + shortened(line)));
            there.stream().limit(3).forEach(line -> differences.add(what + " " + name + " target: " + shortened(line)));
        });
    }

    private static String shortened(String line) {
        return line.length() < 400 ? line : line.substring(0, 400) + "… (" + line.length() + " characters)";
    }

    private static Map<String, List<String>> rows(EmbeddedServer server, String database) throws SQLException {
        Map<String, List<String>> rows = new TreeMap<>();
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres';"
                    + " set extra_float_digits = 3; set bytea_output = 'hex'");
            List<String> tables = new ArrayList<>();
            try (ResultSet found = statement.executeQuery(
                    "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                            + " where relkind = 'r'"
                            + " and nspname !~ '^pg_|^information_schema$|^landfall$' order by 1")) {
                while (found.next()) {
                    tables.add(found.getString(1));
                }
            }
            for (String table : tables) {
                List<String> texts = new ArrayList<>();
                try (ResultSet found = statement.executeQuery(
                        "select t::text from only " + table + " t order by t::text collate \"C\"")) {
                    while (found.next()) {
                        texts.add(found.getString(1));
                    }
                }
                rows.put(table, texts);
            }
        }
        return rows;
    }

    private static List<String> structure(EmbeddedServer server, String database)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("structure", ".sql");
        try {
            ProcessBuilder builder = new ProcessBuilder(
                            PG_DUMP.toString(),
                            "--schema-only",
                            "--no-owner",
                            "--no-acl",
                            "--no-publications",
                            "--exclude-schema=landfall",
                            "--host=127.0.0.1",
                            "--port=" + server.port(),
                            "--username=postgres",
                            database)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().put("PGPASSWORD", server.superuserPassword().reveal());
            int exit = builder.start().waitFor();
            String text = Files.readString(output, StandardCharsets.UTF_8);
            if (exit != 0) {
                throw new IOException("pg_dump: " + text);
            }
            return text.lines()
                    .filter(line -> !OURS.matcher(line).find())
                    .sorted()
                    .toList();
        } finally {
            Files.delete(output);
        }
    }
}
