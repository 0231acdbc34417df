package landfall.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One command being run for a client: its words, its streams, and the processes that must end with it. */
final class DokkuCall {
    private final List<String> words;
    private final boolean quiet;
    private final boolean force;
    private final boolean pty;
    private final InputStream in;
    private final OutputStream out;
    private final OutputStream err;
    private final DokkuLink link;
    private final Set<Process> processes = ConcurrentHashMap.newKeySet();
    private volatile boolean cancelled;

    /** @param words command and arguments, global flags taken off */
    DokkuCall(
            List<String> words,
            boolean quiet,
            boolean force,
            boolean pty,
            InputStream in,
            OutputStream out,
            OutputStream err) {
        this(words, quiet, force, pty, in, out, err, DokkuLink.none());
    }

    DokkuCall(
            List<String> words,
            boolean quiet,
            boolean force,
            boolean pty,
            InputStream in,
            OutputStream out,
            OutputStream err,
            DokkuLink link) {
        this.words = List.copyOf(words);
        this.quiet = quiet;
        this.force = force || (!words.isEmpty() && words.contains("--force"));
        this.pty = pty;
        this.in = in;
        this.out = out;
        this.err = err;
        this.link = link;
    }

    DokkuCall with(List<String> otherWords, boolean otherQuiet, boolean otherForce) {
        return new DokkuCall(otherWords, otherQuiet, otherForce, pty, in, out, err, link);
    }

    /** The same command with everything on stdout, as git's hook merges it. */
    DokkuCall merged() {
        return new DokkuCall(words, quiet, force, pty, in, out, out, link);
    }

    /** The same command answering elsewhere. */
    DokkuCall answering(OutputStream otherOut) {
        return new DokkuCall(words, quiet, force, pty, in, otherOut, err, link);
    }

    DokkuLink link() {
        return link;
    }

    String command() {
        return words.isEmpty() ? "" : words.getFirst();
    }

    List<String> words() {
        return words;
    }

    /** Arguments that are not {@code --force}. */
    List<String> arguments() {
        return words.stream().skip(1).filter(word -> !word.equals("--force")).toList();
    }

    String argument(int index) {
        List<String> arguments = arguments();
        return index < arguments.size() ? arguments.get(index) : "";
    }

    boolean quiet() {
        return quiet;
    }

    boolean force() {
        return force;
    }

    boolean pty() {
        return pty;
    }

    InputStream in() {
        return in;
    }

    OutputStream outStream() {
        return out;
    }

    OutputStream errStream() {
        return err;
    }

    void out(String text) {
        write(out, text);
    }

    void err(String text) {
        write(err, text);
    }

    void warn(String line) {
        err(" !     " + line + "\n");
    }

    /** A warning that {@code --quiet} drops, as only a few are. */
    void quietWarn(String line) {
        if (!quiet) {
            warn(line);
        }
    }

    /** A line that {@code --quiet} drops. */
    void heading(String line) {
        if (!quiet) {
            out(line + "\n");
        }
    }

    private static void write(OutputStream stream, String text) {
        try {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
            stream.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks for the name as Dokku does; false if it was not given. */
    boolean confirmed(String question, String name, String prompt) throws IOException, DokkuFailure {
        if (force) {
            return true;
        }
        warn("WARNING: Potentially Destructive Action");
        warn(question);
        warn("To proceed, type \"" + name + "\"");
        out(prompt);
        StringBuilder line = new StringBuilder();
        int c = in.read();
        while (c >= 0 && c != '\n' && c != '\r') {
            line.append((char) c);
            c = in.read();
        }
        if (line.isEmpty() && c < 0) {
            return false;
        }
        if (!line.toString().strip().equals(name)) {
            throw new DokkuFailure(1, "Confirmation did not match test. Aborted.\n");
        }
        return true;
    }

    /** Runs a process with the call's streams and returns its exit code. */
    int stream(ProcessBuilder builder, ProcessRegistry registry, boolean input)
            throws IOException, InterruptedException {
        if (!input) {
            builder.redirectInput(new java.io.File("/dev/null"));
        }
        Process process = registry.start(builder, "dokku " + command());
        processes.add(process);
        if (cancelled) {
            endProcesses();
        }
        try {
            Thread errors = Thread.ofVirtual().start(() -> pump(process.getErrorStream(), err));
            Thread output = Thread.ofVirtual().start(() -> pump(process.getInputStream(), out));
            if (input) {
                Thread.ofVirtual().start(() -> {
                    pump(in, process.getOutputStream());
                    closeQuietly(process);
                });
            }
            int exit = process.waitFor();
            output.join(TimeUnit.SECONDS.toMillis(2));
            errors.join(TimeUnit.SECONDS.toMillis(2));
            return exit > 128 && cancelled ? 255 : exit;
        } finally {
            processes.remove(process);
            end(process);
        }
    }

    private static void pump(InputStream from, OutputStream to) {
        byte[] buffer = new byte[32 << 10];
        try {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(buffer, 0, n);
                to.flush();
            }
        } catch (IOException e) {
            System.getLogger(DokkuCall.class.getName()).log(System.Logger.Level.DEBUG, "stream ended", e);
        }
    }

    private static void closeQuietly(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            System.getLogger(DokkuCall.class.getName()).log(System.Logger.Level.DEBUG, "stdin ended", e);
        }
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** The client is gone: nothing this call started may go on. */
    void endProcesses() {
        cancelled = true;
        processes.forEach(DokkuCall::end);
    }

    private static void end(Process process) {
        // Children first, and twice: a process that is being ended may still have started one.
        List<ProcessHandle> below = new ArrayList<>(process.descendants().toList());
        Stream.concat(below.stream(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroyForcibly);
        below.stream().flatMap(ProcessHandle::descendants).forEach(ProcessHandle::destroyForcibly);
    }
}
