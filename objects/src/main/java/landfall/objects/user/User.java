package landfall.objects.user;

import java.util.List;

/**
 * Who may ask. A user owns the buckets that it creates; beyond those, {@code grants} say which buckets it may read or write.
 * An administrator may do everything to every bucket.
 *
 * @param name unique, as the plugin's {@code user-create} gives it
 * @param canonicalId 64 hexadecimal digits, as owners and grantees are named in S3's XML
 * @param displayName in listings and ACLs; the name unless given
 * @param email for ACL grants by e-mail; empty for none
 * @param mayCreateBuckets whether it may create buckets of its own; keys of one linked app may not
 */
public record User(
        String name,
        String canonicalId,
        String displayName,
        String email,
        boolean administrator,
        boolean mayCreateBuckets,
        List<AccessKey> keys,
        List<Grant> grants) {

    /** A pair of keys. */
    public record AccessKey(String id, Secret secret) {}

    /** What may be done with a bucket beyond what its own policy and ACL say. */
    public enum Access {
        READ,
        READ_WRITE
    }

    /** {@code bucket}: a name, or {@code *} for all. */
    public record Grant(String bucket, Access access) {}

    public User {
        keys = List.copyOf(keys);
        grants = List.copyOf(grants);
    }

    /** Whether a grant (or being administrator) allows it, whatever the bucket itself says. */
    public boolean may(Access wanted, String bucket) {
        return administrator
                || grants.stream()
                        .anyMatch(grant ->
                                (grant.bucket().equals("*") || grant.bucket().equals(bucket))
                                        && (grant.access() == Access.READ_WRITE || wanted == Access.READ));
    }
}
