package landfall.translate;

import java.util.regex.Pattern;

/**
 * The names under which apps keep what they need to reach an S3 store: the SDKs' own (AWS_ENDPOINT_URL_S3), and the many
 * that frameworks and people make up (S3_ACCESS_KEY, STORAGE_S3_BUCKET, MINIO_ROOT_USER).
 */
final class S3Settings {
    /** S3's rules for names of buckets ("Bucket naming rules" in its user guide), short of the rare ones. */
    static final Pattern BUCKET_NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

    /** What stands right before: of S3_ENCRYPTION_KEY or MEDIA_DB_PASSWORD nobody must think that it is a store's. */
    private static final String FAMILY = "(.*_)?(S3|AWS|MINIO|STORAGE|BUCKETS?|OBJECTS?|OBJECT_?STOR(E|AGE))_";

    private static final Pattern ACCESS_KEY = Pattern.compile(
            "(?i)(" + FAMILY + ")?ACCESS_?KEY(_?ID)?|" + FAMILY + "((ROOT_)?USER(_?NAME)?|KEY_?ID|KEY)");
    private static final Pattern SECRET_KEY =
            Pattern.compile("(?i)(" + FAMILY + ")?SECRET_?ACCESS_?KEY|" + FAMILY + "(SECRET(_?KEY)?|(ROOT_)?PASSWORD)");
    private static final Pattern BUCKET = Pattern.compile("(?i)(.*_)?BUCKETS?(_?NAME)?|.*BUCKETNAME");
    private static final Pattern REGION = Pattern.compile("(?i)" + FAMILY + "(DEFAULT_)?REGION(_?NAME)?");
    private static final Pattern ENDPOINT =
            Pattern.compile("(?i)" + FAMILY + "(ENDPOINTS?(_?URL)?(_S3)?|API_URL|URL|HOST(_?NAME)?|SERVER)");

    private S3Settings() {}

    static boolean isAccessKey(String variable) {
        return ACCESS_KEY.matcher(variable).matches() && !isSecretKey(variable);
    }

    static boolean isSecretKey(String variable) {
        return SECRET_KEY.matcher(variable).matches();
    }

    static boolean isBucket(String variable) {
        return BUCKET.matcher(variable).matches();
    }

    static boolean isRegion(String variable) {
        return REGION.matcher(variable).matches();
    }

    static boolean isEndpoint(String variable) {
        return ENDPOINT.matcher(variable).matches();
    }
}
