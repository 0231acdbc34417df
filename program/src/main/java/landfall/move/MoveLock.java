package landfall.move;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.recipe.MoveFolder;
import org.jspecify.annotations.Nullable;

/**
 * One Landfall at a time works on a move. The lock is the operating system's, so a killed process holds nothing. A
 * command that follows hands over when asked: the asker leaves a file and waits.
 */
public final class MoveLock implements AutoCloseable {
    private static final Duration HAND_OVER_MAX = Duration.ofSeconds(30);

    private final FileChannel channel;
    private final FileLock lock;
    private final Path holder;
    private final Path request;

    private MoveLock(FileChannel channel, FileLock lock, Path holder, Path request) {
        this.channel = channel;
        this.lock = lock;
        this.holder = holder;
        this.request = request;
    }

    /**
     * @param takesOver whether a command that follows is asked to hand over; otherwise a held lock is refused
     * @throws LandfallException (refused) naming the process that holds it
     */
    public static MoveLock acquire(MoveFolder move, String command, boolean takesOver, Events events) {
        Path holder = move.path().resolve(".lock-holder");
        Path request = move.path().resolve(".hand-over");
        try {
            FileChannel channel =
                    FileChannel.open(move.path().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null && takesOver) {
                events.step("hand over", "begin", "asking " + holderName(holder) + " to hand over");
                Path next = move.path().resolve(".hand-over.next");
                Files.writeString(next, command + " " + ProcessHandle.current().pid());
                Files.move(next, request, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                lock = awaitLock(channel);
                if (lock != null) {
                    events.step("hand over", "done", "");
                }
            }
            if (lock == null) {
                channel.close();
                throw new LandfallException(
                        ExitCode.REFUSED,
                        Problem.error(
                                "another Landfall works on this move",
                                holderName(holder) + " holds " + move.path().resolve(".lock"),
                                takesOver
                                        ? "It did not hand over in " + HAND_OVER_MAX.toSeconds()
                                                + " s; stop it, then run this again."
                                        : "Wait for it, or stop it with Ctrl-C, then run this again."));
            }
            Files.deleteIfExists(request);
            Files.writeString(holder, command + " " + ProcessHandle.current().pid());
            return new MoveLock(channel, lock, holder, request);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + move.path() + ": " + e.getMessage(), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Held in this very process (tests): held all the same.
            return null;
        }
    }

    private static @Nullable FileLock awaitLock(FileChannel channel) throws IOException {
        long end = System.nanoTime() + HAND_OVER_MAX.toNanos();
        while (System.nanoTime() < end) {
            FileLock lock = tryLock(channel);
            if (lock != null) {
                return lock;
            }
            Pause.of(Duration.ofMillis(20));
        }
        return null;
    }

    private static String holderName(Path holder) throws IOException {
        if (!Files.exists(holder)) {
            return "a process that has not said its name";
        }
        String[] words = Files.readString(holder).split(" ", 2);
        return "`landfall " + words[0] + "` (process " + (words.length > 1 ? words[1] : "?") + ")";
    }

    /** Who works on the move now; empty if nobody does. */
    public static Optional<String> holder(MoveFolder move) {
        Path file = move.path().resolve(".lock");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            FileLock lock = tryLock(channel);
            if (lock != null) {
                lock.release();
                return Optional.empty();
            }
            return Optional.of(holderName(move.path().resolve(".lock-holder")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether somebody waits for this lock. */
    public boolean handOverAsked() {
        if (!Files.exists(request)) {
            return false;
        }
        try {
            String[] words = Files.readString(request).split(" ", 2);
            boolean waits = words.length == 2
                    && ProcessHandle.of(Long.parseLong(words[1].strip()))
                            .filter(ProcessHandle::isAlive)
                            .isPresent();
            if (!waits) {
                // Who asked was killed while waiting: nobody to hand over to.
                Files.deleteIfExists(request);
            }
            return waits;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(holder);
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
