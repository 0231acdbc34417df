package landfall.move;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import landfall.base.Secret;
import landfall.postgres.MoverRole;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;

/** A source and a target for all fault runs: started once, crashed and started again where a run asks for it. */
final class FaultServers implements AutoCloseable {
    static final String APP = "app_owner";
    static final Secret APP_PASSWORD = Secret.of("app");
    static final Secret MOVER_PASSWORD = Secret.of("mover");

    private static final String TEMPLATE = "fault_template";
    private static final Map<String, String> SETTINGS = Map.of(
            "wal_level", "logical",
            "fsync", "off",
            "max_replication_slots", "20",
            "max_wal_senders", "20",
            "max_connections", "60",
            "max_prepared_transactions", "5",
            // Background work of other runs' databases would only take time.
            "autovacuum", "off",
            "shared_buffers", "32MB");

    private final Path folder;
    private final ProcessRegistry registry;
    private volatile EmbeddedServer source;
    private volatile EmbeddedServer target;

    FaultServers(Path folder) throws Exception {
        this.folder = folder;
        registry = ProcessRegistry.in(folder);
        source = EmbeddedServer.start(folder.resolve("source"), SETTINGS, registry);
        target = EmbeddedServer.start(folder.resolve("target"), SETTINGS, registry);
        run(Side.CLUSTER, "postgres", "create role " + APP + " login password 'app'", "create database " + TEMPLATE);
        run(
                Side.CLUSTER,
                TEMPLATE,
                "create table item (id serial primary key, name text not null unique, qty int not null, doc jsonb, raw bytea)",
                "create table ledger (id bigserial primary key, item int references item (id), writer int not null,"
                        + " n int not null, side text not null, doc jsonb, raw bytea)",
                "create index ledger_writer on ledger (writer, n)",
                // No identity: copied again behind the door.
                "create table bare (writer int, n int, side text)",
                "create table churn (id serial primary key, k int not null unique, v text)",
                "create sequence ticket",
                "insert into item (name, qty, doc, raw) select 'i' || g, 0, jsonb_build_object('g', g),"
                        + " decode(md5(g::text), 'hex') from generate_series(0, 99) g",
                "insert into ledger (item, writer, n, side, doc, raw) select 1 + g % 100, 0, g, 'CLUSTER',"
                        + " jsonb_build_object('g', g, 'text', repeat('x', g % 200)), decode(repeat(md5(g::text), g % 9), 'hex')"
                        + " from generate_series(1, 1500) g",
                "insert into bare select 0, g, 'CLUSTER' from generate_series(1, 100) g",
                "insert into churn (k, v) select g, 'v' from generate_series(1, 50) g",
                "alter table item owner to " + APP,
                "alter table ledger owner to " + APP,
                "alter table bare owner to " + APP,
                "alter table churn owner to " + APP,
                "alter sequence ticket owner to " + APP,
                "vacuum analyze");
    }

    EmbeddedServer server(Side side) {
        return side == Side.CLUSTER ? source : target;
    }

    int port(Side side) {
        return server(side).port();
    }

    /** What is there for one run: the source's database filled, the target's empty. */
    void create(String name) throws SQLException {
        run(Side.CLUSTER, "postgres", "create database " + name + " template " + TEMPLATE + " owner " + APP);
        run(Side.DOKKU, "postgres", "create database " + name);
    }

    /** Removes a run's databases and what a failed one left on the servers. */
    void drop(String name) throws SQLException {
        for (Side side : Side.values()) {
            try (Connection admin = admin(side, "postgres")) {
                execute(admin, "alter system reset max_slot_wal_keep_size");
                execute(admin, "select pg_reload_conf()");
                for (String role : strings(
                        admin,
                        "select rolname from pg_roles where not rolcanlogin" + " and rolname not like 'pg\\_%'")) {
                    execute(admin, "alter role " + role + " login");
                }
                for (String gid : strings(admin, "select gid from pg_prepared_xacts where database = '" + name + "'")) {
                    try (Connection inside = admin(side, name)) {
                        execute(inside, "rollback prepared '" + gid + "'");
                    }
                }
                execute(
                        admin,
                        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '" + name + "'");
                execute(
                        admin,
                        "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = '" + name
                                + "'");
                execute(admin, "drop database if exists " + name + " with (force)");
                execute(admin, "drop role if exists " + name + "_app");
                execute(
                        admin,
                        "select pg_replication_origin_drop(roname) from pg_replication_origin where roname like 'landfall\\_"
                                + name + "\\_%'");
            }
        }
        try (Connection admin = admin(Side.CLUSTER, "postgres")) {
            execute(
                    admin,
                    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = '" + MoverRole.NAME
                            + "' and pid <> pg_backend_pid()");
            execute(admin, "drop role if exists " + MoverRole.NAME);
        }
    }

    /** As a power failure would: nothing is flushed, nobody is told. Then it starts again, elsewhere. */
    void crash(Side side) {
        try {
            EmbeddedServer server = server(side);
            new ProcessBuilder("sh", "-c", "kill -QUIT \"$1\"", "sh", Long.toString(server.pid()))
                    .start()
                    .waitFor();
            EmbeddedServer again = EmbeddedServer.start(
                    folder.resolve(side == Side.CLUSTER ? "source" : "target"), SETTINGS, registry);
            if (side == Side.CLUSTER) {
                source = again;
            } else {
                target = again;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The end of one session by SIGKILL makes the server end all others and recover. */
    void crashSession(Side side) {
        try (Connection admin = admin(side, "postgres")) {
            long pid = Long.parseLong(text(admin, "select pg_backend_pid()"));
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes log until the slots that stand still have lost what they keep. */
    void loseSlots(Side side) {
        try (Connection admin = admin(side, "postgres")) {
            execute(admin, "alter system set max_slot_wal_keep_size = '1MB'");
            execute(admin, "select pg_reload_conf()");
            for (int i = 0; i < 3; i++) {
                execute(admin, "create table busy as select g, repeat('x', 500) from generate_series(1, 15000) g");
                execute(admin, "drop table busy");
                execute(admin, "select pg_switch_wal()");
                execute(admin, "checkpoint");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A superuser's session, while the fence keeps the others out as well. */
    Connection admin(Side side, String database) throws SQLException {
        try {
            return server(side).connect(database);
        } catch (SQLException e) {
            if (side == Side.CLUSTER && "28000".equals(e.getSQLState())) {
                return connect(port(side), database, MoverRole.NAME, MOVER_PASSWORD);
            }
            throw e;
        }
    }

    static Connection connect(int port, String database, String user, Secret password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password.reveal());
        properties.setProperty("sslmode", "disable");
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("ApplicationName", "app");
        properties.setProperty("connectTimeout", "10");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, properties);
    }

    void run(Side side, String database, String... statements) throws SQLException {
        try (Connection connection = admin(side, database)) {
            for (String statement : statements) {
                execute(connection, statement);
            }
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static List<String> strings(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }

    static String text(Connection connection, String sql) throws SQLException {
        return strings(connection, sql).getFirst();
    }

    @Override
    public void close() {
        source.close();
        target.close();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
