package landfall.objects.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the index knows of a file, kept a second time beside its bytes: in the extended attribute {@code user.landfall}, or
 * where there are none or it doesn't fit in {@code .landfall/meta/NUMBER}. Only rebuild-index and adopt read it.
 */
final class Descriptions {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String ATTRIBUTE = "landfall";
    /** ext4 keeps all attributes of a file in one block of 4 KiB. */
    private static final int ATTRIBUTE_BYTES_MAX = 3_500;

    private final Layout layout;
    private final boolean attributes;

    Descriptions(Layout layout) throws IOException {
        this.layout = layout;
        Files.createDirectories(layout.sidecars());
        this.attributes = takesAttributes(layout.sidecars());
    }

    private static boolean takesAttributes(Path folder) throws IOException {
        Path probe = Files.createTempFile(folder, "probe", "");
        try {
            UserDefinedFileAttributeView view = Files.getFileAttributeView(probe, UserDefinedFileAttributeView.class);
            return view != null && view.write(ATTRIBUTE, ByteBuffer.wrap(new byte[] {'1'})) == 1;
        } catch (IOException none) {
            System.getLogger(Descriptions.class.getName())
                    .log(
                            System.Logger.Level.INFO,
                            "The data folder''s file system has no user attributes ({0}): metadata goes to {1}",
                            none.getMessage(),
                            folder);
            return false;
        } finally {
            Files.delete(probe);
        }
    }

    /** Writes the description; a file that has gone from there meanwhile is no error. */
    void write(Path file, String bucket, Row row) throws IOException {
        byte[] json = json(bucket, row).getBytes(StandardCharsets.UTF_8);
        Path sidecar = sidecar(row.file());
        try {
            if (attributes && json.length <= ATTRIBUTE_BYTES_MAX) {
                UserDefinedFileAttributeView view =
                        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
                view.write(ATTRIBUTE, ByteBuffer.wrap(json));
                Files.deleteIfExists(sidecar);
                return;
            }
        } catch (NoSuchFileException moved) {
            return;
        }
        Path fresh = layout.sidecars().resolve(row.file() + ".new");
        Files.write(fresh, json);
        Files.move(fresh, sidecar, StandardCopyOption.ATOMIC_MOVE);
    }

    void forget(long file) throws IOException {
        Files.deleteIfExists(sidecar(file));
    }

    private Path sidecar(long file) {
        return layout.sidecars().resolve(Long.toString(file));
    }

    /** A description: the row has the bucket number and sequence 0. */
    record Described(String bucket, Row row) {}

    /** What the file's attribute says; null if it has none that the store has written. */
    static @Nullable Described read(Path file) throws IOException {
        UserDefinedFileAttributeView view = Files.getFileAttributeView(file, UserDefinedFileAttributeView.class);
        try {
            if (view == null || !view.list().contains(ATTRIBUTE)) {
                return null;
            }
            ByteBuffer json = ByteBuffer.allocate(view.size(ATTRIBUTE));
            view.read(ATTRIBUTE, json);
            return parse(new String(json.array(), 0, json.position(), StandardCharsets.UTF_8));
        } catch (java.nio.file.FileSystemException none) {
            System.getLogger(Descriptions.class.getName())
                    .log(System.Logger.Level.DEBUG, "no attributes: {0}", none.getMessage());
            return null;
        }
    }

    static String json(String bucket, Row row) {
        ObjectNode node = JSON.createObjectNode();
        node.put("bucket", bucket);
        node.put("key", row.key());
        node.put("version", row.version());
        node.put("size", row.size());
        node.put("etag", row.etag());
        node.put("modified", row.modified());
        node.put("file", row.file());
        byte[] blocks = row.blocks();
        if (blocks != null) {
            node.put("blocks", Base64.getEncoder().encodeToString(blocks));
        }
        node.set("meta", JSON.readTree(row.meta()));
        return JSON.writeValueAsString(node);
    }

    static @Nullable Described parse(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            if (!node.has("key") || !node.has("etag") || !node.has("size")) {
                return null;
            }
            JsonNode blocks = node.path("blocks");
            return new Described(
                    node.path("bucket").asString(""),
                    new Row(
                            0,
                            node.path("key").asString(),
                            0,
                            node.path("version").asString("null"),
                            false,
                            node.path("size").asLong(),
                            node.path("etag").asString(),
                            node.path("modified").asLong(),
                            JSON.writeValueAsString(node.path("meta")),
                            blocks.isMissingNode() ? null : Base64.getDecoder().decode(blocks.asString()),
                            node.path("file").asLong(),
                            false,
                            false));
        } catch (JacksonException | IllegalArgumentException notOurs) {
            System.getLogger(Descriptions.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "metadata beside a file can''t be read: {0}",
                            notOurs.getMessage());
            return null;
        }
    }
}
