package landfall.objects.archive;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLConnection;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import landfall.objects.admin.BucketNames;
import landfall.objects.store.Bucket;
import landfall.objects.store.Incoming;
import landfall.objects.store.Meta;
import landfall.objects.store.MetaJson;
import landfall.objects.store.Precondition;
import landfall.objects.store.Store;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts an archive's objects into the store: one that {@link ArchiveWriter} wrote, compared with its checksums, or any tar
 * of files {@code BUCKET/KEY}. Objects of the same key are replaced, others stay. An object is there whole or not at all; if
 * the archive fails half-way, what came before stays, and the error says so.
 */
public final class ArchiveReader {
    /** What came in. */
    public record Result(long objects, long bytes) {}

    /** The archive won't do; the message says where and why. */
    public static final class Unfit extends IOException {
        private static final long serialVersionUID = 1L;

        Unfit(String message) {
            super(message);
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int NOTE_MAX = 64 << 20;
    private static final int KEY_MAX = 1_024;

    private final Store store;
    private final MessageDigest digest = Archive.sha256();
    private final byte[] copy = new byte[1 << 16];
    private long objects;
    private long bytes;
    private boolean ours;
    private boolean ended;

    public ArchiveReader(Store store) {
        this.store = store;
    }

    /** @throws Unfit for what is no archive, was cut off, or whose bytes don't match their checksums */
    public Result read(InputStream in) throws IOException {
        try {
            TarArchiveInputStream tar = new TarArchiveInputStream(in, "UTF-8");
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entry(tar, entry);
            }
        } catch (Unfit unfit) {
            throw new Unfit(unfit.getMessage() + soFar());
        } catch (JacksonException | IllegalArgumentException unreadable) {
            throw new Unfit("the archive can't be read: " + unreadable.getMessage() + soFar());
        }
        if (ours && !ended) {
            throw new Unfit("the archive was cut off: its last entry isn't there" + soFar());
        }
        if (!ours && objects == 0) {
            throw new Unfit("no object came: the input is no tar, or has no files BUCKET/KEY");
        }
        return new Result(objects, bytes);
    }

    private String soFar() {
        return "; " + objects + " objects had been stored before that";
    }

    private void entry(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
        String name = entry.getName().startsWith("./") ? entry.getName().substring(2) : entry.getName();
        if (entry.isDirectory()) {
            return;
        }
        if (!entry.isFile() || entry.isLink() || entry.isSymbolicLink() || entry.isSparse()) {
            throw new Unfit(name + " is no plain file: a store holds files only");
        }
        if (name.equals(Archive.FIRST)) {
            ours = true;
            for (JsonNode bucket : note(tar).path("buckets")) {
                settle(bucket);
            }
        } else if (name.equals(Archive.LAST)) {
            end(note(tar));
        } else {
            object(tar, entry, name);
        }
    }

    private static JsonNode note(TarArchiveInputStream tar) throws IOException {
        byte[] text = tar.readNBytes(NOTE_MAX + 1);
        if (text.length > NOTE_MAX) {
            throw new Unfit("the archive's list of buckets is larger than " + NOTE_MAX + " bytes");
        }
        return JSON.readTree(text);
    }

    /** A bucket that isn't there, or is there empty and without settings, becomes as the archive says. */
    private void settle(JsonNode node) {
        String name = BucketNames.checked(node.path("name").asString(""));
        if (store.bucket(name).isEmpty()) {
            store.createBucket(name, "", new LinkedHashMap<>());
        }
        store.updateBucket(name, bucket -> {
            if (bucket.objects() > 0 || !bucket.settings().isEmpty()) {
                return bucket;
            }
            Map<String, String> settings = new LinkedHashMap<>();
            node.path("settings")
                    .properties()
                    .forEach(each -> settings.put(each.getKey(), each.getValue().asString()));
            Bucket.Versioning versioning = Bucket.Versioning.valueOf(
                    node.path("versioning").asString("off").toUpperCase(Locale.ROOT));
            Long quota = node.has("quotaBytes") ? (Long) node.path("quotaBytes").asLong() : bucket.quotaBytes();
            return new Bucket(
                    bucket.name(),
                    bucket.created(),
                    bucket.owner(),
                    bucket.versioning() == Bucket.Versioning.OFF ? versioning : bucket.versioning(),
                    new LinkedHashMap<>(settings),
                    bucket.objects(),
                    bucket.bytes(),
                    quota);
        });
    }

    private void object(TarArchiveInputStream tar, TarArchiveEntry entry, String name) throws IOException {
        int slash = name.indexOf('/');
        if (slash <= 0) {
            throw new Unfit(name + " is in no bucket: files must be BUCKET/KEY");
        }
        Bucket bucket = bucket(name.substring(0, slash));
        String encoded = entry.getExtraPaxHeader(Archive.KEY);
        String key = encoded == null ? name.substring(slash + 1) : URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        if (key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > KEY_MAX) {
            throw new Unfit(name + ": a key has 1 to " + KEY_MAX + " bytes");
        }
        String noted = entry.getExtraPaxHeader(Archive.META);
        Meta meta = noted == null ? guessed(key, bucket.owner()) : owned(MetaJson.read(noted), bucket.owner());
        String etag = entry.getExtraPaxHeader(Archive.ETAG);
        try (Incoming incoming = store.receive(entry.getSize())) {
            for (int count = tar.read(copy); count >= 0; count = tar.read(copy)) {
                digest.update(copy, 0, count);
                incoming.write(ByteBuffer.wrap(copy, 0, count));
            }
            if (incoming.size() != entry.getSize()) {
                throw new Unfit("the archive was cut off inside " + name);
            }
            String md5 = HexFormat.of().formatHex(incoming.md5());
            if (etag != null && etag.length() == 32 && meta.parts().isEmpty() && !etag.equals(md5)) {
                throw new Unfit(name + " has the MD5 " + md5 + ", but was stored with " + etag);
            }
            store.put(bucket.name(), key, incoming, meta, etag, Precondition.NONE);
        }
        objects++;
        bytes += entry.getSize();
    }

    private Bucket bucket(String name) {
        return store.bucket(name)
                .orElseGet(() -> store.createBucket(BucketNames.checked(name), "", new LinkedHashMap<>()));
    }

    private static Meta guessed(String key, String owner) {
        @Nullable String type = URLConnection.guessContentTypeFromName(key);
        Map<String, String> headers = Map.of("content-type", type == null ? "application/octet-stream" : type);
        return Meta.of(owner).withHeaders(headers, Map.of());
    }

    /** Users' ids differ from service to service: the bucket's owner takes it over. */
    private static Meta owned(Meta meta, String owner) {
        return new Meta(
                owner,
                meta.headers(),
                meta.user(),
                meta.tags(),
                meta.checksums(),
                meta.checksumType(),
                meta.parts(),
                meta.acl());
    }

    private void end(JsonNode last) throws Unfit {
        ended = true;
        String found = HexFormat.of().formatHex(digest.digest());
        String wanted = last.path("sha256").asString("");
        if (last.path("objects").asLong(-1) != objects || last.path("bytes").asLong(-1) != bytes) {
            throw new Unfit("the archive should hold " + last.path("objects") + " objects and " + last.path("bytes")
                    + " bytes, but " + objects + " and " + bytes + " came");
        }
        if (!found.equals(wanted)) {
            throw new Unfit("the archive's bytes changed since it was written: SHA-256 " + found + ", not " + wanted);
        }
    }
}
