package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Folders of files for clients to carry, with names that get lost where somebody escapes wrongly. */
final class ClientFiles {
    /** Relative paths; what is in each is its own name. */
    static final List<String> NAMES = List.of(
            "plain.txt",
            "sub dir/file name.txt",
            "a+b/c&d=e.txt",
            "100%25/%2F?q#f.txt",
            "ünï/日本/emoji😀.txt",
            "quote'\"x.txt",
            "back\\slash",
            "~tilde;semi:colon,comma@at!(paren)*[br]{c}|$",
            "dots/..leading/trailing..");

    private ClientFiles() {}

    /** A file of bytes that nothing compresses, the same each time. */
    static Path large(Path file) throws IOException {
        byte[] bytes = new byte[Client.largeBytes()];
        new Random(bytes.length).nextBytes(bytes);
        return Files.write(file, bytes);
    }

    /** Files of odd names, an empty one, and a large one. */
    static Path tree(Path folder) throws IOException {
        for (String name : NAMES) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, name);
        }
        Files.createFile(folder.resolve("empty"));
        large(folder.resolve("large.bin"));
        return folder;
    }

    static void assertSame(Path folder, Path expected) throws IOException {
        Map<String, Path> found = files(folder);
        Map<String, Path> wanted = files(expected);
        assertThat(found.keySet()).isEqualTo(wanted.keySet());
        for (String name : wanted.keySet()) {
            assertThat(found.get(name)).as(name).hasSameBinaryContentAs(wanted.get(name));
        }
    }

    private static Map<String, Path> files(Path folder) throws IOException {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(Files::isRegularFile)
                    .forEach(file -> files.put(folder.relativize(file).toString(), file));
        }
        return files;
    }
}
