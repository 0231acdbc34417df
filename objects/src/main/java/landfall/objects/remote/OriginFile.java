package landfall.objects.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import landfall.objects.user.PrivateFile;
import landfall.objects.user.Secret;
import landfall.objects.user.User;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The old stores of buckets with their keys, in one JSON file that only its owner can read: bucket settings go into the
 * bucket's folder and into archives, where secrets have no place.
 */
final class OriginFile {
    private final Path file;
    private final JsonMapper json = JsonMapper.builder().build();
    private volatile Map<String, Origin> origins = Map.of();

    private OriginFile(Path file) {
        this.file = file;
    }

    /** @throws IOException if it can't be read or isn't what this class writes */
    static OriginFile open(Path file) throws IOException {
        OriginFile known = new OriginFile(file);
        if (Files.exists(file)) {
            known.read();
        }
        return known;
    }

    private void read() throws IOException {
        Map<String, Origin> found = new TreeMap<>();
        try {
            for (var each : json.readTree(Files.readAllBytes(file)).properties()) {
                JsonNode node = each.getValue();
                Optional<User.AccessKey> keys = node.has("accessKeyId")
                        ? Optional.of(new User.AccessKey(
                                node.required("accessKeyId").stringValue(),
                                Secret.of(node.required("secretAccessKey").stringValue())))
                        : Optional.empty();
                found.put(
                        each.getKey(),
                        Origin.of(
                                node.required("url").stringValue(),
                                node.required("region").stringValue(),
                                keys));
            }
        } catch (RuntimeException notOurs) {
            throw new IOException(
                    file + " isn't a file of old stores: " + notOurs.getMessage()
                            + ". Put back a copy of it, or move it away and set them again with bucket-set --read-through",
                    notOurs);
        }
        origins = Map.copyOf(found);
    }

    Map<String, Origin> all() {
        return origins;
    }

    synchronized void put(String bucket, Origin origin) throws IOException {
        Map<String, Origin> changed = new TreeMap<>(origins);
        changed.put(bucket, origin);
        write(changed);
    }

    synchronized void remove(String bucket) throws IOException {
        if (origins.containsKey(bucket)) {
            Map<String, Origin> changed = new TreeMap<>(origins);
            changed.remove(bucket);
            write(changed);
        }
    }

    private void write(Map<String, Origin> changed) throws IOException {
        ObjectNode root = json.createObjectNode();
        changed.forEach((bucket, origin) -> {
            ObjectNode node = root.putObject(bucket);
            node.put("url", origin.url());
            node.put("region", origin.region());
            origin.keys()
                    .ifPresent(key -> node.put("accessKeyId", key.id())
                            .put("secretAccessKey", key.secret().reveal()));
        });
        PrivateFile.replace(file, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
        origins = Map.copyOf(changed);
    }
}
