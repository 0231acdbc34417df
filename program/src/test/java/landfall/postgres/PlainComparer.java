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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import landfall.sandbox.EmbeddedServer;

/**
 * Compares two databases with nothing of ours: {@code pg_dump}'s text, block by block with owners and rights,
 * {@code pg_dumpall}'s roles, and every table's rows as sorted texts. A materialized view is as old as its refresh on each
 * side, and is compared by its definition.
 *
 * @param former the source's roles that become the app's role on the target
 * @param app the app's role on the target
 * @param roles how the names of the roles begin that are compared; a server's others belong to other tests
 */
record PlainComparer(String database, List<String> former, String app, String roles) {
    private static final Path PROGRAMS = Path.of("/usr/lib/postgresql/15/bin");
    private static final Pattern HEADER =
            Pattern.compile("(?m)^--\n-- Name: (.*?); Type: ([A-Z ]+); Schema: (.*?); Owner: (.*)\n--\n");
    private static final Pattern SETTING = Pattern.compile(
            "\\s*^SET (default_tablespace|default_table_access_method)" + " = (.*);\\s*\\z", Pattern.MULTILINE);

    static boolean isPossible() {
        return Stream.of("pg_dump", "pg_dumpall").allMatch(name -> Files.isExecutable(PROGRAMS.resolve(name)));
    }

    /**
     * @param withoutRows tables of which only the definition is compared, as {@code schema.table}
     * @return what differs; empty if nothing does
     */
    List<String> differences(EmbeddedServer source, EmbeddedServer target, Set<String> withoutRows)
            throws SQLException, IOException, InterruptedException {
        List<String> differences = new ArrayList<>();
        compare("rows", rows(source, withoutRows), rows(target, withoutRows), differences);
        compare("structure", blocks(source, this::onTarget), blocks(target, text -> text), differences);
        compare("roles", roleLines(source), roleLines(target), differences);
        return differences;
    }

    private static void compare(
            String what, Map<String, List<String>> one, Map<String, List<String>> other, List<String> differences) {
        List<String> names = Stream.concat(one.keySet().stream(), other.keySet().stream())
                .distinct()
                .sorted()
                .toList();
        for (String name : names) {
            List<String> here = new ArrayList<>(one.getOrDefault(name, List.of()));
            List<String> there = new ArrayList<>(other.getOrDefault(name, List.of()));
            if (here.equals(there)) {
                continue;
            }
            String label = what + " " + name;
            List<String> onlyThere = new ArrayList<>(there);
            here.forEach(onlyThere::remove);
            there.forEach(here::remove);
            here.stream().limit(3).forEach(line -> differences.add(label + " only source: " + shortened(line)));
            onlyThere.stream().limit(3).forEach(line -> differences.add(label + " only target: " + shortened(line)));
            if (here.isEmpty() && onlyThere.isEmpty()) {
                differences.add(label + ": the order differs: " + one.get(name) + " and " + there);
            }
        }
    }

    private static String shortened(String line) {
        return line.length() < 600 ? line : line.substring(0, 600) + "… (" + line.length() + " characters)";
    }

