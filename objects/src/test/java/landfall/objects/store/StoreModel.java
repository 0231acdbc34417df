package landfall.objects.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a bucket should hold, kept the plainest way: all versions of each key, newest first. */
final class StoreModel {
    static final String NULL = "null";

    /** A version; {@code bytes} null for a delete marker. */
    @SuppressWarnings("ArrayRecordComponent") // ids are compared
    record Version(String id, byte @Nullable [] bytes, String etag, String tag) {
        boolean marker() {
            return bytes == null;
        }

        Version tagged(String newTag) {
            return new Version(id, bytes, etag, newTag);
        }
    }

    final TreeMap<String, List<Version>> keys = new TreeMap<>((one, other) ->
            Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8)));
    Bucket.Versioning versioning = Bucket.Versioning.OFF;

    @Nullable
    Version current(String key) {
        List<Version> versions = keys.get(key);
        return versions == null ? null : versions.getFirst();
    }

    boolean exists(String key) {
        Version current = current(key);
        return current != null && !current.marker();
    }

    /** Puts bytes, or a marker if null. */
    void put(String key, String id, byte @Nullable [] bytes, String etag, String tag) {
        List<Version> versions = keys.computeIfAbsent(key, each -> new ArrayList<>());
        if (versioning != Bucket.Versioning.ENABLED) {
            versions.removeIf(version -> version.id().equals(NULL));
        }
        versions.addFirst(new Version(id, bytes, etag, tag));
    }

    void remove(String key, String id) {
        List<Version> versions = Objects.requireNonNull(keys.get(key));
        versions.removeIf(version -> version.id().equals(id));
        if (versions.isEmpty()) {
            keys.remove(key);
        }
    }

    long objects() {
        return keys.values().stream()
                .flatMap(List::stream)
                .filter(each -> !each.marker())
                .count();
    }

    long bytes() {
        return keys.values().stream()
                .flatMap(List::stream)
                .mapToLong(each -> each.bytes() == null ? 0 : each.bytes().length)
                .sum();
    }

    /** All lines of a listing: keys as they are, common prefixes with a {@code >} before them. */
    List<String> list(String prefix, String delimiter) {
        List<String> lines = new ArrayList<>();
        for (String key : keys.keySet()) {
            if (key.startsWith(prefix) && exists(key)) {
                add(lines, line(key, prefix, delimiter, key));
            }
        }
        return lines;
    }

    List<String> listVersions(String prefix, String delimiter) {
        List<String> lines = new ArrayList<>();
        keys.forEach((key, versions) -> {
            if (key.startsWith(prefix)) {
                for (Version version : versions) {
                    boolean latest = version.id().equals(versions.getFirst().id());
                    add(
                            lines,
                            line(
                                    key,
                                    prefix,
                                    delimiter,
                                    key + " " + version.id() + (version.marker() ? " marker" : "")
                                            + (latest ? " latest" : "")));
                }
            }
        });
        return lines;
    }

    private static String line(String key, String prefix, String delimiter, String plain) {
        int at = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
        return at < 0 ? plain : ">" + key.substring(0, at + delimiter.length());
    }

    private static void add(List<String> lines, String line) {
        if (!line.startsWith(">") || lines.isEmpty() || !lines.getLast().equals(line)) {
            lines.add(line);
        }
    }
}
