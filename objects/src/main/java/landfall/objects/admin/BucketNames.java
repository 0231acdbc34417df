package landfall.objects.admin;

import java.util.regex.Pattern;

/** Which names a bucket may have: S3's rules for general purpose buckets ("Bucket naming rules" in the user guide). */
public final class BucketNames {
    private static final Pattern FIT = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");

    private BucketNames() {}

    public static boolean fit(String name) {
        return FIT.matcher(name).matches()
                && !name.contains("..")
                && !name.contains(".-")
                && !name.contains("-.")
                && !ADDRESS.matcher(name).matches();
    }

    /** The name itself. @throws IllegalArgumentException naming the rule */
    public static String checked(String name) {
        if (!fit(name)) {
            throw new IllegalArgumentException(
                    "the bucket name \"" + name
                            + "\" won't do: 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit");
        }
        return name;
    }
}
