package landfall.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Quantities;
import landfall.sandbox.DemoRun;
import landfall.sandbox.JavaProcess;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall demo}: a real service, moved live between an emulated cluster and an emulated Dokku host. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Moves a service under load between emulated hosts on this machine, back, and over again;"
                + " then holds every acknowledged write against what is there.",
        footer = {
            "",
            "Nothing listens beyond loopback. Ctrl-C ends everything that was started.",
            "Exit codes: 0 nothing was lost; 1 something was, or a step failed."
        })
public final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--size",
            paramLabel = "tiny|default|large",
            defaultValue = "default",
            description = "About 5 MB and 20 files, 100 MB and 200 files, or 1 GB and 2,000 files. Default: default.")
    String size = "default";

    @Option(names = "--folder", paramLabel = "DIR", description = "Where the demo lives. Default: a temporary folder.")
    @Nullable
    Path folder;

    @Option(names = "--keep", description = "Keep the folder: logs, move folder, acknowledgements.")
    boolean keep;

    @Option(
            names = "--kill-at",
            paramLabel = "sync|cutover",
            description = "Kill the mover (kill -9) at a random moment of this command, then run the command again.")
    @Nullable
    String killAt;

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "1", description = "How many runs with --kill-at.")
    int seeds = 1;

    @Option(names = "--seed", paramLabel = "S", description = "The first seed; the others follow it.")
    @Nullable
    Long seed;

    @Option(
            names = "--table",
            paramLabel = "FILE",
            description = "Append the runs with --kill-at to this file, as a Markdown table.")
    @Nullable
    Path table;

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() throws IOException {
        DemoRun.Size wanted = wantedSize();
        if (killAt != null && !List.of("sync", "cutover").contains(killAt)) {
            throw badInput("--kill-at " + killAt, "it is neither sync nor cutover");
        }
        Events events = output.events();
        Path base = folder == null ? Path.of(System.getProperty("java.io.tmpdir")) : folder;
        long first = seed == null ? new Random().nextInt(1_000_000) : seed;
        int runs = killAt == null ? 1 : seeds;
        KillTable runsTable = new KillTable(killAt == null ? "" : killAt);
        if (killAt != null && table != null) {
            runsTable.open(table, LocalDate.now(ZoneId.systemDefault()), size, runs);
        }
        boolean sound = true;
        for (int i = 0; i < runs; i++) {
            long runSeed = first + i;
            if (killAt != null) {
                events.note("run " + (i + 1) + " of " + runs + ": kill -9 during " + killAt + ", seed " + runSeed);
            }
            KillTable.Row row = once(base, wanted, runSeed, events);
            sound &= row.sound();
            runsTable.add(row);
            if (killAt != null && table != null) {
                runsTable.appendLast(table);
            }
        }
        if (killAt != null) {
            events.emit(new Events.Event(
                    "table", Events.fields("title", "kill -9 during " + killAt, "rows", runsTable.lines())));
        }
        return (sound ? ExitCode.DONE : ExitCode.FAILED).code();
    }

    private KillTable.Row once(Path base, DemoRun.Size wanted, long runSeed, Events events) throws IOException {
        try (Place place = Place.claim(base)) {
            DemoRun run = new DemoRun(
                    new DemoRun.Options(
                            wanted,
                            JavaProcess.words(512),
                            place.folder(),
                            manifests(),
                            Optional.ofNullable(killAt),
                            runSeed),
                    events);
            Thread hook = new Thread(run::close, "end the demo");
            Runtime.getRuntime().addShutdownHook(hook);
            try (run) {
                DemoRun.Summary summary = run.run();
                events.emit(new Events.Event("summary", withText(summary)));
                return new KillTable.Row(runSeed, run.killed(), summary, "");
            } catch (LandfallException e) {
                if (killAt == null) {
                    throw e;
                }
                e.problems()
                        .forEach(problem ->
                                events.emit(new Events.Event("problem", Events.fields("message", problem.sentence()))));
                return new KillTable.Row(
                        runSeed, run.killed(), null, e.problems().getFirst().what());
            } catch (IOException | SQLException e) {
                throw new LandfallException(
                        ExitCode.FAILED,
                        Problem.error(
                                "the demo stopped", String.valueOf(e.getMessage()), "Its logs: --keep keeps them"),
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new KillTable.Row(runSeed, run.killed(), null, "interrupted");
            } finally {
                unhook(hook);
                if (!keep) {
                    delete(place.folder());
                }
            }
        }
    }

    private static void unhook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException goingDown) {
            System.getLogger("landfall").log(System.Logger.Level.DEBUG, "already going down", goingDown);
        }
    }

    private java.util.Map<String, Object> withText(DemoRun.Summary summary) {
        java.util.Map<String, Object> fields = new java.util.LinkedHashMap<>(summary.fields());
        if (!output.json()) {
            fields.put(
                    "text",
                    String.format(
                            Locale.ROOT,
                            "Moved %s of database and %d files in %.1f s, back once, and over again. Users had %,d writes"
                                    + " acknowledged: %d lost, %d accepted by both sides; %d requests failed, the longest"
                                    + " waited %d ms. After the rollback %d were missing; the longest wait in it was"
                                    + " %d ms.",
                            Quantities.amount(summary.databaseBytes(), "bytes"),
                            summary.files(),
                            summary.seconds(),
                            summary.acknowledged(),
                            summary.lost(),
                            summary.acceptedByBoth(),
                            summary.failedRequests(),
                            summary.longestWaitMs(),
                            summary.rollbackLost(),
                            summary.rollbackLongestWaitMs()));
        }
        return fields;
    }

    private DemoRun.Size wantedSize() {
        return switch (size) {
            case "tiny" -> DemoRun.Size.TINY;
            case "default" -> DemoRun.Size.DEFAULT;
            case "large" -> DemoRun.Size.LARGE;
            default -> throw badInput("--size " + size, "it is none of tiny, default, large");
        };
    }

    private static LandfallException badInput(String what, String why) {
        return new LandfallException(ExitCode.BAD_INPUT, Problem.error(what, why, "See `landfall demo --help`"));
    }

    private static Path manifests() {
        Path manifests = JavaProcess.home().resolve("examples/v-sekai/k8s");
        if (!Files.isDirectory(manifests)) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "the demo's manifests are not there",
                            manifests + " is no folder",
                            "Start the demo with the launcher `landfall` of a whole checkout"));
        }
        return manifests;
    }

    /** A folder that no other demo uses; what an earlier one left there, killed, is ended first. */
    private record Place(Path folder, FileChannel channel, FileLock lock) implements AutoCloseable {
        static Place claim(Path base) throws IOException {
            for (int i = 1; i <= 100; i++) {
                Path folder = base.resolve("landfall-demo-" + System.getProperty("user.name") + "-" + i)
                        .toAbsolutePath();
                Files.createDirectories(base);
                FileChannel channel = FileChannel.open(
                        folder.resolveSibling(folder.getFileName() + ".lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    DemoRun.endLeftovers(folder);
                    delete(folder);
                    Files.createDirectories(folder);
                    return new Place(folder, channel, lock);
                }
                channel.close();
            }
            throw new IOException("a hundred demos run in " + base);
        }

        @Override
        public void close() throws IOException {
            lock.release();
            channel.close();
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }
}
