package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import landfall.base.Events;
import org.jspecify.annotations.Nullable;

/**
 * The demo: a sandbox, users that never stop, and Landfall's own commands that move the service under them, back, and
 * over again. Everything is a process of its own, as it would be.
 */
public final class DemoRun implements AutoCloseable {
    /** {@link SandboxManners#parse} of nothing. */
    private static final String WELL_BEHAVED = "";

    private static final String SOURCE_DATABASE = "uro_prod";
    private static final String TARGET_DATABASE = "uro_db";
    private static final Duration STEP_MAX = Duration.ofMinutes(5);

    /** How often a switch that met the door's bound is tried again: on a machine that is busy with more than the demo. */
    private static final int UNDONE_MAX = 8;

    private final Options options;
    private final Events events;
    private final Path sandbox;
    private final Path move;
    private final Path traffic;
    private final ProcessRegistry registry;
    private final DemoCommands commands;
    private final Random random;
    private @Nullable DemoUsers users;
    private DemoCommands.@Nullable Running following;

    /** How much there is to move. */
    public enum Size {
        TINY(5L << 20, 20),
        DEFAULT(100L << 20, 200),
        LARGE(1040L << 20, 2_000);

        private final long bytes;
        private final int files;

        Size(long bytes, int files) {
            this.bytes = bytes;
            this.files = files;
        }
    }

    /**
     * What to run.
     *
     * @param java the words that start a main class of this program
     * @param folder the demo's own, empty
     * @param manifests what the emulated cluster runs and the plan reads
     * @param killAt the command to kill at a random moment and to run again
     */
    public record Options(
            Size size, List<String> java, Path folder, Path manifests, Optional<String> killAt, long seed) {}

    /** The figures of the last line. */
    public record Summary(
            long acknowledged,
            long lost,
            long acceptedByBoth,
            long failedRequests,
            long longestWaitMs,
            long rollbackLost,
            long rollbackLongestWaitMs,
            long databaseBytes,
            long files,
            double seconds) {
        /** Nothing acknowledged was lost, nothing accepted twice. */
        public boolean sound() {
            return lost == 0 && rollbackLost == 0 && acceptedByBoth == 0;
        }

        public Map<String, Object> fields() {
            return Events.fields(
                    "acknowledged", acknowledged,
                    "lost", lost,
                    "acceptedByBoth", acceptedByBoth,
                    "failedRequests", failedRequests,
                    "longestWaitMs", longestWaitMs,
                    "rollback", Events.fields("lost", rollbackLost, "longestWaitMs", rollbackLongestWaitMs),
                    "databaseBytes", databaseBytes,
                    "files", files,
                    "seconds", Math.round(seconds * 10) / 10.0);
        }
    }

    private volatile String killed = "";

    public DemoRun(Options options, Events events) throws IOException {
        this.options = options;
        this.events = events;
        sandbox = options.folder().resolve("sandbox");
        move = options.folder().resolve("move");
        traffic = Files.createDirectories(options.folder().resolve("traffic"));
        registry = ProcessRegistry.in(options.folder());
        List<String> launcher = new ArrayList<>(options.java());
        launcher.add("landfall.cli.Main");
        commands = new DemoCommands(launcher, options.folder(), registry, events);
        random = new Random(options.seed());
    }

    /** Ends what an earlier demo in this folder, killed, left running. */
    public static void endLeftovers(Path folder) {
        // The sandbox's own process first: it knows how to end what it started.
        ProcessRegistry.in(folder).endAll();
        ProcessRegistry.in(folder.resolve("sandbox")).endAll();
    }

    public Summary run() throws IOException, InterruptedException, SQLException {
        long started = System.nanoTime();
        DemoPlace place = step("sandbox", this::bringUp);
        long bytes = step("seed", () -> seed(place));
        users = DemoUsers.start(options.java(), place.publicAddress(), traffic, "demo", registry, events);
        plan(place);
        commands.run("apply", List.of("apply", move.toString(), "--json"), STEP_MAX);
        follow();
        commands.run("verify", List.of("verify", move.toString(), "--json"), STEP_MAX);
        switchOver("cutover");
        long back = switchOver("rollback");
        long lostAfterRollback = missing(place, SOURCE_DATABASE);
        switchOver("cutover");
        return finish(place, bytes, back, lostAfterRollback, started);
    }

