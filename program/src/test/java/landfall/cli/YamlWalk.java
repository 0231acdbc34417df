package landfall.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Another walk of the same manifests, which shares nothing with the program's reader but the YAML library's scanner: it
 * goes over what the library's own loader makes of a text, and spells the paths itself.
 */
final class YamlWalk {
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setAllowDuplicateKeys(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();

    private YamlWalk() {}

    /** A leaf of an object: where a ledger has to have it, and what it holds. */
    record Leaf(String file, int document, String path, String value) {
        String place() {
            return file + "#" + document + " " + path;
        }
    }

    /** A document that is an object, or a list of objects. */
    record Document(String file, int number, Map<?, ?> root) {
        String kind() {
            return String.valueOf(root.get("kind"));
        }

        List<Leaf> leaves() {
            List<Leaf> leaves = new ArrayList<>();
            walk(root, "", (path, value) -> leaves.add(new Leaf(file, number, path, String.valueOf(value))));
            return leaves;
        }
    }

    /** Every document of every file of a folder that says what it is; what isn't YAML is left out. */
    static List<Document> documents(Path folder) {
        List<Document> documents = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(YamlWalk::isManifest).sorted().toList()) {
                String name = folder.relativize(file).toString();
                List<Object> loaded = text(file).map(YamlWalk::load).orElse(List.of());
                for (int number = 0; number < loaded.size(); number++) {
                    if (loaded.get(number) instanceof Map<?, ?> map
                            && isWord(map.get("apiVersion"))
                            && isWord(map.get("kind"))) {
                        documents.add(new Document(name, number, map));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return documents;
    }

    private static boolean isWord(@Nullable Object value) {
        return value instanceof String text && !text.isEmpty();
    }

    private static boolean isManifest(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Files.isRegularFile(file) && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    /** The text by its byte order mark, else UTF-8; empty for what is no text, such as ciphertext. */
    static Optional<String> text(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Charset charset = StandardCharsets.UTF_8;
        if (bytes.length > 1 && (bytes[0] & 0xff) == 0xff && (bytes[1] & 0xff) == 0xfe) {
            charset = StandardCharsets.UTF_16LE;
        } else if (bytes.length > 1 && (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xff) == 0xff) {
            charset = StandardCharsets.UTF_16BE;
        }
        try {
            String text = charset.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The documents of a text; one that doesn't parse stands as an empty text in its place. */
    private static List<Object> load(String text) {
        try {
            List<Object> documents = new ArrayList<>();
            new Load(SETTINGS).loadAllFromString(text).forEach(documents::add);
            return documents;
        } catch (YamlEngineException whole) {
            List<Object> documents = new ArrayList<>();
            for (String piece : text.split("(?m)^---(?=\\s|$)", -1)) {
                if (!piece.isBlank()) {
                    documents.add(loadOne(piece));
                }
            }
            return documents;
        }
    }

    private static Object loadOne(String piece) {
        try {
            Object loaded = new Load(SETTINGS).loadFromString(piece);
            return loaded == null ? "" : loaded;
        } catch (YamlEngineException e) {
            return "";
        }
    }

    private static void walk(@Nullable Object node, String path, BiConsumer<String, Object> leaves) {
        switch (node) {
            case Map<?, ?> map
            when !map.isEmpty() ->
                map.forEach((key, child) -> walk(child, path + step(path, String.valueOf(key)), leaves));
            case Collection<?> list
            when !list.isEmpty() -> {
                int at = 0;
                for (Object item : list) {
                    walk(item, path + "[" + at++ + "]", leaves);
                }
            }
            case null -> leaves.accept(path, "");
            default -> leaves.accept(path, node);
        }
    }

    /** As design/2 spells it: keys with dots or slashes in brackets. */
    private static String step(String path, String key) {
        if (!key.isEmpty()
                && key.chars().noneMatch(character -> character < 0x20 || "./[]\"\\".indexOf(character) >= 0)) {
            return path.isEmpty() ? key : "." + key;
        }
        String quoted = key.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
        return "[\"" + quoted + "\"]";
    }
}
