package landfall.sandbox.program;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import landfall.sandbox.Containers;

/**
 * Stands for Uro, with its manners (seen on the real one): migrations at start, exit 1 without its settings or its
 * database, a health check that asks nobody, 500 for whatever goes wrong.
 */
public final class UroService {
    private UroService() {}

    public static void main(String[] words) throws Exception {
        Map<String, String> env = System.getenv();
        UroDatabase database;
        try {
            database = new UroDatabase(required(env, "DATABASE_URL"));
        } catch (IllegalArgumentException e) {
            System.exit(failed(String.valueOf(e.getMessage())));
            return;
        }
        if (words.length > 0) {
            System.exit(job(List.of(words), database));
        }
        serve(env, database);
    }

    private static String required(Map<String, String> env, String name) {
        String value = env.getOrDefault(name, "");
        if (value.isEmpty()) {
            throw new IllegalArgumentException("Environment variable " + name + " is required but not set.");
        }
        return value;
    }

    private static int failed(String message) {
        Log.line("** (RuntimeError) " + message);
        return 1;
    }

    private static void serve(Map<String, String> env, UroDatabase database) throws Exception {
        int port;
        try {
            port = Integer.parseInt(required(env, "PORT"));
        } catch (IllegalArgumentException e) {
            System.exit(failed("PORT: " + e.getMessage()));
            return;
        }
        migrate(database);
        UroRoutes routes = new UroRoutes(database, env);
        HttpListener listener;
        try {
            listener = new HttpListener(env.getOrDefault(Containers.BIND_VARIABLE, "127.0.0.1"), port, routes::answer);
        } catch (IOException e) {
            System.exit(failed("could not listen on port " + port + ": " + e.getMessage()));
            return;
        }
        Shutdown.with(listener);
        listener.start();
        Log.line("Running Uro.Endpoint at port " + listener.port());
        Thread.ofVirtual().start(database::fill);
    }

    /** The database may come up a little later than we do; after five seconds Uro gives up. */
    private static void migrate(UroDatabase database) throws InterruptedException {
        long end = System.nanoTime() + 5_000_000_000L;
        while (true) {
            try {
                database.migrate();
                return;
            } catch (SQLException e) {
                boolean connecting = String.valueOf(e.getSQLState()).startsWith("08")
                        || String.valueOf(e.getSQLState()).startsWith("57P");
                if (!connecting || System.nanoTime() > end) {
                    System.exit(failed("could not migrate: " + e.getMessage()));
                }
                Thread.sleep(250);
            }
        }
    }

    /** {@code /app/bin/uro prune-sessions}: the job of the CronJob. */
    private static int job(List<String> words, UroDatabase database) throws InterruptedException {
        String name = words.getLast();
        if (!name.equals("prune-sessions")) {
            return failed("unknown command " + String.join(" ", words));
        }
        try {
            int removed = database.transaction(connection -> {
                try (var statement =
                        UroDatabase.statement(connection, "DELETE FROM sessions WHERE expires_at < now()")) {
                    return statement.executeUpdate();
                }
            });
            Log.line("pruned " + removed + " sessions");
            return 0;
        } catch (SQLException e) {
            return failed("prune-sessions: " + e.getMessage());
        }
    }
}
