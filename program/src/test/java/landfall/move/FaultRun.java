package landfall.move;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import landfall.base.LandfallException;
import landfall.move.FaultPlan.Fault;
import landfall.move.FaultPlan.Line;
import landfall.move.FaultPlan.Moment;
import landfall.move.FaultPlan.Script;
import landfall.postgres.CatalogText;
import landfall.postgres.FaultProxy;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.sandbox.JavaProcess;
import org.jspecify.annotations.Nullable;

/** One seeded move from beginning to end, met by one fault, with an app that writes all the time. */
final class FaultRun {
    /** A command that isn't back by then hangs. */
    private static final Duration COMMAND_MAX = Duration.ofMinutes(2);

    private static final int ATTEMPTS_MAX = 8;
    private static final List<String> COMPARED = List.of("item", "ledger", "churn");

    /**
     * What became of a run.
     *
     * @param struck whether the fault's moment came
     * @param attempts commands that were given again
     * @param waitMillis the longest time in which the app was not answered while no Landfall was dead
     * @param times of its commands, in milliseconds
     * @param broken what doesn't hold, in words; none is wanted
     */
    record Outcome(
            FaultPlan plan,
            boolean struck,
            int attempts,
            int acknowledged,
            int lost,
            int doubled,
            int writerErrors,
            int bothSides,
            long waitMillis,
            Duration took,
            String times,
            List<String> reasons,
            List<String> broken) {}

    private final FaultServers servers;
    private final FaultPlan plan;
    private final String name;
    private final Random random;
    private final Map<Line, FaultProxy> proxies = new TreeMap<>();
    private final MoveFolder folder;
    private final FaultWriters writers = new FaultWriters(this::session);
    private final List<String> broken = new ArrayList<>();
    private final List<String> reasons = new ArrayList<>();
    private final AtomicReference<@Nullable Process> mover = new AtomicReference<>();
    private final StringBuilder times = new StringBuilder();
    private volatile boolean armed;
    private volatile boolean struck;
    private int again;
    private @Nullable Connection rude;

    FaultRun(FaultServers servers, Path folders, FaultPlan plan) throws IOException {
        this.servers = servers;
        this.plan = plan;
        name = "f" + Long.toUnsignedString(plan.seed(), 36);
        random = new Random(plan.seed() + 17);
        for (Line line : Line.values()) {
            proxies.put(line, new FaultProxy(() -> servers.port(line.side)));
        }
        folder = MoveFolder.at(Files.createDirectories(folders.resolve(name)));
    }

    private FaultProxy proxy(Line line) {
        return java.util.Objects.requireNonNull(proxies.get(line));
    }

    private Connection session(Side side, boolean superuser) throws SQLException {
        if (superuser) {
            return FaultServers.connect(
                    servers.port(side), name, "postgres", servers.server(side).superuserPassword());
        }
        return FaultServers.connect(
                proxy(side == Side.CLUSTER ? Line.APP_SOURCE : Line.APP_TARGET).port(),
                name,
                side == Side.CLUSTER ? FaultServers.APP : name + "_app",
                FaultServers.APP_PASSWORD);
    }

