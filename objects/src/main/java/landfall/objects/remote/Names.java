package landfall.objects.remote;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import landfall.objects.store.Listing;

/** The order of S3's listings: UTF-8 bytes, unsigned. */
final class Names {
    private Names() {}

    static int compare(String one, String other) {
        return Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    static String of(Listing.Item item) {
        return switch (item) {
            case Listing.Entry(var version) -> version.key();
            case Listing.CommonPrefix(String prefix) -> prefix;
        };
    }
}
