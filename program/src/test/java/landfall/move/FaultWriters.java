package landfall.move;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The app and those who don't mind a fence: writers that go where writes are taken, superusers that stay on one side for
 * ever. Whatever was acknowledged is kept here, with when it was asked and when it was answered.
 */
final class FaultWriters {
    private static final int ROAMING = 2;
    private static final Set<String> REFUSED = Set.of("42501", "25006", "28000", "28P01", "42P01", "3D000");

    /** One acknowledged write. */
    record Ack(int writer, int n, Side side, long asked, long answered) {}

    /** What a writer was told on a side that was known to be open. */
    record Failure(int writer, Side side, String state, String message) {}

    /** Opens a session of the app, or of a superuser. */
    @FunctionalInterface
    interface Door {
        Connection open(Side side, boolean superuser) throws SQLException;
    }

    private final Door door;
    private final Queue<Ack> acks = new ConcurrentLinkedQueue<>();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final AtomicLong ticketMax = new AtomicLong();
    private final AtomicInteger atRest = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Side open;
    private volatile boolean stopped;
    private volatile boolean paused;
    private volatile boolean targetLeft;
    private volatile boolean countsBursts = true;

    FaultWriters(Door door) {
        this.door = door;
    }

    void start(long seed) {
        open = Side.CLUSTER;
        for (int i = 1; i <= ROAMING; i++) {
            thread(seed, i, Side.CLUSTER, true);
        }
        thread(seed, 10, Side.CLUSTER, false);
        thread(seed, 11, Side.DOKKU, false);
    }

    private void thread(long seed, int writer, Side home, boolean roams) {
        threads.add(Thread.ofVirtual()
                .name("fault writer " + writer)
                .start(() -> write(new Random(seed * 31 + writer), writer, home, roams)));
    }

    /** From now on a write that fails on this side is a fault of ours; null: nobody knows which side is open. */
    void open(@Nullable Side side) {
        open = side;
    }

    /** Values that a server gave out and forgot in a crash were never seen by anybody who committed. */
    void forgiveBursts() {
        countsBursts = false;
    }

    private void write(Random random, int writer, Side home, boolean roams) {
        Side side = home;
        Connection connection = null;
        for (int n = 1; !stopped; n++) {
            if (targetLeft && !roams && home == Side.DOKKU) {
                break;
            }
            if (paused) {
                atRest.incrementAndGet();
                while (paused && !stopped) {
                    pause(2);
                }
                atRest.decrementAndGet();
                continue;
            }
            Side before = open;
            try {
                if (connection == null) {
                    connection = door.open(side, !roams);
                }
                one(connection, random, writer, n, side);
                Thread.sleep(roams ? 6 + random.nextInt(8) : 25);
            } catch (SQLException e) {
                boolean excepted = before != side || open != side;
                if (!excepted && !stopped) {
                    failures.add(
                            new Failure(writer, side, String.valueOf(e.getSQLState()), String.valueOf(e.getMessage())));
                }
                close(connection);
                connection = null;
                if (roams && REFUSED.contains(String.valueOf(e.getSQLState()))) {
                    side = side == Side.CLUSTER ? Side.DOKKU : Side.CLUSTER;
                }
                pause(roams ? 8 : 40);
            } catch (InterruptedException e) {
                break;
            }
        }
        close(connection);
    }

    private void one(Connection connection, Random random, int writer, int n, Side side) throws SQLException {
        asked.add(writer + "/" + n);
        int item = random.nextInt(120);
        long start = System.nanoTime();
        String ticket = FaultServers.text(
                connection,
                "with i as (insert into public.item (name, qty) values ('i" + item + "', 1)"
                        + " on conflict (name) do update set qty = item.qty + 1 returning id),"
                        + " l as (insert into public.ledger (item, writer, n, side, doc, raw) select id, " + writer
                        + ", "
                        + n + ", '" + side + "', jsonb_build_object('n', " + n + "), decode(md5('" + n
                        + "'), 'hex') from i),"
                        + " b as (insert into public.bare values (" + writer + ", " + n + ", '" + side + "'))"
                        + " select nextval('public.ticket')");
        acks.add(new Ack(writer, n, side, start, System.nanoTime()));
        ticketMax.accumulateAndGet(Long.parseLong(ticket), Math::max);
        if (n % 5 == 0) {
            FaultServers.execute(
                    connection,
                    "insert into public.churn (k, v) values (" + random.nextInt(60) + ", 'x') on conflict (k) do update"
                            + " set v = excluded.v || churn.id");
            FaultServers.execute(connection, "delete from public.churn where k = " + random.nextInt(60));
        }
        if (n % 9 == 0) {
            burst(connection);
        }
    }

