package landfall.objects.store;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What was configured for a bucket, a second time in {@code .landfall/bucket.json} of its folder; for rebuild-index. */
final class BucketNote {
    private static final System.Logger LOG = System.getLogger(BucketNote.class.getName());
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String README = """
            This folder belongs to Landfall's object server. The files beside it are the bucket's objects, by their keys.
            odd/       objects whose key no path can express (a//b, a name of 300 bytes, x beside x/y ...), each named by
                       the SHA-256 of its key; the key itself is in the attribute user.landfall (getfattr -d FILE)
            versions/  versions that aren't current any more
            Back it up with the rest (rsync -X keeps the attributes). Don't write here.
            """;

    private BucketNote() {}

    static Path path(Layout layout, String bucket) {
        return layout.bucketOwn(bucket).resolve("bucket.json");
    }

    /** A failure is logged: the index has it all, and the next change writes it again. */
    static void write(Layout layout, Bucket bucket) {
        ObjectNode node = JSON.createObjectNode();
        node.put("name", bucket.name());
        node.put("created", bucket.created().toEpochMilli());
        node.put("owner", bucket.owner());
        node.put("versioning", bucket.versioning().name());
        node.put("quotaBytes", bucket.quotaBytes());
        ObjectNode settings = node.putObject("settings");
        bucket.settings().forEach(settings::put);
        try {
            Path path = path(layout, bucket.name());
            Files.createDirectories(layout.bucketOwn(bucket.name()));
            Path readme = path.resolveSibling("README");
            if (!Files.exists(readme)) {
                Files.writeString(readme, README);
            }
            Path fresh = path.resolveSibling("bucket.json.new");
            Files.write(fresh, JSON.writeValueAsBytes(node));
            Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritten) {
            LOG.log(
                    Level.WARNING,
                    "The settings of the bucket " + bucket.name() + " couldn't be noted in its folder",
                    unwritten);
        }
    }

    static @Nullable Bucket read(Layout layout, String name) throws IOException {
        Path path = path(layout, name);
        if (!Files.exists(path)) {
            return null;
        }
        try {
            JsonNode node = JSON.readTree(Files.readAllBytes(path));
            JsonNode quota = node.path("quotaBytes");
            return new Bucket(
                    name,
                    Instant.ofEpochMilli(node.path("created").asLong()),
                    node.path("owner").asString(""),
                    Bucket.Versioning.valueOf(node.path("versioning").asString("OFF")),
                    MetaJson.readMap(JSON.writeValueAsString(node.path("settings"))),
                    0,
                    0,
                    quota.isNumber() ? quota.asLong() : null);
        } catch (JacksonException | IllegalArgumentException notOurs) {
            LOG.log(Level.WARNING, path + " can't be read", notOurs);
            return null;
        }
    }
}
