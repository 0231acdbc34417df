package landfall.postgres;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import landfall.base.Duplex;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Secret;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

/**
 * One of the two databases of a move and the way to reach it: byte streams from a dialer, never an address.
 *
 * @param label {@code source} or {@code target}, for messages
 * @param address whose certificate is looked at, and how; the dialer alone makes the connection
 */
public record Database(
        String label, Duplex.Dialer dialer, String name, String user, Secret password, ServerAddress address) {
    /**
     * Of two sessions that wait for each other the one gives up that looks first: it must never be the app's. (An app that
     * truncates in a longer transaction meets whoever locks several tables.) Only a superuser may set it.
     */
    static final String GIVES_WAY = givesWayAfter("50ms");

    /** For a session of ours that others of ours give way to, and that still does so before the app. */
    static final String GIVES_WAY_SECOND = givesWayAfter("500ms");

    private static String givesWayAfter(String wait) {
        return "select set_config('deadlock_timeout', " + Sql.literal(wait) + ", false) from pg_catalog.pg_roles"
                + " where rolname = current_user and rolsuper";
    }

    /** A server that is starting up says so for as long as it replays its log. */
    private static final Duration STARTING_MAX = Duration.ofSeconds(60);

    private static final Duration STARTING_PAUSE = Duration.ofMillis(250);

    /** Row text is compared between servers, so nothing that changes it may come from a server's settings. */
    private static final String PINNED = """
            set client_encoding = 'UTF8'; set extra_float_digits = 3; set datestyle = 'ISO, YMD';\
            set intervalstyle = 'postgres'; set bytea_output = 'hex'; set timezone = 'UTC'; set xmloption = 'content';\
            set lc_monetary = 'C'; set search_path = 'pg_catalog'; set row_security = off;\
            set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0;\
            set default_transaction_read_only = off; set default_transaction_isolation = 'read committed';\
            set idle_session_timeout = 0;\
            select set_config('transaction_timeout', '0', false) where current_setting('transaction_timeout', true) <> '0';\
            set synchronous_commit = on; set client_min_messages = warning; set standard_conforming_strings = on; %s""".formatted(GIVES_WAY);

    /** By a stream that needs no protection of its own. */
    public Database(String label, Duplex.Dialer dialer, String name, String user, Secret password) {
        this(label, dialer, name, user, password, ServerAddress.STREAM);
    }

    /**
     * @param url {@code postgres://USER:PASSWORD@HOST:PORT/NAME}, as Dokku prints it; its host and port are not used
     * @throws LandfallException if it is not such a URL; the message doesn't quote it, as it holds a password
     */
    public static Database fromUrl(String label, Duplex.Dialer dialer, Secret url) {
        URI uri = URI.create(url.reveal());
        String[] user = uri.getRawUserInfo() == null
                ? new String[0]
                : uri.getRawUserInfo().split(":", 2);
        if (user.length != 2 || uri.getPath() == null || uri.getPath().length() < 2) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "the URL of the " + label + " database is not postgres://USER:PASSWORD@HOST:PORT/NAME",
                            "`postgres:info --dsn` printed something else",
                            "Look at the service on the host."));
        }
        return new Database(
                label,
                dialer,
                uri.getPath().substring(1),
                URLDecoder.decode(user[0], StandardCharsets.UTF_8),
                Secret.of(URLDecoder.decode(user[1], StandardCharsets.UTF_8)));
    }

    public Database as(String otherUser, Secret otherPassword) {
        return new Database(label, dialer, name, otherUser, otherPassword, address);
    }

    /** The same server, another database of it. */
    public Database named(String otherName) {
        return new Database(label, dialer, otherName, user, password, address);
    }

    /** The same database by another way. */
    public Database by(Duplex.Dialer otherDialer, ServerAddress otherAddress) {
        return new Database(label, otherDialer, name, user, password, otherAddress);
    }

    /** @param purpose shown in pg_stat_activity as {@code landfall/purpose} */
    public Connection connect(String purpose) throws SQLException {
        return open(purpose, new Properties(), false, PINNED);
    }

    /** Nothing is set in it: for a server that may not be PostgreSQL and may not know what we would set. */
    Connection bare(String purpose) throws SQLException {
        return open(purpose, new Properties(), false, "select 1");
    }

    /** What a failed connection means and what to do about it. */
    public static Problem problem(String what, SQLException cause) {
        return Sql.failed(what, cause).problems().getFirst();
    }

    /** Whether no server answered, so that another way may still lead to it. */
    public static boolean isUnreachable(SQLException cause) {
        return Passing.isNobodyThere(cause);
    }

    /** For whole scripts: sent as they are in one message, not parsed here. */
    Connection script(String purpose) throws SQLException {
        Properties properties = new Properties();
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        return open(purpose, properties, false, PINNED);
    }

    /** A connection that speaks the replication protocol. */
    public Connection replication(String purpose) throws SQLException {
        return open(purpose, replicating(), true, PINNED);
    }

    /** The same, for a caller that reads the stream itself. */
    Connection replicationScript(String purpose) throws SQLException {
        return open(purpose, replicating(), false, PINNED);
    }

    private static Properties replicating() {
        Properties properties = new Properties();
        PGProperty.PREFER_QUERY_MODE.set(properties, "simple");
        PGProperty.REPLICATION.set(properties, "database");
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "14");
        return properties;
    }

    private Connection open(String purpose, Properties properties, boolean pumped, String greeting)
            throws SQLException {
        PGProperty.USER.set(properties, user);
        PGProperty.PASSWORD.set(properties, password.reveal());
        PGProperty.SSL_MODE.set(properties, address.sslMode());
        if (address.sslRootCertificate() != null) {
            PGProperty.SSL_ROOT_CERT.set(properties, address.sslRootCertificate());
        }
        if (address.options() != null) {
            PGProperty.OPTIONS.set(properties, address.options());
        }
        PGProperty.GSS_ENC_MODE.set(properties, "disable");
        PGProperty.APPLICATION_NAME.set(properties, "landfall/" + purpose);
        PGProperty.SOCKET_FACTORY.set(properties, DialerSocketFactory.class.getName());
        // The last that was dialed: the driver dials again where TLS is refused and may be done without.
        AtomicReference<@Nullable WatchedStream> stream = new AtomicReference<>();
        Duplex.Dialer watching = () -> {
            WatchedStream watched = WatchedStream.over(dialer.dial());
            stream.set(watched);
            return watched;
        };
        String ticket = DialerSocketFactory.register(watching, pumped);
        PGProperty.SOCKET_FACTORY_ARG.set(properties, ticket);
        try {
            Connection connection = whenStarted(properties);
            try (Statement statement = connection.createStatement()) {
                statement.execute(greeting);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
            WatchedStream own = stream.get();
            if (own != null && !purpose.equals(SessionCheck.PURPOSE)) {
                int pid = connection.unwrap(PGConnection.class).getBackendPID();
                own.attend(new SessionCheck(this, pid, "landfall/" + purpose), pumped);
            }
            return connection;
        } finally {
            DialerSocketFactory.forget(ticket);
        }
    }

    /** The factory dials: of the address only the name is used, which a certificate must carry. */
    private Connection whenStarted(Properties properties) throws SQLException {
        String url = "jdbc:postgresql://" + address.urlHost() + ":" + address.port() + "/"
                + java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
        long end = System.nanoTime() + STARTING_MAX.toNanos();
        while (true) {
            try {
                Connection connection = new org.postgresql.Driver().connect(url, properties);
                if (connection == null) {
                    throw new SQLException("this is a bug: the driver refused its own address");
                }
                return connection;
            } catch (SQLException e) {
                // 57P03: the server is starting up, or shutting down to start again.
                if (!"57P03".equals(e.getSQLState()) || System.nanoTime() > end) {
                    throw e;
                }
            }
            long next = System.nanoTime() + STARTING_PAUSE.toNanos();
            while (System.nanoTime() < next) {
                Fence.pause();
            }
        }
    }

    @Override
    public String toString() {
        return label + " database " + name;
    }
}
