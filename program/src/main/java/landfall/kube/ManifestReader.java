package landfall.kube;

import java.io.InputStream;
import java.util.List;
import landfall.base.Problems;

/** Reads files, folders and standard input into objects; what can't be read is a problem each, all in one run. */
public final class ManifestReader {
    private ManifestReader() {}

    /**
     * Never throws for bad input: the caller looks into {@code problems}.
     *
     * @param arguments files, folders, {@code -} for standard input
     */
    public static ReadResult read(List<String> arguments, InputStream standardInput, Problems problems) {
        throw new UnsupportedOperationException("being written; the signature stands");
    }
}
