package landfall.objects.s3;

import org.jspecify.annotations.Nullable;

/** What {@code x-amz-copy-source} names. */
record CopySource(String bucket, String key, @Nullable String versionId) {
    private static final String VERSION = "?versionId=";

    /** @throws S3Exception InvalidArgument */
    static CopySource of(Call call) {
        String raw = call.header("x-amz-copy-source", "");
        int mark = raw.indexOf(VERSION);
        String path = mark < 0 ? raw : raw.substring(0, mark);
        String decoded = Query.decode(Headers.utf8(path.startsWith("/") ? path.substring(1) : path), false);
        int slash = decoded.indexOf('/');
        if (slash < 1 || slash == decoded.length() - 1) {
            throw new S3Exception(
                            S3Error.InvalidArgument,
                            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
                    .with("ArgumentName", "x-amz-copy-source")
                    .with("ArgumentValue", raw);
        }
        return new CopySource(
                decoded.substring(0, slash),
                decoded.substring(slash + 1),
                mark < 0 ? null : raw.substring(mark + VERSION.length()));
    }
}
