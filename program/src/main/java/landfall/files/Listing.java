package landfall.files;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything in a folder at one moment. There is no listing of a part: a listing that failed is an exception.
 *
 * @param files by path, relative, without a leading {@code ./}
 * @param directories path to permissions, the folder itself not among them
 * @param refused what can't be carried exactly, each with its reason
 */
public record Listing(Map<String, FileState> files, Map<String, String> directories, List<String> refused) {
    public Listing {
        files = java.util.Collections.unmodifiableMap(new TreeMap<>(files));
        directories = java.util.Collections.unmodifiableMap(new TreeMap<>(directories));
        refused = List.copyOf(refused);
    }

    public static final Listing EMPTY = new Listing(Map.of(), Map.of(), List.of());

    public long bytes() {
        return files.values().stream().mapToLong(FileState::size).sum();
    }

    /**
     * One regular file.
     *
     * @param permissions octal, as {@code 644}
     * @param modified seconds
     * @param changed seconds of the last change of content or metadata
     * @param hashed the remote clock's seconds when the checksum was computed
     */
    public record FileState(long size, String permissions, long modified, long changed, String sha256, long hashed) {
        /** A checksum taken in the same second as a change may be of the content before it. */
        boolean stillHolds(long sizeNow, long modifiedNow, long changedNow) {
            return size == sizeNow && modified == modifiedNow && changed == changedNow && hashed > changed + 1;
        }
    }
}