    /** A part of the demo itself, with a beginning and an end. */
    @FunctionalInterface
    private interface Part<T> {
        T run() throws IOException, InterruptedException, SQLException;
    }

    private <T> T step(String name, Part<T> part) throws IOException, InterruptedException, SQLException {
        events.step(name, "begin", "");
        T result = part.run();
        events.step(name, "done", "");
        return result;
    }

    private DemoPlace bringUp() throws IOException, InterruptedException {
        Files.createDirectories(sandbox);
        DemoCommands.Running running = new DemoCommands(options.java(), options.folder(), registry, events)
                .start(
                        "sandbox",
                        List.of(
                                "landfall.sandbox.Sandbox",
                                sandbox.toString(),
                                WELL_BEHAVED,
                                options.manifests().toString()));
        long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        String waitingFor = "";
        while (!Files.exists(sandbox.resolve(DemoPlace.ADDRESSES))) {
            Path failure = sandbox.resolve("failure");
            if (Files.exists(failure)) {
                throw new IOException("the sandbox did not start: " + Files.readString(failure));
            }
            running.stillRuns();
            if (System.nanoTime() > end) {
                throw new IOException("the sandbox did not start in three minutes; last: " + waitingFor);
            }
            waitingFor = progress(waitingFor);
            Thread.sleep(50);
        }
        DemoPlace place = DemoPlace.read(sandbox);
        try (DemoConnection connection = new DemoConnection(place.publicAddress())) {
            while (!answers(connection)) {
                if (System.nanoTime() > end) {
                    throw new IOException("the service in the emulated cluster did not answer in two minutes");
                }
                Thread.sleep(100);
            }
        }
        return place;
    }

    private String progress(String before) throws IOException {
        Path file = sandbox.resolve("progress");
        String now = Files.exists(file) ? Files.readString(file) : before;
        if (!now.equals(before)) {
            events.emit(new Events.Event("lag", Events.fields("message", "sandbox: " + now)));
        }
        return now;
    }

    private static boolean answers(DemoConnection connection) {
        try {
            return connection.send("GET", "/avatars", "", new byte[0]).status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private long seed(DemoPlace place) throws IOException, SQLException {
        try (Connection database = place.database(SOURCE_DATABASE)) {
            DemoSeed.rows(database, options.size().bytes, events);
            DemoSeed.files(place.publicAddress(), options.size().files, events);
            return DemoSeed.size(database);
        }
    }

    private void plan(DemoPlace place) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(
                "plan",
                options.manifests().toString(),
                "-o",
                move.toString(),
                "--json",
                "--answer",
                "redis-data=recreate",
                "--answer",
                "uploads-uro=entry"));
        words.addAll(place.options());
        commands.run("plan", words, STEP_MAX);
    }

    private void follow() throws IOException, InterruptedException {
        List<String> words = List.of("sync", move.toString(), "--json");
        DemoCommands.Running sync = commands.start("sync", words);
        if (options.killAt().equals(Optional.of("sync"))) {
            killed(sync, "survey");
            sync = commands.start("sync", words);
        }
        following = sync;
        sync.await("following closely", DemoRun::close, STEP_MAX);
    }

    private static boolean close(Events.Event event) {
        return event.name().equals("lag")
                && event.fields().containsKey("direction")
                && event.fields().get("bytes") instanceof Number bytes
                && bytes.longValue() < 1 << 20;
    }

