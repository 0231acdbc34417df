package landfall.objects.s3;

import landfall.objects.store.Bucket;
import landfall.objects.store.Meta;
import landfall.objects.user.Users;
import org.jspecify.annotations.Nullable;

/** Who owns what is written, and with which ACL: "Controlling ownership of objects and disabling ACLs". */
final class Ownership {
    static final String ENFORCED = "BucketOwnerEnforced";
    static final String PREFERRED = "BucketOwnerPreferred";
    static final String WRITER = "ObjectWriter";

    private Ownership() {}

    static boolean enforced(Bucket bucket) {
        return ENFORCED.equals(bucket.setting("ownership"));
    }

    /**
     * Owner and ACL of an object that the call writes.
     *
     * @throws S3Exception AccessControlListNotSupported, AccessDenied where public ACLs are blocked
     */
    static Meta apply(Call call, Users users, Bucket bucket, Meta meta) {
        String canned = call.header("x-amz-acl");
        @Nullable Acl asked = Acl.ofHeaders(call, users, call.userId(), bucket.owner());
        if (enforced(bucket)) {
            if (asked != null && !"bucket-owner-full-control".equals(canned)) {
                throw new S3Exception(S3Error.AccessControlListNotSupported);
            }
            return with(meta, bucket.owner(), null);
        }
        if (asked != null && asked.isPublic() && PublicAccess.of(bucket).blockPublicAcls()) {
            throw new S3Exception(S3Error.AccessDenied);
        }
        boolean toBucketOwner =
                PREFERRED.equals(bucket.setting("ownership")) && "bucket-owner-full-control".equals(canned);
        return with(
                meta,
                toBucketOwner ? bucket.owner() : call.userId(),
                asked == null || toBucketOwner ? null : asked.text());
    }

    private static Meta with(Meta meta, String owner, @Nullable String acl) {
        return new Meta(
                owner,
                meta.headers(),
                meta.user(),
                meta.tags(),
                meta.checksums(),
                meta.checksumType(),
                meta.parts(),
                acl);
    }
}
