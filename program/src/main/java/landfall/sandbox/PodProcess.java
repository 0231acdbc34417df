package landfall.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What runs as a container: a process, or an embedded PostgreSQL with the official image's manners. */
interface PodProcess {
    int waitFor() throws InterruptedException;

    /** SIGTERM. */
    void terminate();

    /** SIGKILL. */
    void kill();

    static PodProcess of(Process process) {
        return new PodProcess() {
            @Override
            public int waitFor() throws InterruptedException {
                return process.waitFor();
            }

            @Override
            public void terminate() {
                process.destroy();
            }

            @Override
            public void kill() {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        };
    }

    /** As the image's entry point: data in PGDATA, role and database made at the first start. */
    static PodProcess postgres(Containers.Spec spec, Path home, ProcessRegistry registry)
            throws IOException, InterruptedException {
        String user = spec.env().getOrDefault("POSTGRES_USER", "postgres");
        String password = spec.env().getOrDefault("POSTGRES_PASSWORD", "");
        if (password.isEmpty() || user.equals("postgres")) {
            throw new IOException(
                    "the sandbox's PostgreSQL needs POSTGRES_PASSWORD and a POSTGRES_USER other than" + " postgres");
        }
        String path = spec.env().getOrDefault("PGDATA", "/var/lib/postgresql/data");
        String mapped = Containers.mapped(path, spec.mounts());
        Path data = mapped.equals(path) ? Path.of(home + path) : Path.of(mapped);
        EmbeddedServer server = EmbeddedServer.start(data, settings(spec.words()), registry);
        TcpForwarder forwarder;
        try {
            createRole(server, user, password, spec.env().getOrDefault("POSTGRES_DB", user));
            forwarder = new TcpForwarder(
                    spec.address(),
                    5432,
                    () -> Optional.of(new InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), server.port())));
        } catch (SQLException | IOException e) {
            server.close();
            throw new IOException("the sandbox's PostgreSQL could not be prepared: " + e.getMessage(), e);
        }
        return new PostgresProcess(server, forwarder);
    }

    private static Map<String, String> settings(List<String> words) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        Iterator<String> left = words.iterator();
        while (left.hasNext()) {
            String word = left.next();
            if (word.equals("postgres")) {
                continue;
            }
            String pair = word.equals("-c") && left.hasNext() ? left.next() : word.replaceFirst("^--", "");
            int equals = pair.indexOf('=');
            if (equals < 1 || List.of("port", "listen_addresses").contains(pair.substring(0, equals))) {
                throw new IOException("the sandbox's PostgreSQL does not take the argument " + word);
            }
            settings.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return settings;
    }

    private static void createRole(EmbeddedServer server, String user, String password, String database)
            throws SQLException {
        try (Connection connection = server.connect("postgres")) {
            List<String> statements = new ArrayList<>();
            if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", user)) {
                statements.add(
                        "CREATE ROLE " + quoted(user, '"') + " SUPERUSER LOGIN PASSWORD " + quoted(password, '\''));
            }
            if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", database)) {
                statements.add("CREATE DATABASE " + quoted(database, '"') + " OWNER " + quoted(user, '"'));
            }
            for (String sql : statements) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql);
                }
            }
        }
    }

    private static boolean exists(Connection connection, String query, String value) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, value);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static String quoted(String text, char quote) {
        String mark = String.valueOf(quote);
        return mark + text.replace(mark, mark + mark) + mark;
    }

    /** A server behind the pod's address. */
    final class PostgresProcess implements PodProcess {
        private final EmbeddedServer server;
        private final TcpForwarder forwarder;

        private PostgresProcess(EmbeddedServer server, TcpForwarder forwarder) {
            this.server = server;
            this.forwarder = forwarder;
        }

        int port() {
            return server.port();
        }

        @Override
        public int waitFor() throws InterruptedException {
            Optional<ProcessHandle> process = ProcessHandle.of(server.pid());
            while (process.isPresent() && process.get().isAlive()) {
                Thread.sleep(100);
            }
            close();
            return 0;
        }

        private void close() {
            try {
                forwarder.close();
            } catch (IOException e) {
                System.getLogger(PodProcess.class.getName()).log(System.Logger.Level.WARNING, "forwarder", e);
            }
        }

        @Override
        public void terminate() {
            server.close();
            close();
        }

        @Override
        public void kill() {
            ProcessHandle.of(server.pid()).ifPresent(process -> {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            });
            close();
        }
    }
}
