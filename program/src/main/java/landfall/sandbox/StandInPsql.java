package landfall.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A stand-in for psql where the machine has none: sends SQL, prints rows roughly as psql does, and knows {@code \!},
 * {@code \set}, {@code \setenv}, {@code \echo} and {@code \q}. It reads stdin byte by byte, so that what follows a
 * {@code \!} line is left for the command.
 */
public final class StandInPsql {
    private final Map<String, String> variables = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();
    private final FileInputStream in = new FileInputStream(FileDescriptor.in);
    private final PrintStream out;
    private final PrintStream err;

    private StandInPsql(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        StandInPsql psql = new StandInPsql(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
        Map<String, String> names = Map.of("-h", "HOST", "-p", "PORT", "-U", "USER", "-d", "DBNAME");
        for (int i = 0; i + 1 < words.length; i++) {
            String name = names.get(words[i]);
            if (name != null) {
                psql.variables.put(name, words[++i]);
            }
        }
        psql.err.println("landfall sandbox: a stand-in for psql, none was found on this machine");
        System.exit(psql.run());
    }

    private int run() throws IOException, InterruptedException {
        Properties properties = new Properties();
        properties.setProperty("user", variables.getOrDefault("USER", "postgres"));
        properties.setProperty("password", String.valueOf(System.getenv("PGPASSWORD")));
        String url = "jdbc:postgresql://" + variables.get("HOST") + ":" + variables.get("PORT") + "/"
                + variables.get("DBNAME");
        try (Connection connection = DriverManager.getConnection(url, properties);
                Statement statement = connection.createStatement()) {
            StringBuilder sql = new StringBuilder();
            for (String line = line(); line != null; line = line()) {
                if (sql.toString().isBlank() && line.strip().startsWith("\\")) {
                    if (line.strip().equals("\\q")) {
                        return 0;
                    }
                    command(line.strip());
                    continue;
                }
                sql.append(line).append('\n');
                if (line.stripTrailing().endsWith(";")) {
                    print(statement, sql.toString());
                    sql.setLength(0);
                }
            }
            if (!sql.toString().isBlank()) {
                print(statement, sql.toString());
            }
            return 0;
        } catch (SQLException e) {
            err.println("ERROR:  " + String.valueOf(e.getMessage()).replaceFirst("^ERROR: ", ""));
            return 3;
        }
    }

    private @org.jspecify.annotations.Nullable String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int c = in.read();
        if (c < 0) {
            return null;
        }
        for (; c >= 0 && c != '\n'; c = in.read()) {
            line.write(c);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private void command(String line) throws IOException, InterruptedException {
        String[] words = line.split("\\s+", 3);
        String first = words.length > 1 ? words[1] : "";
        String rest = words.length > 2 ? words[2] : "";
        switch (words[0]) {
            case "\\!" -> shell(line.substring(2).strip());
            case "\\set" -> variables.put(first, substituted(rest));
            case "\\setenv" -> environment.put(first, substituted(rest));
            case "\\echo" -> out.println(substituted(line.substring("\\echo".length()).strip()));
            default -> err.println("invalid command " + words[0] + " (stand-in)");
        }
    }

    private String substituted(String text) {
        String name = text.startsWith(":") ? text.substring(1) : "";
        return variables.getOrDefault(name, text.replaceAll("^'(.*)'$", "$1"));
    }

    private void shell(String line) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", line).inheritIO();
        builder.environment().putAll(environment);
        builder.start().waitFor();
    }

    private void print(Statement statement, String sql) throws SQLException {
        boolean rows = statement.execute(sql);
        if (!rows) {
            out.println(sql.strip().split("[\\s;]+")[0].toUpperCase(java.util.Locale.ROOT)
                    + (statement.getUpdateCount() > 0 ? " " + statement.getUpdateCount() : ""));
            return;
        }
        List<List<String>> table = new ArrayList<>();
        try (ResultSet result = statement.getResultSet()) {
            int columns = result.getMetaData().getColumnCount();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= columns; i++) {
                names.add(result.getMetaData().getColumnLabel(i));
            }
            table.add(names);
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    String value = result.getString(i);
                    row.add(value == null ? "" : value);
                }
                table.add(row);
            }
        }
        for (int i = 0; i < table.size(); i++) {
            out.println(table.get(i).stream().collect(Collectors.joining(" | ", " ", "")));
            if (i == 0) {
                out.println("-".repeat(table.getFirst().stream().mapToInt(name -> name.length() + 3).sum() - 1));
            }
        }
        out.println("(" + (table.size() - 1) + (table.size() == 2 ? " row)" : " rows)") + "\n");
    }
}
