package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Follows one side's changes into the other, and holds the door of the receiving side. Two threads: one reads the
 * slot's stream, one owns the receiving session; callers hand that one their commands.
 */
public final class Follower implements AutoCloseable {
    static final String APPLY_PURPOSE = "apply";
    private static final Duration COMMAND_MAX = Duration.ofMinutes(10);
    /** Nobody may write anywhere meanwhile; what has become of it is then asked by another session. */
    private static final Duration OPEN_MAX = Duration.ofSeconds(10);

    private static final long NO_BARRIER = Long.MAX_VALUE;

    @FunctionalInterface
    private interface Command<T> {
        T run() throws SQLException, InterruptedException;
    }

    private final Database from;
    private final Database to;
    private final Direction direction;
    private final Naming naming;
    private final InFlight inFlight = new InFlight();
    private final Applier applier;
    private final Map<String, String> structure;
    private final LagMeter meter;
    private final Thread thread;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Change> current = new ArrayDeque<>();
    private final Set<String> markersSeen = ConcurrentHashMap.newKeySet();

    private volatile ChangeReader reader;
    private long bundlesTaken;
    private boolean insideTransaction;
    private @Nullable String markerAtHand;
    private volatile boolean closed;
    /** Transactions whose commit starts here or later wait. */
    private volatile long barrier = NO_BARRIER;

    /** The barrier behind which nothing waits uncommitted; {@link #NO_BARRIER} while it runs. */
    private volatile long heldAt = NO_BARRIER;

    private long doorClosedAt;
    private long changesBeforeDoor;
    private String lastMarker = "";

    private Follower(Database from, Database to, Direction direction, Naming naming, Events events)
            throws SQLException {
        this.from = from;
        this.to = to;
        this.direction = direction;
        this.naming = naming;
        Schema.create(to);
        List<Table> sending;
        try (Connection connection = from.connect("structure")) {
            sending = Catalog.tables(connection);
            ReplicationSlots.requireUsable(connection, from, naming.slot(direction));
            structure = Catalog.fingerprint(connection);
        }
        applier = new Applier(to, naming.origin(direction), naming, inFlight, sending);
        ChangeReader opened = null;
        try {
            opened = read();
        } finally {
            if (opened == null) {
                applier.close();
            }
        }
        reader = opened;
        meter = new LagMeter(from, naming.slot(direction), direction, structure, events, this::failed);
        thread = Thread.ofPlatform()
                .daemon()
                .name("landfall apply " + direction.word())
                .start(this::run);
        meter.start(this::position, applier::appliedChanges);
    }

    /** Goes on exactly where the receiving side's committed progress stands. */
    public static Follower start(Database from, Database to, Direction direction, Naming naming, Events events) {
        try {
            return new Follower(from, to, direction, naming, events);
        } catch (SQLException e) {
            throw Sql.failed("The " + from + " could not be followed", e);
        }
    }

    private ChangeReader read() throws SQLException {
        long progress = applier.progress();
        String slot = naming.slot(direction);
        return Sessions.takeOver(
                from,
                "select active_pid as pid from pg_replication_slots where active_pid is not null and slot_name = "
                        + Sql.literal(slot),
                () -> new ChangeReader(from, slot, naming.publication(direction), progress, inFlight, this::failed));
    }

    private void failed(Throwable cause) {
        if (!closed) {
            failure.compareAndSet(null, cause);
        }
    }

    // ---- the receiving session's thread ----

