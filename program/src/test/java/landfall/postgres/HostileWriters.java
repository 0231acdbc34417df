package landfall.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.Secret;
import org.postgresql.util.PSQLException;

/**
 * An app's sessions: they write through copy, follow and switch, each with a transaction of its own all the time. While a
 * switch is under way one that is shut out goes on at the other side; any other refusal ends the run.
 */
final class HostileWriters implements AutoCloseable {
    /** Where an app finds its database. */
    record Place(int port, String database, String user, Secret password) {
        Connection connect() throws SQLException {
            Connection connection = DriverManager.getConnection(
                    "jdbc:postgresql://127.0.0.1:" + port + "/" + database, user, password.reveal());
            Sql.execute(connection, "set search_path = public; set statement_timeout = '60s'");
            return connection;
        }
    }

    private static final Pattern PROCESS = Pattern.compile("[Pp]rocess (\\d+)");
    private static final long PATIENCE_SECONDS = 90;

    private final HostileSchema schema;
    private final List<Place> places;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger committed = new AtomicInteger();
    private final AtomicInteger moved = new AtomicInteger();
    private final Set<Integer> processes = ConcurrentHashMap.newKeySet();
    /** Transactions hold it for reading; who looks at both sides, for writing. */
    private final ReentrantReadWriteLock quiet = new ReentrantReadWriteLock(true);
    /** By writer: the number of the last transaction that it knows to be committed. */
    private final List<AtomicInteger> confirmed = new ArrayList<>();

    private volatile boolean switching;
    private volatile int home;

    /** @param places the source first, then the target */
    HostileWriters(HostileSchema schema, List<Place> places) {
        this.schema = schema;
        this.places = List.copyOf(places);
    }

    /** Each writer's statements are a function of the seed; how they mix is not. */
    void start(int count, long seed) {
        for (int i = 0; i < count; i++) {
            int writer = i;
            confirmed.add(new AtomicInteger());
            HostileWorkload workload = new HostileWorkload(schema, new Random(seed * 31 + writer + 1));
            threads.add(Thread.ofVirtual().start(() -> write(writer, workload)));
        }
    }

    int committed() {
        return committed.get();
    }

    /** How often a writer was shut out and went to the other side. */
    int moved() {
        return moved.get();
    }

    /** From now on a writer may be shut out. */
    void beginSwitch() {
        switching = true;
    }

    /** Every writer has committed on that side, and from now on none may be shut out. */
    void endSwitch(int side) throws InterruptedException {
        home = side;
        awaitProgress();
        switching = false;
    }

    /** Waits until each writer has committed once more. */
    void awaitProgress() throws InterruptedException {
        List<Integer> before = confirmed.stream().map(AtomicInteger::get).toList();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        for (int i = 0; i < before.size(); i++) {
            while (confirmed.get(i).get() <= before.get(i)) {
                throwIfFailed();
                if (System.nanoTime() > end) {
                    throw new AssertionError("writer " + i + " doesn't get on");
                }
                Thread.sleep(5);
            }
        }
    }

    void throwIfFailed() {
        if (!failures.isEmpty()) {
            throw new AssertionError("a writer was refused what is no fault of its own", failures.getFirst());
        }
    }

    /** Nobody writes until the lock is given back. */
    Lock pause() {
        Lock lock = quiet.writeLock();
        lock.lock();
        return lock;
    }

    /** Numbers of transactions that were told to be committed and aren't there. */
    List<String> lost() throws SQLException {
        List<String> lost = new ArrayList<>();
        try (Connection connection = places.get(home).connect()) {
            for (int writer = 0; writer < confirmed.size(); writer++) {
                long there = Sql.number(
                        connection,
                        "select count(distinct n) from ledger where writer = " + writer + " and n <= "
                                + confirmed.get(writer).get());
                if (there != confirmed.get(writer).get()) {
                    lost.add("writer " + writer + ": " + there + " of "
                            + confirmed.get(writer).get());
                }
            }
        }
        return lost;
    }

    private void write(int writer, HostileWorkload workload) {
        int side = 0;
        while (!stop.get() && failures.isEmpty()) {
            try (Connection connection = places.get(side).connect()) {
                processes.add((int) Sql.number(connection, "select pg_backend_pid()"));
                connection.setAutoCommit(false);
                while (!stop.get() && failures.isEmpty()) {
                    quiet.readLock().lock();
                    try {
                        one(writer, workload, connection);
                    } finally {
                        quiet.readLock().unlock();
                    }
                }
            } catch (SQLException e) {
                if (!(switching && isShutOut(e))) {
                    failures.add(e);
                    return;
                }
                side = 1 - side;
                moved.incrementAndGet();
                pauseAtTheDoor();
            } catch (RuntimeException | AssertionError e) {
                failures.add(e);
                return;
            }
        }
    }

    private void one(int writer, HostileWorkload workload, Connection connection) throws SQLException {
        int number = confirmed.get(writer).get() + 1;
        try {
            // The transaction before may have been committed though its answer didn't come: so it isn't unique.
            Sql.execute(connection, "insert into ledger (writer, n) values (" + writer + ", " + number + ")");
            if (workload.transaction(connection)) {
                confirmed.get(writer).incrementAndGet();
                committed.incrementAndGet();
            }
        } catch (SQLException e) {
            if (!connection.isClosed()) {
                connection.rollback();
            }
            if (!"40P01".equals(e.getSQLState()) || !isAmongWriters(e)) {
                throw e;
            }
        }
    }

    /** A deadlock among the app's own sessions is its own; one with Landfall's sessions must not hit the app. */
    private boolean isAmongWriters(SQLException deadlock) {
        if (!(deadlock instanceof PSQLException told) || told.getServerErrorMessage() == null) {
            return false;
        }
        Set<Integer> involved = new HashSet<>();
        Matcher matcher =
                PROCESS.matcher(String.valueOf(told.getServerErrorMessage().getDetail()));
        while (matcher.find()) {
            involved.add(Integer.parseInt(matcher.group(1)));
        }
        return involved.size() > 1 && processes.containsAll(involved);
    }

    private static boolean isShutOut(SQLException refused) {
        String state = String.valueOf(refused.getSQLState());
        return state.startsWith("08")
                || state.equals("57P01")
                // The role may not log in while it is fenced.
                || state.startsWith("28")
                || state.equals("25006")
                || state.equals("42501") && String.valueOf(refused.getMessage()).contains("takes no writes now");
    }

    private static void pauseAtTheDoor() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop.set(true);
        for (Thread thread : threads) {
            try {
                if (!thread.join(java.time.Duration.ofSeconds(PATIENCE_SECONDS))) {
                    failures.add(new AssertionError("a writer doesn't end"));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
