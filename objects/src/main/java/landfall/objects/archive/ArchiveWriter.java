package landfall.objects.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import landfall.objects.store.Bucket;
import landfall.objects.store.Content;
import landfall.objects.store.Listing;
import landfall.objects.store.MetaJson;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes all buckets' current objects as one archive. Not a snapshot: what changes meanwhile is in it or not; what was
 * deleted meanwhile is left out. Older versions and unfinished uploads are left out.
 */
public final class ArchiveWriter {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int PAGE = 1_000;

    private final Store store;
    private final MessageDigest digest = Archive.sha256();
    private long objects;
    private long bytes;

    public ArchiveWriter(Store store) {
        this.store = store;
    }

    /** @throws StoreException DAMAGED if an object's bytes aren't what was stored: the archive then has no end */
    public void write(OutputStream out) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            note(tar, Archive.FIRST, first());
            for (Bucket bucket : store.buckets()) {
                bucket(tar, bucket.name());
            }
            ObjectNode last = JSON.createObjectNode().put("objects", objects).put("bytes", bytes);
            last.put("sha256", HexFormat.of().formatHex(digest.digest()));
            note(tar, Archive.LAST, last);
            tar.finish();
        }
    }

    private ObjectNode first() {
        ObjectNode first = JSON.createObjectNode().put("format", 1);
        ArrayNode buckets = first.putArray("buckets");
        for (Bucket bucket : store.buckets()) {
            ObjectNode node = buckets.addObject().put("name", bucket.name());
            node.put("versioning", bucket.versioning().name().toLowerCase(Locale.ROOT));
            Long quota = bucket.quotaBytes();
            if (quota != null) {
                node.put("quotaBytes", quota);
            }
            ObjectNode settings = node.putObject("settings");
            bucket.settings().forEach(settings::put);
        }
        return first;
    }

    private void bucket(TarArchiveOutputStream tar, String bucket) throws IOException {
        @Nullable String after = null;
        Listing page;
        do {
            page = store.list(bucket, new Listing.Request("", "", after, null, PAGE));
            for (Listing.Item item : page.items()) {
                switch (item) {
                    case Listing.Entry entry -> object(tar, entry.version());
                    case Listing.CommonPrefix prefix ->
                        throw new IllegalStateException("a listing without delimiter has no prefix " + prefix);
                }
            }
            after = page.nextMarker();
        } while (page.truncated());
    }

    private void object(TarArchiveOutputStream tar, ObjectVersion listed) throws IOException {
        Content content;
        try {
            content = store.open(listed.bucket(), listed.key(), null);
        } catch (StoreException refused) {
            switch (refused.reason()) {
                case NO_SUCH_KEY, DELETE_MARKER -> {
                    return; // deleted since the page was listed
                }
                default -> throw refused;
            }
        }
        try (content) {
            ObjectVersion version = content.version();
            tar.putArchiveEntry(entry(version));
            byte[] copy = new byte[1 << 16];
            long offset = 0;
            while (offset < version.size()) {
                ByteBuffer block = content.read(offset, version.size() - offset);
                while (block.hasRemaining()) {
                    int count = Math.min(copy.length, block.remaining());
                    block.get(copy, 0, count);
                    digest.update(copy, 0, count);
                    tar.write(copy, 0, count);
                    offset += count;
                }
            }
            tar.closeArchiveEntry();
            objects++;
            bytes += version.size();
        }
    }

    private static TarArchiveEntry entry(ObjectVersion version) {
        String key = version.key();
        boolean path = Archive.isPath(key);
        String name = version.bucket() + "/" + (path ? key : ".landfall-key-" + Archive.encoded(key));
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
        entry.setSize(version.size());
        entry.setMode(0644);
        entry.setModTime(version.modified().toEpochMilli());
        entry.addPaxHeader(Archive.META, MetaJson.write(version.meta()));
        entry.addPaxHeader(Archive.ETAG, version.etag());
        if (!path) {
            entry.addPaxHeader(Archive.KEY, Archive.encoded(key));
        }
        return entry;
    }

    private static void note(TarArchiveOutputStream tar, String name, ObjectNode node) throws IOException {
        byte[] text = JSON.writeValueAsString(node).getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(name, TarConstants.LF_NORMAL);
        entry.setSize(text.length);
        entry.setMode(0644);
        entry.setModTime(Instant.EPOCH.toEpochMilli());
        tar.putArchiveEntry(entry);
        tar.write(text);
        tar.closeArchiveEntry();
    }
}