    /** Values taken and thrown away have been given out all the same. */
    private void burst(Connection connection) throws SQLException {
        FaultServers.execute(connection, "begin");
        List<String> taken =
                FaultServers.strings(connection, "select nextval('public.ticket') from generate_series(1, 40)");
        FaultServers.execute(connection, "rollback");
        if (countsBursts) {
            ticketMax.accumulateAndGet(Long.parseLong(taken.getLast()), Math::max);
        }
    }

    /** A write of the test's own whose session is somebody else's. */
    void acknowledged(int writer, int n, Side side, long start) {
        acks.add(new Ack(writer, n, side, start, System.nanoTime()));
    }

    void asked(int writer, int n) {
        asked.add(writer + "/" + n);
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                System.getLogger(FaultWriters.class.getName()).log(System.Logger.Level.DEBUG, "closing", e);
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody writes any more, until told to go on. */
    boolean pause() {
        paused = true;
        long end = System.nanoTime() + 20_000_000_000L;
        while (atRest.get() < threads.size()) {
            if (System.nanoTime() > end) {
                return false;
            }
            pause(2);
        }
        return true;
    }

    void goOn() {
        paused = false;
    }

    /** The target is nobody's any more: whoever writes there from now on proves nothing. */
    void leaveTarget() {
        targetLeft = true;
    }

    /** Waits until the roaming writers were answered on this side. */
    boolean awaitWriting(Side side, long millis) {
        long since = System.nanoTime();
        long end = since + millis * 1_000_000;
        while (System.nanoTime() < end) {
            if (acks.stream().anyMatch(ack -> ack.side() == side && ack.asked() > since && ack.writer() <= ROAMING)) {
                return true;
            }
            pause(5);
        }
        return false;
    }

    /** @return whether all have ended */
    boolean stop() throws InterruptedException {
        stopped = true;
        boolean ended = true;
        for (Thread thread : threads) {
            if (!thread.join(java.time.Duration.ofSeconds(20))) {
                thread.interrupt();
                ended = false;
            }
        }
        return ended;
    }

    List<Ack> acks() {
        return List.copyOf(acks);
    }

    List<Failure> failures() {
        return List.copyOf(failures);
    }

    boolean wasAsked(String key) {
        return asked.contains(key);
    }

    long ticketMax() {
        return ticketMax.get();
    }

    /** The longest time in which no roaming writer was answered, in milliseconds. */
    long longestGapMillis() {
        List<Long> answered = acks.stream()
                .filter(ack -> ack.writer() <= ROAMING)
                .map(Ack::answered)
                .sorted()
                .toList();
        long longest = 0;
        for (int i = 1; i < answered.size(); i++) {
            longest = Math.max(longest, answered.get(i) - answered.get(i - 1));
        }
        return longest / 1_000_000;
    }

    /**
     * How often at least the side that takes writes must have changed for all these answers to be true: of one that was
     * asked at a and answered at b it is only known that it was committed in between.
     */
    int changesOfSide() {
        List<Ack> all = acks();
        return all.isEmpty() ? 0 : Math.min(changes(all, Side.CLUSTER), changes(all, Side.DOKKU));
    }

    private static int changes(List<Ack> all, Side first) {
        Function<Side, List<Ack>> of = side -> new ArrayList<>(all.stream()
                .filter(ack -> ack.side() == side)
                .sorted(Comparator.comparingLong(Ack::asked))
                .toList());
        List<Ack> here = of.apply(first);
        List<Ack> there = of.apply(first == Side.CLUSTER ? Side.DOKKU : Side.CLUSTER);
        int changes = 0;
        while (true) {
            // As many as can have been committed before the first of the other side was.
            long limit = there.stream().mapToLong(Ack::answered).min().orElse(Long.MAX_VALUE);
            here.removeIf(ack -> ack.asked() <= limit);
            if (here.isEmpty() && there.isEmpty()) {
                return changes;
            }
            changes++;
            if (changes > all.size()) {
                throw new IllegalStateException("this test is wrong");
            }
            List<Ack> other = here;
            here = there;
            there = other;
        }
    }
}
