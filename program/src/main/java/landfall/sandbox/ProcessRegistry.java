package landfall.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Child processes, each recorded in a file before it can matter, so that the next run finds and ends what a
 * {@code kill -9} left behind. A process is known by pid and start time: a reused pid is never killed.
 */
public final class ProcessRegistry {
    private final Path file;

    private ProcessRegistry(Path file) {
        this.file = file;
    }

    /** @param folder the sandbox's folder; the record is its file {@code processes} */
    public static ProcessRegistry in(Path folder) {
        return new ProcessRegistry(folder.resolve("processes"));
    }

    public void add(ProcessHandle process, String label) {
        String line = process.pid() + " " + startTime(process) + " " + label.replace('\n', ' ') + "\n";
        try {
            synchronized (this) {
                Files.createDirectories(file.toAbsolutePath().getParent());
                Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Process start(ProcessBuilder builder, String label) throws IOException {
        Process process = builder.start();
        add(process.toHandle(), label);
        return process;
    }

    private static long startTime(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static Optional<ProcessHandle> find(String line) {
        String[] words = line.split(" ", 3);
        if (words.length < 2) {
            return Optional.empty();
        }
        long start = Long.parseLong(words[1]);
        return ProcessHandle.of(Long.parseLong(words[0]))
                .filter(ProcessHandle::isAlive)
                .filter(process -> startTime(process) == start);
    }

    /** Ends every recorded process that is still alive, children first asked then killed, and forgets all. */
    public synchronized int endAll() {
        if (!Files.exists(file)) {
            return 0;
        }
        try {
            List<ProcessHandle> alive = Files.readAllLines(file).stream()
                    .flatMap(line -> find(line).stream())
                    .flatMap(process ->
                            java.util.stream.Stream.concat(process.descendants(), java.util.stream.Stream.of(process)))
                    .filter(process -> process.pid() != ProcessHandle.current().pid())
                    .distinct()
                    .toList();
            alive.forEach(ProcessHandle::destroy);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
            for (ProcessHandle process : alive) {
                while (process.isAlive() && System.nanoTime() < end) {
                    Thread.sleep(20);
                }
                process.destroyForcibly();
            }
            Files.deleteIfExists(file);
            return alive.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }
}
