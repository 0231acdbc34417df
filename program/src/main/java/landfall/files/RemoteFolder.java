package landfall.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.files.Listing.FileState;
import org.jspecify.annotations.Nullable;

/**
 * A folder inside a container, reached through one shell that stays. Needs what busybox, dash and bash systems have:
 * find, stat, sha256sum, tar, head, mv, rm, xargs and, where the way is not clean, base64. One operation at a time.
 */
public final class RemoteFolder implements AutoCloseable {
    /** Files on their way in; on the same volume, so that a move into place is atomic. Never listed. */
    private static final String INCOMING = ".landfall-incoming-";

    private static final int CHUNK_BYTES = 1 << 20;
    private static final int LIST_TRIES = 20;

    private final String label;
    private final String path;
    private final boolean eightBitClean;
    private final ShellDialer dialer;
    private final Duration silenceMax;
    private final String incoming = INCOMING + UUID.randomUUID();
    private @Nullable ShellSession session;
    private Map<String, FileState> known = Map.of();

    /**
     * @param label how messages call it
     * @param eightBitClean false where a terminal lies in between, which swallows some bytes
     */
    public RemoteFolder(String label, String path, boolean eightBitClean, ShellDialer dialer) {
        this(label, path, eightBitClean, dialer, Duration.ofMinutes(2));
    }

    RemoteFolder(String label, String path, boolean eightBitClean, ShellDialer dialer, Duration silenceMax) {
        this.label = label;
        this.path = path;
        this.eightBitClean = eightBitClean;
        this.dialer = dialer;
        this.silenceMax = silenceMax;
    }

    public String label() {
        return label;
    }

    /** Work on the shell; a failure of the channel closes it, and the next operation opens a new one. */
    @FunctionalInterface
    private interface Work<T> {
        T on(ShellSession shell) throws IOException;
    }

    private synchronized <T> T work(String what, Work<T> work) {
        try {
            return work.on(shell());
        } catch (IOException e) {
            close();
            throw failed(what, String.valueOf(e.getMessage()), e);
        }
    }

    private LandfallException failed(String what, String why, @Nullable Throwable cause) {
        return new LandfallException(
                ExitCode.FAILED,
                Problem.error(
                        "cannot " + what + " " + label + " (" + path + ")", why, "Running the command again goes on"),
                cause);
    }

    private ShellSession shell() throws IOException {
        ShellSession open = session;
        if (open == null) {
            open = ShellSession.open(dialer, path, eightBitClean, silenceMax);
            session = open;
        }
        return open;
    }

    /** What a move of this folder would not get right: missing tools, files that can't be carried exactly. */
    public List<Problem> preflight() {
        String tools = "find stat sha256sum tar head mv rm xargs mkdir chmod tr" + (eightBitClean ? "" : " base64");
        String missing = work(
                        "look into",
                        shell -> shell.run(
                                "for t in " + tools + "; do command -v $t >/dev/null || printf '%s ' $t; done",
                                new byte[0]))
                .text()
                .strip();
        if (!missing.isEmpty()) {
            return List.of(Problem.error(
                    "the container of " + label + " lacks tools",
                    "not found: " + missing,
                    "Use an image that has them for the move"));
        }
        List<Problem> problems = new ArrayList<>();
        for (String refused : list().refused()) {
            problems.add(Problem.error(
                    label + ": " + refused, "it can't be carried exactly", "Rename, replace or remove it"));
        }
        return problems;
    }

    /** A complete listing; of files that did not change since the last one the checksum is known. */
    public Listing list() {
        return list(known);
    }

    /** A complete listing with every checksum computed now. */
    public Listing listAfresh() {
        return list(Map.of());
    }

