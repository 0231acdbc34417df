package landfall.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import landfall.base.Duplex;
import landfall.base.Secret;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;

/** Two real servers for all tests of the package; each test has databases and a move name of its own. */
final class Servers {
    /** Streams to one server that can all be cut at once, as when a network fails. */
    static final class Line implements Duplex.Dialer {
        private final int port;
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();

        Line(int port) {
            this.port = port;
        }

        @Override
        public Duplex dial() throws IOException {
            Socket socket = new Socket(java.net.InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
            socket.setTcpNoDelay(true);
            open.add(socket);
            return new Duplex() {
                @Override
                public InputStream input() {
                    try {
                        return socket.getInputStream();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }

                @Override
                public OutputStream output() {
                    try {
                        return socket.getOutputStream();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                }

                @Override
                public void close() throws IOException {
                    open.remove(socket);
                    socket.close();
                }
            };
        }

        void cut() throws IOException {
            for (Socket socket : open) {
                try {
                    socket.setSoLinger(true, 0);
                    socket.close();
                } catch (java.net.SocketException e) {
                    // Whoever it belongs to may have closed it in this moment.
                    if (!socket.isClosed()) {
                        throw e;
                    }
                }
            }
        }
    }

    /** One test's move: databases, names, and what its app would use. */
    record Move(Database source, Database target, Naming naming, TargetRole role, Line sourceLine, Line targetLine) {
        Connection sourceApp() throws SQLException {
            return source().as("app_owner", Secret.of("app")).connect("app");
        }

        SnapshotCopy.Result copy() {
            return new SnapshotCopy(source, target, naming, role, landfall.base.Events.NONE).run();
        }

        Follower follow() {
            return Follower.start(source, target, Direction.FORWARD, naming, landfall.base.Events.NONE);
        }

        Follower followBack() {
            return Follower.start(target, source, Direction.BACKWARD, naming, landfall.base.Events.NONE);
        }
    }

    static final Map<String, String> SETTINGS = Map.of(
            "wal_level", "logical",
            "fsync", "off",
            "max_replication_slots", "400",
            "max_wal_senders", "60",
            "max_prepared_transactions", "5",
            "shared_buffers", "32MB");
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static @org.jspecify.annotations.Nullable Servers instance;

    final EmbeddedServer source;
    final EmbeddedServer target;

    private Servers() throws Exception {
        Path folder = Files.createTempDirectory("landfall-postgres-test");
        ProcessRegistry registry = ProcessRegistry.in(folder);
        source = EmbeddedServer.start(folder.resolve("source"), SETTINGS, registry);
        target = EmbeddedServer.start(folder.resolve("target"), SETTINGS, registry);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            source.close();
            target.close();
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }));
        try (Connection connection = source.connect("postgres")) {
            Sql.execute(connection, "create role app_owner login password 'app'");
        }
    }

    static synchronized Servers get() throws Exception {
        if (instance == null) {
            instance = new Servers();
        }
        return instance;
    }

    /** Fresh databases; the source's is filled by the statements. */
    static Move move(String... statements) throws Exception {
        Servers servers = get();
        return move(servers.source, servers.target, statements);
    }

    static Move move(EmbeddedServer source, EmbeddedServer target, String... statements) throws Exception {
        String name = "t" + COUNT.incrementAndGet();
        for (EmbeddedServer server : List.of(source, target)) {
            try (Connection connection = server.connect("postgres")) {
                Sql.execute(connection, "create database " + name);
            }
        }
        try (Connection connection = source.connect(name)) {
            Sql.execute(connection, "alter database " + name + " owner to app_owner");
            for (String statement : statements) {
                Sql.execute(connection, statement);
            }
        }
        Line sourceLine = new Line(source.port());
        Line targetLine = new Line(target.port());
        Database superuser = new Database("source", sourceLine, name, "postgres", source.superuserPassword());
        MoverRole.create(superuser, Secret.of("mover"));
        return new Move(
                superuser.as(MoverRole.NAME, Secret.of("mover")),
                new Database("target", targetLine, name, "postgres", target.superuserPassword()),
                new Naming(name),
                new TargetRole(name + "_app", Secret.of("target"), "app_owner"),
                sourceLine,
                targetLine);
    }

    static void run(Database on, String... statements) throws SQLException {
        try (Connection connection = on.connect("test")) {
            Sql.execute(connection, "set search_path = public");
            for (String statement : statements) {
                Sql.execute(connection, statement);
            }
        }
    }

    static String read(Database on, String sql) throws SQLException {
        try (Connection connection = on.connect("test")) {
            Sql.execute(connection, "set search_path = public");
            return Sql.text(connection, sql);
        }
    }
}
