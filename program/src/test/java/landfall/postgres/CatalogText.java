package landfall.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import landfall.sandbox.EmbeddedServer;

/** The whole catalog of a database and its server as text, without what changes by itself. */
public final class CatalogText {
    /** Statistics, and what VACUUM and the server's own bookkeeping write. */
    private static final String TABLES =
            "select c.relname from pg_class c where c.relnamespace = 'pg_catalog'::regnamespace"
                    + " and c.relkind = 'r' and c.relname not in ('pg_statistic', 'pg_statistic_ext_data', 'pg_largeobject')"
                    + " order by 1";
    /** relhastriggers is a hint that VACUUM takes back. */
    private static final String MASKED = "{relpages,reltuples,relallvisible,relfrozenxid,relminmxid,relhastriggers,"
            + "datfrozenxid,datminmxid,indcheckxmin}";

    private CatalogText() {}

    /** Rows of every catalog table by its name, and pg_dumpall's view of what databases share. */
    public static Map<String, String> of(EmbeddedServer server, String database)
            throws SQLException, IOException, InterruptedException {
        Map<String, String> text = new TreeMap<>();
        try (Connection connection = server.connect(database)) {
            for (String table : Sql.strings(connection, TABLES)) {
                List<String> rows = Sql.strings(
                        connection,
                        "select (to_jsonb(t) - '" + MASKED + "'::text[])::text from pg_catalog." + table
                                + " t order by 1");
                text.put(table, String.join("\n", rows));
            }
        }
        Path dumpall = Path.of("/usr/lib/postgresql/15/bin/pg_dumpall");
        if (Files.isExecutable(dumpall)) {
            ProcessBuilder builder = new ProcessBuilder(
                    dumpall.toString(),
                    "-g",
                    "-h",
                    "127.0.0.1",
                    "-p",
                    Integer.toString(server.port()),
                    "-U",
                    "postgres");
            builder.environment().put("PGPASSWORD", server.superuserPassword().reveal());
            Process process = builder.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("pg_dumpall: " + output);
            }
            text.put("pg_dumpall -g", output.replaceAll("(?m)^\\\\(un)?restrict .*$", ""));
        }
        return text;
    }
}