    private Listing list(Map<String, FileState> before) {
        Listing listing = work("list", shell -> {
            String problem = "";
            for (int i = 0; i < LIST_TRIES; i++) {
                // A service creates and renames files while we look: what vanished in between is looked for again.
                Found found = find(shell);
                if (found.status == 0 && found.hash(shell, before, this::hashes)) {
                    return found.listing();
                }
                problem = found.problem;
                pause();
            }
            throw new IOException("the folder could not be read: " + problem.strip());
        });
        known = listing.files();
        return listing;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while listing");
        }
    }

    private static Found find(ShellSession shell) throws IOException {
        String ours = "-path './" + INCOMING + "*' -prune -o ";
        String odd = "\\( -path '*\n*' -o -path '*\\\\*' \\)";
        String script = "exec 2>&1; printf 'now '; date +%s\n"
                + "find . " + ours + "-type f ! " + odd + " -exec stat -c 'f %s %a %Y %Z %n' {} + || exit 1\n"
                + "find . " + ours + "-type d ! " + odd + " ! -name . -exec stat -c 'd %a %n' {} + || exit 1\n"
                + "find . " + ours + "\\( ! -type f ! -type d -o " + odd + " \\) -print0 >&1 | tr '\\n\\000' '?\\n'"
                + " | while IFS= read -r f; do printf 'o %s\\n' \"$f\"; done\n";
        try (ShellSession.Streamed answer = shell.stream(script, new byte[0], false)) {
            byte[] text = answer.readAllBytes();
            return new Found(text, answer.status());
        }
    }

    /** Checksums by path; a path that is no longer there has none. */
    private Map<String, String> hashes(ShellSession shell, Collection<String> paths) throws IOException {
        Map<String, String> hashes = new LinkedHashMap<>();
        String text = shell.run("xargs -0 sha256sum --", nullSeparated(paths)).text();
        for (String line : text.split("\n")) {
            if (line.length() > 66) {
                hashes.put(stripped(line.substring(66)), line.substring(0, 64));
            }
        }
        List<String> without =
                paths.stream().filter(name -> !hashes.containsKey(name)).toList();
        if (!without.isEmpty()) {
            String unreadable = shell.run(
                            "xargs -0 sh -c 'for f; do [ ! -e \"$f\" ] || [ -r \"$f\" ] || printf \"%s \" \"$f\"; done'"
                                    + " sh",
                            nullSeparated(without))
                    .text();
            if (!unreadable.isBlank()) {
                throw new IOException("no right to read " + unreadable.strip());
            }
        }
        return hashes;
    }

    private static String stripped(String name) {
        return name.startsWith("./") ? name.substring(2) : name;
    }

    private static byte[] nullSeparated(Collection<String> paths) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        for (String name : paths) {
            list.writeBytes(("./" + name).getBytes(StandardCharsets.UTF_8));
            list.write(0);
        }
        return list.toByteArray();
    }

    /** What find said, not hashed yet. */
    private static final class Found {
        @FunctionalInterface
        interface Hasher {
            Map<String, String> hashes(ShellSession shell, Collection<String> paths) throws IOException;
        }

        private final Map<String, FileState> files = new TreeMap<>();
        private final Map<String, String> directories = new TreeMap<>();
        private final List<String> refused = new ArrayList<>();
        private final int status;
        private String problem = "";
        private long now;

        Found(byte[] text, int status) {
            this.status = status;
            int start = 0;
            for (int i = 0; i < text.length; i++) {
                if (text[i] == '\n') {
                    line(Arrays.copyOfRange(text, start, i));
                    start = i + 1;
                }
            }
        }

        private void line(byte[] bytes) {
            String line;
            try {
                line = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                refused.add("a name that is not UTF-8: " + new String(bytes, StandardCharsets.ISO_8859_1));
                return;
            }
            if (line.startsWith("now ")) {
                now = Long.parseLong(line.substring(4).strip());
            } else if (line.startsWith("f ")) {
                String[] words = line.split(" ", 6);
                files.put(
                        stripped(words[5]),
                        new FileState(
                                Long.parseLong(words[1]),
                                words[2],
                                Long.parseLong(words[3]),
                                Long.parseLong(words[4]),
                                "",
                                now));
            } else if (line.startsWith("d ")) {
                String[] words = line.split(" ", 3);
                directories.put(stripped(words[2]), words[1]);
            } else if (line.startsWith("o ")) {
                refused.add("neither an ordinary file nor a folder, or a newline or backslash in its name: "
                        + stripped(line.substring(2)));
            } else {
                problem = line;
            }
        }

        /** @return false if a file is there and still has no checksum: the listing is to be repeated */
        boolean hash(ShellSession shell, Map<String, FileState> before, Hasher hasher) throws IOException {
            Set<String> changed = new LinkedHashSet<>();
            files.replaceAll((name, file) -> {
                FileState old = before.get(name);
                if (old != null && old.stillHolds(file.size(), file.modified(), file.changed())) {
                    return old;
                }
                changed.add(name);
                return file;
            });
            if (changed.isEmpty()) {
                return true;
            }
            Map<String, String> hashes = hasher.hashes(shell, changed);
            for (String name : changed) {
                String hash = hashes.get(name);
                FileState file = files.get(name);
                if (hash == null || file == null) {
                    problem = name + " vanished while it was read";
                    return false;
                }
                files.put(
                        name,
                        new FileState(
                                file.size(), file.permissions(), file.modified(), file.changed(), hash, file.hashed()));
            }
            return true;
        }

        Listing listing() {
            return new Listing(files, directories, refused);
        }
    }

    /** A tar archive of files. A file that vanished meanwhile is not in it. */
    public synchronized void get(Collection<String> paths, TarSink sink) {
        StringBuilder list = new StringBuilder();
        paths.forEach(name -> list.append("./").append(name).append('\n'));
        work("read from", shell -> {
            try (ShellSession.Streamed tar =
                    shell.stream("tar -c -f - -T - ; true", list.toString().getBytes(StandardCharsets.UTF_8), true)) {
                sink.take(tar);
                tar.transferTo(java.io.OutputStream.nullOutputStream());
                return paths;
            }
        });
    }

    /** Takes an archive as it comes. */
    @FunctionalInterface
    public interface TarSink {
        void take(InputStream tar) throws IOException;
    }

    /** Creates folders, parents first, with their permissions. */
    public void makeDirectories(Map<String, String> directories) {
        if (directories.isEmpty()) {
            return;
        }
        StringBuilder list = new StringBuilder();
        new TreeMap<>(directories)
                .forEach((name, permissions) ->
                        list.append(permissions).append(" ./").append(name).append('\n'));
        ShellSession.Answer answer = work(
                "make folders in",
                shell -> shell.run(
                        "exec 2>&1; while IFS=' ' read -r m d; do mkdir -p -- \"$d\" && chmod \"$m\" \"$d\" || exit 1; done",
                        list.toString().getBytes(StandardCharsets.UTF_8)));
        if (answer.status() != 0) {
            throw failed("make folders in", answer.text().strip(), null);
        }
    }

    /**
     * Puts files in place, each at once and only with the expected checksum.
     *
     * @param tar an archive of them, names relative
     * @param expected path to checksum
     * @return the paths now in place; the others changed while they were read
     */
    public Set<String> put(InputStream tar, Map<String, String> expected) {
        return work("write to", shell -> {
            checked(shell.run(
                    "exec 2>&1; rm -rf ./" + INCOMING + "* && mkdir -m 700 ./" + incoming + " ./" + incoming + "/new"
                            + " && : > ./" + incoming + "/tar",
                    new byte[0]));
            for (byte[] chunk = tar.readNBytes(CHUNK_BYTES); chunk.length > 0; chunk = tar.readNBytes(CHUNK_BYTES)) {
                checked(shell.run("exec 2>&1; cat >> ./" + incoming + "/tar", chunk));
            }
            checked(shell.run(
                    "exec 2>&1; cd ./" + incoming + "/new && tar -x -p -f ../tar && rm -f ../tar", new byte[0]));
            Set<String> sound = sound(shell, expected);
            Map<String, List<String>> byFolder = new TreeMap<>();
            for (String name : sound) {
                int slash = name.lastIndexOf('/');
                byFolder.computeIfAbsent(slash < 0 ? "." : name.substring(0, slash), folder -> new ArrayList<>())
                        .add(name);
            }
            for (Map.Entry<String, List<String>> folder : byFolder.entrySet()) {
                String target = "./" + folder.getKey();
                checked(shell.run(
                        "exec 2>&1; d=" + quoted(target) + "; mkdir -p -- \"$d\" && d=$(cd -- \"$d\" && pwd -P)"
                                + " && cd ./" + incoming + "/new && xargs -0 sh -c"
                                + " 'd=$1; shift; exec mv -f -- \"$@\" \"$d/\"' sh \"$d\"",
                        nullSeparated(folder.getValue())));
            }
            checked(shell.run("exec 2>&1; rm -rf ./" + incoming, new byte[0]));
            return sound;
        });
    }

    private Set<String> sound(ShellSession shell, Map<String, String> expected) throws IOException {
        Map<String, String> arrived = new LinkedHashMap<>();
        String text = shell.run("cd ./" + incoming + "/new && find . -type f -exec sha256sum -- {} +", new byte[0])
                .text();
        for (String line : text.split("\n")) {
            if (line.length() > 66) {
                arrived.put(stripped(line.substring(66)), line.substring(0, 64));
            }
        }
        Set<String> sound = new LinkedHashSet<>();
        expected.forEach((name, hash) -> {
            if (hash.equals(arrived.get(name))) {
                sound.add(name);
            }
        });
        return sound;
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private static void checked(ShellSession.Answer answer) throws IOException {
        if (answer.status() != 0) {
            throw new IOException(
                    answer.text().isBlank()
                            ? "exit status " + answer.status()
                            : answer.text().strip());
        }
    }

    public void delete(Collection<String> paths) {
        if (!paths.isEmpty()) {
            work("delete from", shell -> {
                checked(shell.run("exec 2>&1; xargs -0 rm -f --", nullSeparated(paths)));
                return paths;
            });
        }
    }

    @Override
    public synchronized void close() {
        ShellSession open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }
}