    private Map<String, List<String>> rows(EmbeddedServer server, Set<String> without) throws SQLException {
        Map<String, List<String>> rows = new TreeMap<>();
        try (Connection connection = server.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("set timezone = 'UTC'; set datestyle = 'ISO'; set intervalstyle = 'postgres';"
                    + " set extra_float_digits = 3; set bytea_output = 'hex'; set search_path = ''");
            List<String> tables = new ArrayList<>();
            try (ResultSet found = statement.executeQuery(
                    "select format('%I.%I', n.nspname, c.relname), n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                            + " where relkind = 'r'"
                            + " and nspname !~ '^pg_|^information_schema$|^landfall$' order by 1")) {
                while (found.next()) {
                    if (!without.contains(found.getString(2))) {
                        tables.add(found.getString(1));
                    }
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

    /** Sequences of the second server that stand behind those of the first; one that cycles may. */
    List<String> sequencesBehind(EmbeddedServer before, EmbeddedServer now) throws SQLException {
        String sql = "select format('%I.%I', schemaname, sequencename), increment_by, coalesce(last_value, start_value)"
                + " from pg_sequences where not cycle and schemaname <> 'landfall'";
        Map<String, Long> reached = new TreeMap<>();
        try (Connection connection = before.connect(database);
                ResultSet found = connection.createStatement().executeQuery(sql)) {
            while (found.next()) {
                reached.put(found.getString(1), found.getLong(3));
            }
        }
        List<String> behind = new ArrayList<>();
        try (Connection connection = now.connect(database);
                ResultSet found = connection.createStatement().executeQuery(sql)) {
            while (found.next()) {
                Long least = reached.remove(found.getString(1));
                long value = found.getLong(3);
                if (least == null || (found.getLong(2) > 0 ? value < least : value > least)) {
                    behind.add(found.getString(1) + ": " + value + " behind " + least);
                }
            }
        }
        reached.keySet().forEach(name -> behind.add(name + " is missing"));
        return behind;
    }

    /** The source's text with the names that roles have on the target. */
    private String onTarget(String text) {
        String names = String.join("|", former);
        return text.replaceAll(
                "(?m)((?:OWNER| TO|FROM|FOR ROLE|Owner:|ALTER ROLE)(?: TO)? )(" + names + ")(?=[; ]|$)",
                "$1" + Matcher.quoteReplacement(app));
    }

    /** pg_dump's own blocks by their headings; what Landfall has there while a move lasts is left out. */
    private Map<String, List<String>> blocks(EmbeddedServer server, UnaryOperator<String> names)
            throws IOException, InterruptedException {
        String text = names.apply(output(
                        server,
                        "pg_dump",
                        "--schema-only",
                        "--create",
                        "--no-publications",
                        "--exclude-schema=landfall",
                        database))
                .replaceAll("(?m)^\\\\(un)?restrict .*\n", "")
                .replaceFirst("--\n-- PostgreSQL database dump complete\n--\\s*\\z", "");
        Map<String, List<String>> blocks = new TreeMap<>();
        Map<String, String> settings = new TreeMap<>();
        Matcher matcher = HEADER.matcher(text);
        String heading = "";
        int from = 0;
        while (matcher.find()) {
            add(blocks, heading, text.substring(from, matcher.start()), settings);
            heading = matcher.group(2) + " " + matcher.group(3) + " " + matcher.group(1) + " of " + matcher.group(4);
            from = matcher.end();
        }
        add(blocks, heading, text.substring(from), settings);
        if (blocks.size() < 10) {
            throw new IOException("pg_dump's blocks were not understood: " + shortened(text));
        }
        return blocks;
    }

    /** SET stands where pg_dump first needs it, so it is written to each block that it holds for. */
    private static void add(
            Map<String, List<String>> blocks, String heading, String body, Map<String, String> settings) {
        String in = settings.toString();
        String rest = body.stripTrailing();
        while (true) {
            Matcher setting = SETTING.matcher(rest);
            if (setting.find()) {
                settings.put(setting.group(1), setting.group(2));
                rest = rest.substring(0, setting.start());
            } else {
                break;
            }
        }
        if (heading.matches("TRIGGER .* landfall_guard of .*") || rest.contains(" IS 'Landfall: fenced, ")) {
            return;
        }
        List<String> lines = Arrays.stream(rest.split("\n", -1))
                .map(PlainComparer::settled)
                // The fence's, while it stands.
                .filter(line -> !line.matches("ALTER DATABASE .* SET default_transaction_read_only TO 'on';"))
                .toList();
        if (heading.contains("ACL")) {
            lines = lines.stream().sorted().toList();
        }
        if (heading.startsWith("TABLE ") || heading.startsWith("INDEX ") || heading.startsWith("MATERIALIZED ")) {
            blocks.computeIfAbsent(heading, name -> new ArrayList<>()).add("settings: " + in);
        }
        blocks.computeIfAbsent(heading, name -> new ArrayList<>()).addAll(lines);
    }

    /** What pg_dump writes otherwise once it has been restored: where an array of constants is cast, and their names. */
    private static String settled(String line) {
        return line.contains("'::") ? line.replaceAll("::(text|character varying)(\\[])?|[()]| AS text\\b", "") : line;
    }

    private Map<String, List<String>> roleLines(EmbeddedServer server) throws IOException, InterruptedException {
        return Map.of(
                "",
                output(server, "pg_dumpall", "--roles-only", "--no-role-passwords")
                        .lines()
                        .filter(line -> line.contains(roles) && !line.startsWith("--"))
                        .map(line -> line.replaceAll(" GRANTED BY .*", ""))
                        .sorted()
                        .toList());
    }

    private static String output(EmbeddedServer server, String program, String... arguments)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("structure", ".sql");
        try {
            List<String> command = new ArrayList<>(List.of(
                    PROGRAMS.resolve(program).toString(),
                    "--host=127.0.0.1",
                    "--port=" + server.port(),
                    "--username=postgres"));
            command.addAll(List.of(arguments));
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().put("PGPASSWORD", server.superuserPassword().reveal());
            int exit = builder.start().waitFor();
            String text = Files.readString(output, StandardCharsets.UTF_8);
            if (exit != 0) {
                throw new IOException(program + ": " + text);
            }
            return text;
        } finally {
            Files.delete(output);
        }
    }
}
