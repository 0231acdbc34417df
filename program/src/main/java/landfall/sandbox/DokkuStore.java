package landfall.sandbox;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What the emulated host knows, one file of properties per app, service, network or storage entry. */
final class DokkuStore {
    private final Path folder;
    private final BooleanSupplier full;

    /** @param full whether nothing can be written */
    DokkuStore(Path folder, BooleanSupplier full) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.full = full;
    }

    /** What a write to a full disk ends with. */
    static final class DiskFull extends IOException {
        private static final long serialVersionUID = 1L;

        DiskFull(String file) {
            super("Unable to write file " + file + ": No space left on device");
        }
    }

    /** @param file as the real host calls it */
    void checkSpace(String file) throws DiskFull {
        if (full.getAsBoolean()) {
            throw new DiskFull(file);
        }
    }

    Path folder() {
        return folder;
    }

    private Path file(String scope) {
        return folder.resolve(scope + ".properties");
    }

    synchronized boolean exists(String scope) {
        return Files.exists(file(scope));
    }

    /** False if it existed. */
    synchronized boolean create(String scope) throws IOException {
        if (exists(scope)) {
            return false;
        }
        write(scope, Map.of());
        return true;
    }

    synchronized void delete(String scope) throws IOException {
        Files.deleteIfExists(file(scope));
    }

    /** Names under a kind such as {@code apps}, sorted. */
    synchronized List<String> names(String kind) throws IOException {
        Path directory = folder.resolve(kind);
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".properties"))
                    .map(name -> name.substring(0, name.length() - ".properties".length()))
                    .sorted()
                    .toList();
        }
    }

    synchronized Map<String, String> all(String scope) throws IOException {
        Map<String, String> values = new TreeMap<>();
        if (exists(scope)) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(file(scope))) {
                properties.load(reader);
            }
            properties.stringPropertyNames().forEach(name -> values.put(name, properties.getProperty(name)));
        }
        return values;
    }

    /** Empty where nothing is set, as Dokku's own properties are. */
    synchronized String get(String scope, String key) throws IOException {
        return all(scope).getOrDefault(key, "");
    }

    List<String> list(String scope, String key) throws IOException {
        String value = get(scope, key);
        return value.isBlank() ? List.of() : List.of(value.split(" "));
    }

    synchronized void set(String scope, String key, String value) throws IOException {
        Map<String, String> values = all(scope);
        if (value.isEmpty()) {
            values.remove(key);
        } else {
            values.put(key, value);
        }
        write(scope, values);
    }

    private void write(String scope, Map<String, String> values) throws IOException {
        checkSpace("/var/lib/dokku/config/" + scope);
        Properties properties = new Properties();
        properties.putAll(values);
        Path file = file(scope);
        Files.createDirectories(file.resolveSibling("."));
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (Writer writer = Files.newBufferedWriter(next)) {
            properties.store(writer, null);
        }
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