    private void run() {
        try {
            while (!closed && failure.get() == null) {
                Runnable command = commands.poll();
                if (command != null) {
                    command.run();
                } else {
                    step();
                }
            }
        } catch (SQLException | RuntimeException e) {
            failed(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void step() throws SQLException, InterruptedException {
        Change next = current.peek();
        if (next == null) {
            applier.given();
            ChangeReader.Bundle bundle = reader.poll();
            if (bundle != null) {
                current.addAll(bundle.changes());
                applier.taken(bundle.bytes());
                bundlesTaken++;
            } else if (!insideTransaction) {
                applier.finishGroup();
                tellDurable();
            }
            return;
        }
        // Read once: while the group is finished the barrier may be moved, and that it is reached must not be told
        // then.
        long limit = barrier;
        if (next instanceof Change.Begin begin && Long.compareUnsigned(begin.finalLsn(), limit) >= 0) {
            applier.finishGroup();
            tellDurable();
            heldAt = limit;
            TimeUnit.MILLISECONDS.sleep(1);
            return;
        }
        handle(current.remove());
    }

    private void handle(Change change) throws SQLException {
        switch (change) {
            case Change.Begin begin -> {
                insideTransaction = true;
                applier.begin();
            }
            case Change.Origin origin -> applier.origin(origin.name());
            case Change.Message message -> {
                if (message.prefix().equals("landfall")) {
                    markerAtHand = message.content();
                }
            }
            case Change.Commit commit -> {
                insideTransaction = false;
                applier.end(commit);
                if (markerAtHand != null || applier.isGroupFull()) {
                    applier.finishGroup();
                    tellDurable();
                }
                if (markerAtHand != null) {
                    markersSeen.add(markerAtHand);
                    markerAtHand = null;
                }
            }
            case Change.Insert insert -> applier.change(insert);
            case Change.Update update -> applier.change(update);
            case Change.Delete delete -> applier.change(delete);
            case Change.Truncate truncate -> applier.change(truncate);
        }
    }

    private void tellDurable() {
        if (!applier.isDoorClosed() && applier.isClean()) {
            reader.durable(applier.endLsn(), current.isEmpty() && !insideTransaction ? bundlesTaken : -1);
        }
    }

    // ---- what callers ask ----

    private <T> T ask(String what, Duration max, Command<T> command) {
        throwIfFailed();
        CompletableFuture<T> answer = new CompletableFuture<>();
        commands.add(() -> {
            try {
                answer.complete(command.run());
            } catch (LandfallException e) {
                answer.completeExceptionally(e);
            } catch (SQLException | RuntimeException e) {
                // The session's state is not known any more: stop following, a new start knows.
                failed(e);
                answer.completeExceptionally(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                answer.completeExceptionally(e);
            }
        });
        long end = System.nanoTime() + max.toNanos();
        while (true) {
            try {
                return answer.get(20, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!answer.isDone()) {
                    throwIfFailed();
                    stopAt(end, what, max);
                }
            } catch (ExecutionException e) {
                throw translated(what, e.getCause() == null ? e : e.getCause());
            } catch (InterruptedException e) {
                throw interrupted();
            }
        }
    }

    private static void stopAt(long end, String what, Duration max) {
        if (System.nanoTime() > end) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            what + " took longer than " + max.toMillis() + " ms",
                            "that is as long as it may take",
                            "Run the same command again."));
        }
    }

    private static LandfallException interrupted() {
        Thread.currentThread().interrupt();
        return new LandfallException(
                ExitCode.INTERRUPTED, Problem.error("Interrupted", "the program was asked to stop", ""));
    }

    private LandfallException translated(String what, Throwable cause) {
        return switch (cause) {
            case LandfallException e ->
                new LandfallException(e.exitCode(), e.problems().getFirst(), e);
            case SQLException e -> Sql.failed(what + " failed", e);
            default ->
                new LandfallException(
                        ExitCode.FAILED,
                        Problem.error(
                                what + " failed", String.valueOf(cause.getMessage()), "Run the same command again."),
                        cause);
        };
    }

    /** Throws what ended one of the threads, if something did; a new {@link #start} resumes exactly once. */
    public void throwIfFailed() {
        Throwable cause = failure.get();
        if (cause != null) {
            throw translated("Following the " + from + " into the " + to, cause);
        }
        if (closed) {
            throw new IllegalStateException("this is a bug: the follower is closed");
        }
    }

    private long position() {
        return reader.position();
    }

    public Lag lag() {
        throwIfFailed();
        Lag measured = meter.lag();
        return new Lag(
                measured.bytes(),
                measured.behind(),
                measured.retainedBytes(),
                applier.appliedChanges(),
                measured.changesPerSecond(),
                measured.caughtUpIn(),
                position());
    }

    /** Waits until a change made now would be on the other side within {@code lagMax}; false at the timeout. */
    public boolean awaitLag(Duration lagMax, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        try (Connection connection = from.connect("lag")) {
            while (System.nanoTime() < end) {
                // The message's commit has the log flushed to its end; else the last record could stay half flushed
                // for seconds on an idle server, and nobody can decode half a record.
                long written = Lsn.parse(Sql.text(connection, "select pg_current_wal_insert_lsn()::text"));
                Sql.text(connection, "select pg_logical_emit_message(true, 'landfall/lag', '')::text");
                long asked = System.nanoTime();
                while (Long.compareUnsigned(position(), written) < 0 && System.nanoTime() < end) {
                    throwIfFailed();
                    Fence.pause();
                }
                if (Long.compareUnsigned(position(), written) >= 0 && System.nanoTime() - asked <= lagMax.toNanos()) {
                    return true;
                }
            }
            throwIfFailed();
            return false;
        } catch (SQLException e) {
            throw Sql.failed("The lag behind the " + from + " could not be read", e);
        }
    }

    /** Compares both sides completely at one point of the log; following pauses only to take the snapshot. */
    public VerifyReport verify() {
        return verify(Events.NONE);
    }

    /** @param told how far it is, table by table */
    public VerifyReport verify(Events told) {
        throwIfFailed();
        return new FullProof(from, to, naming, this, told).run();
    }

    /** For the proof: nothing that commits at or behind the position is applied until the next call. */
    void holdAt(long lsn) {
        heldAt = NO_BARRIER;
        barrier = lsn;
    }

    void release() {
        barrier = NO_BARRIER;
    }

    void awaitBarrier(Duration max) {
        long end = System.nanoTime() + max.toNanos();
        while (heldAt != barrier) {
            throwIfFailed();
            stopAt(end, "Reaching the point of the log to prove", max);
            Fence.pause();
        }
    }

    /** While held: rows changed from here on are remembered for {@link #verifyTouched}. */
    void startRecording() {
        ask("Remembering changed rows", COMMAND_MAX, () -> {
            applier.touched().start();
            return true;
        });
    }

    /** Makes every session of the receiving side that touches a table wait. Takes all locks within the bound or none. */
    public void closeDoor(Duration max) {
        ask("Closing the door", max.plusSeconds(5), () -> {
            checkStructure();
            while (insideTransaction) {
                step();
            }
            applier.finishGroup();
            tellDurable();
            Door.lock(applier.connection(), applier.tables(), max);
            applier.doorClosed(true);
            doorClosedAt = System.nanoTime();
            changesBeforeDoor = applier.appliedChanges();
            return true;
        });
    }

    private void checkStructure() throws SQLException {
        try (Connection connection = from.connect("structure")) {
            LagMeter.compare(structure, Catalog.fingerprint(connection));
        }
    }

    /** Returns when everything before the marker has been written here. */
    public void drainTo(String marker, Duration max) {
        long end = System.nanoTime() + max.toNanos();
        while (!markersSeen.contains(marker)) {
            throwIfFailed();
            stopAt(end, "Applying the last changes", max);
            Fence.pause();
        }
        lastMarker = marker;
    }

    /**
     * With the door closed and the sending side fenced: copies the tables anew that can't be followed, in the door's
     * transaction. The proof that follows compares them whole.
     */
    public long recopy() {
        return recopy(COMMAND_MAX);
    }

    public long recopy(Duration max) {
        return ask("Copying again what can't be followed", max, () -> {
            applier.finishGroup();
            try (Connection sender = from.connect("recopy")) {
                long rows = Recopy.run(sender, applier.connection(), applier.tables());
                Recopy.of(applier.tables()).forEach(applier.touched()::all);
                return rows;
            }
        });
    }

    /** Proves again, by key, what changed since the last full proof; inside the door's transaction if it is closed. */
    public VerifyReport verifyTouched() {
        return verifyTouched(COMMAND_MAX);
    }

    public VerifyReport verifyTouched(Duration max) {
        return ask("Verifying the last changes", max, () -> {
            applier.finishGroup();
            try (Connection sender = from.connect("verify")) {
                Catalog.useOperators(sender);
                VerifyReport report = TouchedProof.run(applier, sender);
                if (!applier.isDoorClosed()) {
                    applier.connection().commit();
                }
                return report;
            }
        });
    }

    /** Sets the sequences, drops the guards, records the switch and commits: waiting sessions go on and may write. */
    public OpenReport open() {
        OpenReport report = ask("Opening the door", OPEN_MAX, () -> {
            if (!applier.isDoorClosed()) {
                throw new IllegalStateException("this is a bug: the door is not closed");
            }
            applier.finishGroup();
            Connection connection = applier.connection();
            int sequences;
            try (Connection sender = from.connect("sequences")) {
                sequences = Door.carrySequences(sender, connection);
            }
            Sql.list(connection, "select landfall.drop_guards()", row -> true);
            Sql.execute(
                    connection,
                    "delete from landfall.fence where move = " + Sql.literal(naming.moveId())
                            + "; insert into landfall.switch (move, direction, marker) values ("
                            + Sql.literal(naming.moveId()) + ", " + Sql.literal(direction.name()) + ", "
                            + Sql.literal(lastMarker) + ")");
            applier.commitWithPosition();
            applier.doorClosed(false);
            tellDurable();
            return new OpenReport(
                    lastMarker,
                    applier.appliedChanges() - changesBeforeDoor,
                    sequences,
                    Duration.ofNanos(System.nanoTime() - doorClosedAt));
        });
        return report;
    }

    /** Undoes the door: nothing of its transaction stays, and following goes on from the committed position. */
    public void abandonDoor() {
        ask("Abandoning the door", COMMAND_MAX, () -> {
            if (!applier.isDoorClosed()) {
                return false;
            }
            applier.connection().rollback();
            applier.doorClosed(false);
            applier.discard();
            current.clear();
            insideTransaction = false;
            markerAtHand = null;
            markersSeen.clear();
            reader.close();
            inFlight.reset();
            bundlesTaken = 0;
            reader = read();
            return true;
        });
    }

    @Override
    public void close() {
        closed = true;
        meter.close();
        reader.close();
        thread.interrupt();
        try {
            applier.close();
            thread.join(2000);
        } catch (SQLException e) {
            System.getLogger(Follower.class.getName())
                    .log(System.Logger.Level.DEBUG, "the receiving session had ended already", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
