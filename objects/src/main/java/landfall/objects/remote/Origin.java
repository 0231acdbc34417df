package landfall.objects.remote;

import java.net.URI;
import java.util.Optional;
import landfall.objects.user.User;

/**
 * The old store that a bucket is read through from.
 *
 * @param endpoint scheme and authority
 * @param bucket its name there
 * @param prefix what the keys there begin with and here don't; empty for none
 * @param region what is signed for
 * @param keys empty if anybody may read
 */
public record Origin(URI endpoint, String bucket, String prefix, String region, Optional<User.AccessKey> keys) {

    /**
     * Takes {@code https://host[:port]/bucket[/prefix]} apart.
     *
     * @throws IllegalArgumentException saying what is wanted
     */
    public static Origin of(String url, String region, Optional<User.AccessKey> keys) {
        URI given;
        try {
            given = URI.create(url.strip());
        } catch (IllegalArgumentException malformed) {
            throw unfit(url);
        }
        String path = given.getPath() == null ? "" : given.getPath().replaceFirst("^/", "");
        int slash = path.indexOf('/');
        String bucket = slash < 0 ? path : path.substring(0, slash);
        boolean web = "http".equals(given.getScheme()) || "https".equals(given.getScheme());
        if (!web
                || given.getHost() == null
                || bucket.isEmpty()
                || given.getRawUserInfo() != null
                || given.getRawQuery() != null
                || given.getRawFragment() != null) {
            throw unfit(url);
        }
        return new Origin(
                URI.create(given.getScheme() + "://" + given.getAuthority()),
                bucket,
                slash < 0 ? "" : path.substring(slash + 1),
                region,
                keys);
    }

    private static IllegalArgumentException unfit(String url) {
        // What is in front of an @ may be a secret.
        return new IllegalArgumentException("the old store's URL " + url.replaceAll("//[^/]*@", "//…@")
                + " won't do: one like https://s3.example.org/bucket or https://s3.example.org/bucket/prefix/ is wanted,"
                + " without keys in it");
    }

    /** The URL again. */
    public String url() {
        return endpoint + "/" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }
}
