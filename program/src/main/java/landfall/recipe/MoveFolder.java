package landfall.recipe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Secret;
import landfall.base.TaskGroup;

/** The folder that is the move (design/1): every command takes it, every file of it is written whole or not at all. */
public final class MoveFolder {
    private static final int SYNCS_AT_ONCE = 16;

    private final Path folder;
    private final Path recipe;
    private final Map<String, Secret> given;

    private MoveFolder(Path folder, Path recipe, Map<String, Secret> given) {
        this.folder = folder;
        this.recipe = recipe;
        this.given = given;
    }

    public static MoveFolder at(Path folder) {
        return new MoveFolder(folder, folder.resolve("recipe.yml"), Map.of());
    }

    /** A folder for what a recipe without a migration needs besides: addresses, journal, lock, log. */
    public static MoveFolder ofRecipe(Path recipe, Path folder) {
        return new MoveFolder(folder, recipe, Map.of());
    }

    /** The same move, with values that go before those of secrets.yml; they are written nowhere. */
    public MoveFolder withValues(Map<String, Secret> values) {
        return new MoveFolder(folder, recipe, Map.copyOf(values));
    }

    /** @throws LandfallException (bad input) if there is no move.yaml in it */
    public static MoveFolder existing(Path folder) {
        MoveFolder move = at(folder);
        if (!Files.isRegularFile(move.settingsFile())) {
            String why = Files.isDirectory(folder) ? "it holds no move.yaml" : "there is no such folder";
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(folder.toString()),
                            "not a move",
                            why,
                            "Make one with `landfall plan MANIFESTS -o " + folder + "`."));
        }
        return move;
    }

    public Path path() {
        return folder;
    }

    public Path settingsFile() {
        return folder.resolve("move.yaml");
    }

    public Path recipeFile() {
        return recipe;
    }

    public Path secretsFile() {
        return folder.resolve("secrets.yml");
    }

    public Path ledgerFile() {
        return folder.resolve("ledger.jsonl");
    }

    public Path reportFile() {
        return folder.resolve("report.html");
    }

    public Path journalFile() {
        return folder.resolve("journal.jsonl");
    }

    public Path logFile() {
        return folder.resolve("landfall.log");
    }

    public Path appFolder(String app) {
        return folder.resolve("apps").resolve(app);
    }

    public MoveSettings settings() {
        return MoveSettingsFile.read(text(settingsFile()), settingsFile().toString());
    }

    public void writeSettings(MoveSettings settings) {
        write(settingsFile(), MoveSettingsFile.write(settings), false);
    }

    public Map<String, Secret> secrets() {
        Map<String, Secret> kept = Files.exists(secretsFile())
                ? SecretsFile.read(text(secretsFile()), secretsFile().toString())
                : Map.of();
        if (given.isEmpty()) {
            return kept;
        }
        Map<String, Secret> secrets = new TreeMap<>(kept);
        // An input's name with _ is looked up before the same with -: what was given must not be passed over for that.
        given.keySet().forEach(name -> secrets.remove(name.replace('-', '_')));
        secrets.putAll(given);
        return secrets;
    }

    public void writeSecrets(Map<String, Secret> secrets) {
        write(secretsFile(), SecretsFile.write(secrets), true);
    }

    public String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(file.toString()),
                            "cannot be read",
                            String.valueOf(e.getMessage()),
                            "Check that it exists and that you may read it."),
                    e);
        }
    }

    /**
     * Writes a file whole: a temporary file beside it, synced, renamed.
     *
     * @param secret mode 0600 from its first byte on
     */
    public void write(Path file, String text, boolean secret) {
        writeBytes(file, text.getBytes(StandardCharsets.UTF_8), secret);
    }

    public void writeBytes(Path file, byte[] bytes, boolean secret) {
        try {
            Path next = writeBeside(file, bytes, secret);
            sync(next);
            replace(next, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes files whole, as {@link #write} does each. Several are synced at a time: one commit of the file system's
     * journal then serves many, where thousands of app folders would wait for one each.
     *
     * @param texts path inside the folder to text
     */
    public void writeAll(Map<String, String> texts) {
        try {
            Map<Path, Path> written = new LinkedHashMap<>();
            for (Map.Entry<String, String> text : texts.entrySet()) {
                Path file = folder.resolve(text.getKey());
                written.put(writeBeside(file, text.getValue().getBytes(StandardCharsets.UTF_8), false), file);
            }
            syncAll(written.keySet());
            for (Map.Entry<Path, Path> pair : written.entrySet()) {
                replace(pair.getKey(), pair.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + folder + ": " + e.getMessage(), e);
        }
    }

    private static Path writeBeside(Path file, byte[] bytes, boolean secret) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path next = file.resolveSibling("." + file.getFileName() + ".next");
        Files.deleteIfExists(next);
        var mode = PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString(secret ? "rw-------" : "rw-r--r--"));
        try (FileChannel channel =
                FileChannel.open(next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
            var buffer = java.nio.ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }
        return next;
    }

    private static void syncAll(Set<Path> files) throws IOException {
        if (files.size() < SYNCS_AT_ONCE) {
            for (Path file : files) {
                sync(file);
            }
            return;
        }
        try (TaskGroup group = TaskGroup.open(SYNCS_AT_ONCE)) {
            for (Path file : files) {
                var _ = group.fork(() -> {
                    sync(file);
                    return file;
                });
            }
            group.join();
        } catch (ExecutionException e) {
            throw new IOException("syncing failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while syncing", e);
        }
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void replace(Path next, Path file) throws IOException {
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