    Outcome run() throws Exception {
        long start = System.nanoTime();
        servers.create(name);
        long gap;
        List<FaultWriters.Ack> acks;
        int[] counts = new int[2];
        List<FaultWriters.Failure> failures;
        int both;
        try {
            writeFolder();
            Map<String, String> before = CatalogText.of(servers.server(Side.CLUSTER), name);
            writers.start(plan.seed());
            boolean ended = play();
            Side last = plan.script() == Script.FINISH || plan.script() == Script.FORTH ? Side.DOKKU : Side.CLUSTER;
            if (ended) {
                if (last == Side.CLUSTER) {
                    compareCatalog(before);
                }
                check(writers.awaitWriting(last, 10_000), "the app is not served on " + last + " at the end");
            }
            check(writers.stop(), "a writer waits for ever");
            gap = writers.longestGapMillis();
            acks = writers.acks();
            failures = writers.failures().stream().filter(this::isOurs).toList();
            failures.stream().limit(3).forEach(failure -> broken.add("a write failed for us: " + failure));
            both = Math.max(0, writers.changesOfSide() - switches());
            check(
                    both == 0,
                    "both sides took writes: " + writers.changesOfSide() + " changes, " + switches() + " switches");
            count(last, acks, counts);
        } finally {
            writers.stop();
            endRude();
            for (FaultProxy proxy : proxies.values()) {
                proxy.close();
            }
            servers.drop(name);
        }
        if (broken.isEmpty()) {
            delete(folder.path());
        }
        return new Outcome(
                plan,
                struck,
                again,
                acks.size(),
                counts[0],
                counts[1],
                failures.size(),
                both,
                gap,
                Duration.ofNanos(System.nanoTime() - start),
                times.toString(),
                List.copyOf(reasons),
                List.copyOf(broken));
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            broken.add(otherwise);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private void writeFolder() {
        String url = "postgres://postgres@127.0.0.1:%d/" + name + "?sslmode=disable";
        folder.writeSettings(new MoveSettings(
                name,
                new MoveSettings.Kubernetes(null, null, "default"),
                new MoveSettings.DokkuTarget(null, null, null, null),
                Map.of(),
                List.of(),
                List.of(new MoveSettings.Database(
                        "db",
                        name,
                        name + "_app",
                        FaultSides.ROLE_SECRET,
                        new MoveSettings.DatabaseSource("none", 5432, name, "postgres", FaultSides.SOURCE_SECRET),
                        new MoveSettings.DatabaseChoices(
                                false,
                                Map.of("*", plan.indexed() ? "index" : "recopy"),
                                String.format(url, proxy(Line.MOVER_SOURCE).port()),
                                String.format(url, proxy(Line.MOVER_TARGET).port())))),
                List.of()));
        folder.writeSecrets(Map.of(
                FaultSides.SOURCE_SECRET,
                servers.server(Side.CLUSTER).superuserPassword(),
                FaultSides.TARGET_SECRET,
                servers.server(Side.DOKKU).superuserPassword(),
                FaultSides.MOVER_SECRET,
                FaultServers.MOVER_PASSWORD,
                FaultSides.ROLE_SECRET,
                FaultServers.APP_PASSWORD));
        journal().advance(MoveState.PLANNED, MoveState.APPLIED);
    }

    private MoveJournal journal() {
        return MoveJournal.open(folder.journalFile(), Clock.systemUTC());
    }

    private int switches() {
        return (int) journal().lines().stream()
                .filter(line -> line.what().equals("state"))
                .map(line -> line.data().get("from") + " " + line.data().get("to"))
                .filter(List.of("SWITCHING SWITCHED", "RETURNING FOLLOWING")::contains)
                .count();
    }

    // ---- the commands ----

    /** @return whether the move came to its end */
    private boolean play() throws Exception {
        List<String> commands = plan.script().commands;
        for (int i = 0; i < commands.size(); i++) {
            String command = commands.get(i);
            if (i == commands.size() - 1 && plan.fault() != Fault.SLOT_LOST) {
                compare();
            }
            if (command.equals("abandon")) {
                writers.leaveTarget();
            }
            if (command.equals("cutover")) {
                beRude();
            }
            if (!insist(command, i == plan.command())) {
                return false;
            }
            switch (command) {
                case "cutover" -> writers.open(Side.DOKKU);
                case "rollback" -> writers.open(Side.CLUSTER);
                default -> {}
            }
        }
        return true;
    }

    /** Gives the command until it has done what it is for; the fault is there the first time only. */
    private boolean insist(String command, boolean faulted) throws Exception {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            boolean first = faulted && attempt == 0;
            if (first) {
                arm();
            }
            long begun = System.nanoTime();
            String failure = first && plan.fault() == Fault.KILL ? inProcessOfItsOwn(command) : here(command);
            if (first) {
                armed = false;
                heal();
            }
            times.append(' ').append(command).append(' ').append((System.nanoTime() - begun) / 1_000_000);
            if (failure == null) {
                return true;
            }
            reasons.add(command + ": " + failure);
            again++;
            if (plan.fault() == Fault.SLOT_LOST && command.equals("sync")) {
                check(
                        failure.contains("lost") || failure.contains("is gone") || failure.contains("given up"),
                        "a lost slot is told as: " + failure);
                return true;
            }
            MoveState left = journal().state();
            check(
                    plan.fault() == Fault.KILL || (left != MoveState.SWITCHING && left != MoveState.RETURNING),
                    command + " left users behind a closed door: " + failure);
            if (failure.contains("differ") || failure.contains("this is a bug")) {
                broken.add(command + ": " + failure);
            }
            endRude();
            if (first && plan.opposite()) {
                opposite(command);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        broken.add(command + " does not come to its end: " + reasons.getLast());
        return false;
    }

    /** Whoever interrupted a cutover may ask for the way back instead. */
    private void opposite(String command) throws Exception {
        MoveState state = journal().state();
        String other = command.equals("cutover") ? "rollback" : "cutover";
        if ((command.equals("cutover") || command.equals("rollback"))
                && (state == MoveState.SWITCHING || state == MoveState.RETURNING)) {
            String failure = here(other);
            if (failure != null) {
                reasons.add(other + ": " + failure);
            }
        }
    }

    /** @return why it failed; null: it did what it is for */
    private @Nullable String here(String command) throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().name("mover " + command).start(() -> {
            try {
                FaultMover.run(folder, command, this::at);
            } catch (LandfallException | IllegalStateException | UncheckedIOException e) {
                failure.set(e);
            } catch (RuntimeException | Error e) {
                failure.set(new IllegalStateException("this is a bug: " + e, e));
            }
        });
        if (!thread.join(COMMAND_MAX)) {
            broken.add(command + " hangs: " + Arrays.toString(thread.getStackTrace()));
            for (FaultProxy proxy : proxies.values()) {
                proxy.heal();
                proxy.cut(true);
            }
            if (!thread.join(COMMAND_MAX)) {
                thread.interrupt();
                throw new IllegalStateException(plan + ": " + command + " hangs for ever");
            }
        }
        return switch (failure.get()) {
            case null -> null;
            case LandfallException e ->
                e.problems().toString()
                        + (e.getCause() == null ? "" : " [" + e.getCause() + "]")
                        + (e.getSuppressed().length == 0 ? "" : " suppressed " + Arrays.toString(e.getSuppressed()));
            case Throwable e -> e.toString();
        };
    }

    private @Nullable String inProcessOfItsOwn(String command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(JavaProcess.words(256));
        words.addAll(1, List.of("-XX:SharedArchiveFile=" + folder.path().resolveSibling("mover.jsa"), "-Xshare:auto"));
        words.addAll(List.of(FaultMover.class.getName(), folder.path().toString(), command));
        Path errors = folder.path().resolve("mover.err");
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()))
                .start();
        mover.set(process);
        Thread watch = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(COMMAND_MAX.toSeconds(), TimeUnit.SECONDS)) {
                    broken.add(command + " hangs in a process of its own");
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try (BufferedReader told =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = told.readLine(); line != null; line = told.readLine()) {
                String[] words3 = line.split("\t", -1);
                at(words3[0], words3[1], words3[2]);
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
            }
        } catch (IOException e) {
            // Killed: nobody answers any more.
            process.onExit().join();
        }
        int exit = process.waitFor();
        watch.join();
        mover.set(null);
        return exit == 0 ? null : exit == 137 ? "killed" : Files.readString(errors);
    }

    /** The mover is at this moment, and waits. */
    private void at(String kind, String what, String state) {
        if (kind.equals("problem")) {
            broken.add("false alarm: " + what);
        }
        if (kind.equals("step") && what.equals(MoveScript.DOOR) && state.equals("begin")) {
            writers.open(null);
        }
        boolean now = switch (plan.moment()) {
            case Moment.Step(String name, String at) ->
                kind.equals("step") && name.equals(what) && (at.equals(state) || state.equals("unchanged"));
            case Moment.Journal(int line, boolean written) ->
                kind.equals("journal")
                        && what.equals(Integer.toString(line))
                        && state.equals(written ? "written" : "before");
            case Moment.Bytes _, Moment.Millis _ -> false;
        };
        if (armed && now) {
            strike();
        }
    }

    // ---- the fault ----

    private void arm() {
        struck = false;
        armed = true;
        switch (plan.moment()) {
            case Moment.Bytes(FaultProxy.Way way, long count) ->
                proxy(plan.line()).after(count, way, this::strike);
            case Moment.Millis(int after) ->
                Thread.ofVirtual().start(() -> {
                    try {
                        Thread.sleep(after);
                        strike();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
            case Moment.Step _, Moment.Journal _ -> {}
        }
    }

    private synchronized void strike() {
        if (!armed || struck) {
            return;
        }
        struck = true;
        FaultProxy proxy = proxy(plan.line());
        switch (plan.fault()) {
            case NONE -> {}
            case RESET -> proxy.cut(true);
            case END -> proxy.cut(false);
            case HALF_OPEN -> {
                proxy.hold();
                Thread.ofVirtual().start(this::loseWhatIsHeld);
            }
            case LATENCY -> proxy.delay(Duration.ofMillis(2 + random.nextInt(10)));
            case THROTTLE -> proxy.throttle(100_000 + random.nextInt(400_000));
            case REFUSED -> {
                proxy.refuse();
                proxy.cut(random.nextBoolean());
                Thread.ofVirtual().start(this::serveAgain);
            }
            case KILL -> {
                Process process = mover.get();
                if (process != null) {
                    process.destroyForcibly();
                    process.onExit().join();
                }
            }
            case SESSION_CRASH -> {
                writers.forgiveBursts();
                servers.crashSession(plan.line().side);
            }
            case SERVER_CRASH -> {
                writers.forgiveBursts();
                servers.crash(plan.line().side);
            }
            case SLOT_LOST -> {
                proxy.cut(true);
                proxy.refuse();
                servers.loseSlots(plan.line().side);
                proxy.heal();
            }
        }
    }

    /** As when the peer is asked at last and knows nothing of the connection. */
    private void loseWhatIsHeld() {
        try {
            Thread.sleep(1000 + random.nextInt(5000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        proxy(plan.line()).heal();
        proxy(plan.line()).cut(true);
    }

    private void serveAgain() {
        try {
            Thread.sleep(100 + random.nextInt(1500));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        proxy(plan.line()).heal();
    }

    private void heal() {
        for (FaultProxy proxy : proxies.values()) {
            proxy.heal();
        }
    }

    private boolean isAppLine() {
        return plan.line() == Line.APP_SOURCE || plan.line() == Line.APP_TARGET;
    }

    /** What a server that crashes or the app's own line do to a writer is no doing of ours. */
    private boolean isOurs(FaultWriters.Failure failure) {
        boolean connection = failure.state().startsWith("08") || failure.state().startsWith("57P0");
        boolean excused = isAppLine() || plan.fault() == Fault.SESSION_CRASH || plan.fault() == Fault.SERVER_CRASH;
        return !(connection && excused);
    }

    // ---- a session without manners ----

    private void beRude() throws SQLException {
        if (plan.rude() == FaultPlan.Rude.NOBODY || rude != null || journal().state() != MoveState.FOLLOWING) {
            return;
        }
        Connection connection = FaultServers.connect(
                servers.port(Side.CLUSTER),
                name,
                "postgres",
                servers.server(Side.CLUSTER).superuserPassword());
        rude = connection;
        writers.asked(20, again + 1);
        int n = again + 1;
        long asked = System.nanoTime();
        FaultServers.execute(connection, "begin");
        FaultServers.execute(
                connection, "insert into public.ledger (writer, n, side) values (20, " + n + ", 'CLUSTER')");
        FaultServers.execute(connection, "insert into public.bare values (20, " + n + ", 'CLUSTER')");
        if (plan.rude() == FaultPlan.Rude.PREPARED) {
            FaultServers.execute(connection, "prepare transaction '" + name + "'");
            return;
        }
        int after = random.nextInt(3000);
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(after);
                FaultServers.execute(connection, "commit");
                writers.acknowledged(20, n, Side.CLUSTER, asked);
            } catch (SQLException e) {
                System.getLogger(FaultRun.class.getName()).log(System.Logger.Level.DEBUG, "the rude one is out", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Somebody commits what was prepared, as the refusal asks. */
    private void endRude() throws SQLException {
        Connection connection = rude;
        if (connection == null || plan.rude() != FaultPlan.Rude.PREPARED) {
            return;
        }
        try (Connection admin = servers.admin(Side.CLUSTER, name)) {
            if (!FaultServers.strings(admin, "select gid from pg_prepared_xacts where gid = '" + name + "'")
                    .isEmpty()) {
                long asked = System.nanoTime();
                FaultServers.execute(admin, "commit prepared '" + name + "'");
                writers.acknowledged(20, 1, Side.CLUSTER, asked);
            }
        }
    }

    // ---- what must hold ----

    /** With nobody writing: the product's own proof raises no alarm, and rows are the same by other means. */
    private void compare() throws Exception {
        check(writers.pause(), "a writer does not come to rest");
        for (String command : List.of("follow", "verify")) {
            insist(command, false);
        }
        try (Connection source = servers.admin(Side.CLUSTER, name);
                Connection target = servers.admin(Side.DOKKU, name)) {
            for (String table : COMPARED) {
                String sql = "select t::text from public." + table + " t order by 1";
                check(
                        FaultServers.strings(source, sql).equals(FaultServers.strings(target, sql)),
                        "rows of " + table + " differ");
            }
        }
        writers.goOn();
    }

    private void compareCatalog(Map<String, String> before) throws Exception {
        Map<String, String> after = CatalogText.of(servers.server(Side.CLUSTER), name);
        before.forEach((table, rows) -> {
            if (!rows.equals(after.get(table))) {
                List<String> was = rows.lines().toList();
                List<String> is = String.valueOf(after.get(table)).lines().toList();
                broken.add("the source's " + table + " is not as it was found: "
                        + was.stream().filter(row -> !is.contains(row)).limit(2).toList() + " became "
                        + is.stream().filter(row -> !was.contains(row)).limit(2).toList());
            }
        });
        check(after.keySet().equals(before.keySet()), "the source has other catalogs");
    }

    /** Holds every acknowledged write against the side that is open at the end. */
    private void count(Side last, List<FaultWriters.Ack> acks, int[] lostAndDoubled) throws SQLException {
        try (Connection connection = servers.admin(last, name)) {
            for (String table : List.of("ledger", "bare")) {
                Map<String, Integer> there = new TreeMap<>();
                FaultServers.strings(
                                connection,
                                "select writer || '/' || n || ' ' || count(*) from public." + table
                                        + " where writer > 0 group by writer, n")
                        .forEach(row -> there.put(row.split(" ")[0], Integer.parseInt(row.split(" ")[1])));
                for (FaultWriters.Ack ack : acks) {
                    if (!there.containsKey(ack.writer() + "/" + ack.n())) {
                        lostAndDoubled[0]++;
                        if (lostAndDoubled[0] < 4) {
                            broken.add("lost from " + table + ": " + ack);
                        }
                    }
                }
                there.forEach((key, count) -> {
                    if (count > 1) {
                        lostAndDoubled[1]++;
                        broken.add("doubled in " + table + ": " + key);
                    }
                    check(writers.wasAsked(key), "never written, yet in " + table + ": " + key);
                });
            }
            FaultServers.execute(connection, "set default_transaction_read_only = off");
            long next = Long.parseLong(FaultServers.text(connection, "select nextval('public.ticket')"));
            check(next > writers.ticketMax(), "nextval is " + next + ", and " + writers.ticketMax() + " was given out");
            check(
                    FaultServers.text(
                                    connection,
                                    "select nextval('public.ledger_id_seq') > (select max(id) from public.ledger)"
                                            + " and nextval('public.item_id_seq') > (select max(id) from public.item)")
                            .equals("t"),
                    "a serial gives out what is taken");
        }
    }
}
