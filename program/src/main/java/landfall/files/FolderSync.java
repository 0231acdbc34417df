package landfall.files;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.TaskGroup;
import landfall.files.Listing.FileState;

/**
 * Makes one folder like another in repeated passes. Each pass rests on a complete listing of both sides; nothing is
 * deleted but what was on both sides after an earlier pass, is gone from the source, and is unchanged on the target.
 */
public final class FolderSync {
    private static final long BATCH_BYTES = 4L << 20;
    private static final int BATCH_FILES = 500;

    /** As many files gone at once, with none left, is an unmounted volume rather than a clean-up. */
    private static final int ALL_GONE_MIN = 10;

    private final RemoteFolder from;
    private final RemoteFolder to;
    private final Events events;
    private final Path record;

    /**
     * @param record remembers, by path, the checksum that both sides had after the last pass; serves both directions
     */
    public FolderSync(RemoteFolder from, RemoteFolder to, Events events, Path record) {
        this.from = from;
        this.to = to;
        this.events = events;
        this.record = record;
    }

    /**
     * What one pass did.
     *
     * @param pending files that changed while they were read; the next pass takes them
     * @param refused what can't be carried exactly
     */
    public record Pass(long copied, long bytes, long deleted, long pending, long files, List<String> refused) {
        /** Whether both sides were alike when it ended. */
        public boolean clean() {
            return pending == 0 && refused.isEmpty();
        }
    }

    /** The two sides compared by checksums computed for it. */
    public record Report(
            long files,
            long bytes,
            List<String> missing,
            List<String> different,
            List<String> extra,
            List<String> refused) {
        /** What only the target has is told, but harms nobody. */
        public boolean equal() {
            return missing.isEmpty() && different.isEmpty() && refused.isEmpty();
        }
    }

    public Pass pass() {
        Map<String, String> before = recorded();
        Listing source = from.list();
        Listing target = to.list();
        if (source.files().isEmpty() && before.size() >= ALL_GONE_MIN) {
            throw new LandfallException(
                    ExitCode.REFUSED,
                    Problem.error(
                            from.label() + " is empty",
                            "it held " + before.size() + " files at the last pass",
                            "If that is right, empty " + to.label() + " too, and run the command again"));
        }
        Map<String, FileState> wanted = new TreeMap<>();
        source.files().forEach((name, file) -> {
            FileState there = target.files().get(name);
            if (there == null || !there.sha256().equals(file.sha256())) {
                wanted.put(name, file);
            }
        });
        Map<String, String> folders = new TreeMap<>(source.directories());
        folders.keySet().removeAll(target.directories().keySet());
        to.makeDirectories(folders);
        // What was on both sides stays known until it is deleted here, or a killed pass would forget to.
        Map<String, String> both = new TreeMap<>(before);
        source.files().forEach((name, file) -> {
            if (!wanted.containsKey(name)) {
                both.put(name, file.sha256());
            }
        });
        List<String> gone = gone(before, source, target);
        Set<String> copied = copy(wanted, both);
        to.delete(gone);
        both.keySet().retainAll(source.files().keySet());
        write(both);
        long pending = (long) wanted.size() - copied.size();
        wanted.keySet().retainAll(copied);
        long bytes = wanted.values().stream().mapToLong(FileState::size).sum();
        return new Pass(
                copied.size(), bytes, gone.size(), pending, source.files().size(), source.refused());
    }

    private static List<String> gone(Map<String, String> before, Listing source, Listing target) {
        List<String> gone = new ArrayList<>();
        before.forEach((name, hash) -> {
            FileState there = target.files().get(name);
            if (!source.files().containsKey(name)
                    && there != null
                    && there.sha256().equals(hash)) {
                gone.add(name);
            }
        });
        return gone;
    }

    private Set<String> copy(Map<String, FileState> wanted, Map<String, String> both) {
        long total = wanted.values().stream().mapToLong(FileState::size).sum();
        long done = 0;
        Set<String> copied = new HashSet<>();
        for (Map<String, FileState> batch : batches(wanted)) {
            Map<String, String> expected = new LinkedHashMap<>();
            batch.forEach((name, file) -> expected.put(name, file.sha256()));
            for (String name : copyBatch(expected)) {
                both.put(name, String.valueOf(expected.get(name)));
                copied.add(name);
            }
            write(both);
            done += batch.values().stream().mapToLong(FileState::size).sum();
            events.progress("files", to.label(), done, total, "bytes");
        }
        return copied;
    }

    private static List<Map<String, FileState>> batches(Map<String, FileState> wanted) {
        List<Map<String, FileState>> batches = new ArrayList<>();
        Map<String, FileState> batch = new LinkedHashMap<>();
        long bytes = 0;
        for (Map.Entry<String, FileState> file : wanted.entrySet()) {
            long size = file.getValue().size();
            if (!batch.isEmpty() && (bytes + size > BATCH_BYTES || batch.size() >= BATCH_FILES)) {
                batches.add(batch);
                batch = new LinkedHashMap<>();
                bytes = 0;
            }
            batch.put(file.getKey(), file.getValue());
            bytes += size;
        }
        if (!batch.isEmpty()) {
            batches.add(batch);
        }
        return batches;
    }

    /** The archive flows from one side to the other; neither waits for the whole of it. */
    private Set<String> copyBatch(Map<String, String> expected) {
        try (PipedInputStream reading = new PipedInputStream(1 << 20);
                PipedOutputStream writing = new PipedOutputStream(reading);
                TaskGroup tasks = TaskGroup.open(2)) {
            var _ = tasks.fork(() -> {
                try (writing) {
                    from.get(expected.keySet(), tar -> tar.transferTo(writing));
                }
                return true;
            });
            Future<Set<String>> put = tasks.fork(() -> {
                // If writing fails, the reader of the other side must not wait for room in the pipe for ever.
                try (reading) {
                    return to.put(reading, expected);
                }
            });
            tasks.join();
            return put.resultNow();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof LandfallException failure) {
                throw failure;
            }
            throw new IllegalStateException("copying files failed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(
                    ExitCode.INTERRUPTED,
                    Problem.error("copying files was interrupted", "", "Running the command again goes on"),
                    e);
        }
    }

    public Report verify() {
        Listing source = from.listAfresh();
        Listing target = to.listAfresh();
        List<String> missing = new ArrayList<>();
        List<String> different = new ArrayList<>();
        source.files().forEach((name, file) -> {
            FileState there = target.files().get(name);
            if (there == null) {
                missing.add(name);
            } else if (!there.sha256().equals(file.sha256())) {
                different.add(name);
            }
        });
        List<String> extra = target.files().keySet().stream()
                .filter(name -> !source.files().containsKey(name))
                .toList();
        return new Report(source.files().size(), source.bytes(), missing, different, extra, source.refused());
    }

    private Map<String, String> recorded() {
        Map<String, String> recorded = new TreeMap<>();
        try {
            if (Files.exists(record)) {
                for (String line : Files.readAllLines(record)) {
                    recorded.put(line.substring(65), line.substring(0, 64));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return recorded;
    }

    private void write(Map<String, String> both) {
        StringBuilder text = new StringBuilder();
        both.forEach((name, hash) -> text.append(hash).append(' ').append(name).append('\n'));
        try {
            Path next = record.resolveSibling(record.getFileName() + ".next");
            Files.writeString(next, text);
            Files.move(next, record, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
