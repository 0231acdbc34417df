package landfall.objects.s3;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The access control lists that have a name: "Canned ACL" in the user guide. */
final class CannedAcl {
    private static final List<String> NAMES = List.of(
            "private", "public-read", "public-read-write", "authenticated-read", "bucket-owner-read",
            "bucket-owner-full-control", "aws-exec-read", "log-delivery-write");

    private CannedAcl() {}

    /** The name in {@code x-amz-acl}, null for private. @throws S3Exception InvalidArgument */
    static @Nullable String ofRequest(Call call) {
        String name = call.header("x-amz-acl");
        if (name == null || name.equals("private") || name.isEmpty()) {
            return null;
        }
        if (!NAMES.contains(name)) {
            throw new S3Exception(S3Error.InvalidArgument)
                    .with("ArgumentName", "x-amz-acl")
                    .with("ArgumentValue", name);
        }
        return name;
    }
}
