package landfall.objects.archive;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Uploads a stream in parts and counts it as a backup only after it was read back with the same bytes. One part is held in
 * memory.
 */
public final class Backup {
    private static final int PART = 16 << 20;
    /** Parts grow by their number, so that S3's 10,000 parts are enough for more than 5 TB, the largest object. */
    private static final int PARTS_OF_A_SIZE = 1_000;

    private static final int PART_MAX = 512 << 20;

    /** A backup that was read back. */
    public record Result(String key, long bytes, String sha256) {}

    private final BackupTarget target;

    public Backup(BackupTarget target) {
        this.target = target;
    }

    /**
     * Uploads the stream to its end; what fails is taken back.
     *
     * @throws IOException saying what failed, also if what is read back differs
     */
    public Result run(InputStream in, String bucket, String key) throws IOException {
        MessageDigest digest = Archive.sha256();
        long size = 0;
        String upload = target.begin(bucket, key);
        try {
            List<String> etags = new ArrayList<>();
            byte[] part;
            do {
                int wanted = (int) Math.min(PART_MAX, (long) PART << Math.min(5, etags.size() / PARTS_OF_A_SIZE));
                part = in.readNBytes(wanted);
                if (part.length == 0 && !etags.isEmpty()) {
                    break;
                }
                digest.update(part);
                size += part.length;
                etags.add(target.part(bucket, key, upload, etags.size() + 1, part));
            } while (part.length > 0);
            target.complete(bucket, key, upload, etags);
        } catch (IOException | RuntimeException failed) {
            try {
                target.abort(bucket, key, upload);
            } catch (IOException unaborted) {
                failed.addSuppressed(unaborted);
            }
            throw failed;
        }
        String sent = HexFormat.of().formatHex(digest.digest());
        MessageDigest back = Archive.sha256();
        long found = 0;
        try (InputStream stored = target.open(bucket, key)) {
            byte[] copy = new byte[1 << 16];
            for (int count = stored.read(copy); count >= 0; count = stored.read(copy)) {
                back.update(copy, 0, count);
                found += count;
            }
        }
        String read = HexFormat.of().formatHex(back.digest());
        if (found != size || !read.equals(sent)) {
            throw new IOException("the backup " + bucket + "/" + key + " is no good: " + size + " bytes with SHA-256 "
                    + sent + " were sent, " + found + " with " + read + " came back. Delete it and look at that store");
        }
        return new Result(key, size, sent);
    }
}
