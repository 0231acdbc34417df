package landfall.sandbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/** Starts, finds and ends the sandbox's process from another one. */
public final class SandboxProcess {
    private static final Duration START_MAX = Duration.ofMinutes(4);
    private static final Duration STOP_MAX = Duration.ofSeconds(30);

    private final Path folder;

    public SandboxProcess(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** @return the process, if one of ours is alive */
    public Optional<ProcessHandle> running() {
        try {
            Path file = folder.resolve("pid");
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            String[] words = Files.readString(file).strip().split(" ");
            return ProcessHandle.of(Long.parseLong(words[0]))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> startMillis(process) == Long.parseLong(words[1]));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /**
     * Starts the process, detached, and waits until all is ready.
     *
     * @param progress told each change of what is waited for
     * @return the text of addresses.json
     */
    public String start(List<Path> manifests, Consumer<String> progress) throws IOException, InterruptedException {
        return start(manifests, "", progress);
    }

    /** @param manners how the Dokku host is to behave, as {@link SandboxManners#parse} reads it */
    public String start(List<Path> manifests, String manners, Consumer<String> progress)
            throws IOException, InterruptedException {
        if (running().isPresent()) {
            throw new LandfallException(
                    ExitCode.REFUSED,
                    Problem.error(
                            "a sandbox runs in " + folder + " already",
                            "its process is " + running().get().pid(),
                            "Stop it with landfall sandbox stop, or give another folder."));
        }
        Files.createDirectories(folder);
        for (String stale : List.of(Sandbox.ADDRESSES_FILE, Sandbox.PROGRESS_FILE, "failure")) {
            Files.deleteIfExists(folder.resolve(stale));
        }
        Process process = command(manifests, manners).start();
        Files.writeString(folder.resolve("pid"), process.pid() + " " + startMillis(process.toHandle()) + "\n");
        long end = System.nanoTime() + START_MAX.toNanos();
        String last = "";
        while (System.nanoTime() < end && process.isAlive()) {
            if (Files.exists(folder.resolve(Sandbox.ADDRESSES_FILE))) {
                return Files.readString(folder.resolve(Sandbox.ADDRESSES_FILE));
            }
            Path file = folder.resolve(Sandbox.PROGRESS_FILE);
            String now = Files.exists(file) ? Files.readString(file) : "";
            if (!now.equals(last)) {
                progress.accept(now);
                last = now;
            }
            Thread.sleep(100);
        }
        stop();
        Path failure = folder.resolve("failure");
        throw new LandfallException(
                ExitCode.FAILED,
                Problem.error(
                        "the sandbox in " + folder + " did not start",
                        Files.exists(failure) ? Files.readString(failure) : "last it waited for: " + last,
                        "Its log is " + folder.resolve("sandbox.log") + ", those of its containers are in "
                                + folder.resolve("logs") + "."));
    }

    private ProcessBuilder command(List<Path> manifests, String manners) {
        List<String> command = new ArrayList<>();
        // A session of its own: Ctrl-C in the terminal is not meant for it.
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.addAll(JavaProcess.words(512));
        command.add(Sandbox.class.getName());
        command.add(folder.toString());
        command.add(manners);
        manifests.forEach(manifest -> command.add(manifest.toAbsolutePath().toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("sandbox.log").toFile()));
    }

    /** Ends the process and all that a killed one left behind. @return whether anything was running */
    public boolean stop() throws InterruptedException, IOException {
        Optional<ProcessHandle> process = running();
        if (process.isPresent()) {
            process.get().destroy();
            try {
                process.get().onExit().get(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                process.get().destroyForcibly();
            }
        }
        int left = Files.isDirectory(folder) ? ProcessRegistry.in(folder).endAll() : 0;
        for (String file : List.of(Sandbox.ADDRESSES_FILE, Sandbox.PROGRESS_FILE, "pid")) {
            Files.deleteIfExists(folder.resolve(file));
        }
        return process.isPresent() || left > 0;
    }
}