    /**
     * Kills the mover at a moment drawn from the seed: one time in three anywhere from its start on, else within the
     * part where it changes things.
     *
     * @param step the first step of that part
     */
    private void killed(DemoCommands.Running running, String step) throws InterruptedException {
        boolean anywhere = random.nextInt(3) == 0;
        int delay = random.nextInt(anywhere ? 5_000 : step.equals("door") ? 1_500 : 4_500);
        if (!anywhere) {
            running.await(step, event -> step.equals(event.fields().get("step")), STEP_MAX);
        }
        Thread.sleep(delay);
        boolean alive = running.isAlive();
        running.kill();
        killed = (alive ? "" : "had ended by itself ") + delay + " ms after "
                + (anywhere ? "its start" : "`" + step + "` began");
        events.note((alive ? "killed -9 " : "") + killed + " (seed " + options.seed() + "); the same command again");
    }

    /** When the mover was killed, in words; empty before. */
    public String killed() {
        return killed;
    }

    /** @return the longest wait that the prober saw during it */
    private long switchOver(String command) throws IOException, InterruptedException {
        users().phase(command);
        List<String> words = List.of(command, move.toString(), "--json");
        DemoCommands.Running running = commands.start(command, words);
        if (options.killAt().equals(Optional.of(command))) {
            killed(running, "door");
            running = commands.start(command, words);
        }
        for (int again = 0; !running.comesTo("switch", STEP_MAX); again++) {
            if (again == UNDONE_MAX) {
                throw running.failure("was undone " + (UNDONE_MAX + 1) + " times");
            }
            // The door's bound was met and everything was undone: the command says to run it again.
            events.note(command + " was undone; the same command again");
            running = commands.start(command, words);
        }
        DemoCommands.Running before = following;
        following = running;
        if (before != null) {
            before.awaitEnd(Duration.ofSeconds(30));
        }
        running.await("following closely", DemoRun::close, STEP_MAX);
        // A moment of life on the new side belongs to the phase.
        Thread.sleep(300);
        long waited = users().number("phaseLongestWaitMs");
        users().phase("after " + command);
        return waited;
    }

    private DemoUsers users() {
        DemoUsers running = users;
        if (running == null) {
            throw new IllegalStateException("the users are not there yet; this is a bug");
        }
        return running;
    }

    /** Acknowledged before now, and not on the side that is open. */
    private long missing(DemoPlace place, String open) throws IOException, SQLException {
        try (Connection here = place.database(open)) {
            return DemoCheck.check(traffic, here, Optional.empty(), place.publicAddress())
                    .lost();
        }
    }

    private Summary finish(DemoPlace place, long bytes, long back, long lostAfterRollback, long started)
            throws IOException, InterruptedException, SQLException {
        users().stop();
        commands.run("finish", List.of("finish", move.toString(), "--yes", "--json"), STEP_MAX);
        DemoCommands.Running last = following;
        if (last != null) {
            last.stop();
        }
        try (Connection open = place.database(TARGET_DATABASE)) {
            DemoCheck.Result result = DemoCheck.check(traffic, open, closedSide(place), place.newAddress());
            result.missing()
                    .forEach(name ->
                            events.emit(new Events.Event("problem", Events.fields("message", "lost: " + name))));
            return new Summary(
                    result.acknowledged(),
                    result.lost(),
                    result.acceptedByBoth(),
                    users().number("failedRequests"),
                    users().number("longestWaitMs"),
                    lostAfterRollback,
                    back,
                    bytes,
                    DemoSeed.number(open, "SELECT count(*) FROM shared_files"),
                    (System.nanoTime() - started) / 1e9);
        }
    }

    /** The fence may have taken every login from the old side; then only acknowledgements can be compared. */
    private Optional<Connection> closedSide(DemoPlace place) throws IOException {
        try {
            return Optional.of(place.database(SOURCE_DATABASE));
        } catch (SQLException e) {
            events.note("the old database lets nobody in (" + e.getMessage()
                    + "): what both accepted is judged by the acknowledgements alone");
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        DemoUsers running = users;
        if (running != null) {
            running.close();
        }
        endLeftovers(options.folder());
    }
}
