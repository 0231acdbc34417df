package landfall.translate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The field names that a rule may settle without looking at each. Without it a rule that settles a whole map would
 * swallow a field that nobody ever thought about (P1).
 */
final class Vocabulary {
    /** Maps whose keys are the user's own words, and what only the cluster writes. */
    private static final Set<String> FREE = Set.of(
            "labels",
            "annotations",
            "matchLabels",
            "selector",
            "nodeSelector",
            "data",
            "stringData",
            "binaryData",
            "requests",
            "limits",
            "status",
            "managedFields",
            "ownerReferences",
            "overhead",
            "volumeAttributes",
            "options");

    private static final Set<String> NAMES = names();

    private Vocabulary() {}

    static boolean isFree(String key) {
        return FREE.contains(key);
    }

    static boolean isKnown(String key) {
        return NAMES.contains(key) || FREE.contains(key);
    }

    private static Set<String> names() {
        try (InputStream stream =
                Objects.requireNonNull(Vocabulary.class.getResourceAsStream("fields.txt"), "fields.txt")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> java.util.Arrays.stream(line.split(" ", -1)))
                    .filter(name -> !name.isEmpty())
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException("reading a part of the program failed: " + e.getMessage(), e);
        }
    }
}
