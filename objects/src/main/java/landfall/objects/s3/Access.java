package landfall.objects.s3;

import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import landfall.objects.store.Bucket;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import landfall.objects.user.User;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request may be fulfilled: the one place that says so. A Deny of the bucket's policy wins; then whoever owns the
 * bucket, was granted it by the administrator, by the policy or by an ACL may ("How Amazon S3 authorizes a request").
 */
final class Access {
    /** What keys that an administrator made for one app may not do: change who else may. */
    private static final Set<Operation> OWNERS_ONLY = Set.of(
            Operation.DeleteBucket,
            Operation.PutBucketPolicy,
            Operation.DeleteBucketPolicy,
            Operation.PutBucketAcl,
            Operation.PutPublicAccessBlock,
            Operation.DeletePublicAccessBlock,
            Operation.PutBucketOwnershipControls,
            Operation.DeleteBucketOwnershipControls,
            Operation.PutBucketVersioning);

    private static final Set<Operation> POLICY_OPERATIONS =
            Set.of(Operation.GetBucketPolicy, Operation.PutBucketPolicy, Operation.DeleteBucketPolicy);
    /** What makes a new object: nothing of the one that is there matters (condition keys of s3:PutObject). */
    private static final Set<Operation> WRITES = Set.of(
            Operation.PutObject,
            Operation.PostObject,
            Operation.CopyObject,
            Operation.CreateMultipartUpload,
            Operation.UploadPart,
            Operation.UploadPartCopy,
            Operation.CompleteMultipartUpload,
            Operation.AbortMultipartUpload,
            Operation.ListParts);

    private static final int POLICIES_MAX = 1_000;

    private final Store store;
    private final Clock clock;
    private final Map<String, Policy> policies = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Policy> eldest) {
            return size() > POLICIES_MAX;
        }
    });

    Access(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * @param key null where the operation is about the bucket
     * @throws S3Exception NoSuchBucket, AccessDenied
     */
    void require(Call call, Operation operation, String bucketName, @Nullable String key) {
        require(call, operation, bucketName, key, call.query().get("versionId"));
    }

    void require(Call call, Operation operation, String bucketName, @Nullable String key, @Nullable String versionId) {
        User user = call.user();
        if (operation == Operation.CreateBucket) {
            if (user == null || !(user.administrator() || user.mayCreateBuckets())) {
                throw new S3Exception(S3Error.AccessDenied);
            }
            return;
        }
        Bucket bucket = store.bucket(bucketName)
                .orElseThrow(() -> new S3Exception(S3Error.NoSuchBucket).with("BucketName", bucketName));
        String expected = call.header("x-amz-expected-bucket-owner");
        if (expected != null && !expected.equals(bucket.owner())) {
            throw new S3Exception(S3Error.AccessDenied);
        }
        if (!allowed(call, operation, bucket, key, versionId)) {
            throw new S3Exception(S3Error.AccessDenied);
        }
    }

    boolean allowed(Call call, Operation operation, Bucket bucket, @Nullable String key, @Nullable String versionId) {
        User user = call.user();
        if (user != null && user.administrator()) {
            return true;
        }
        boolean owner = user != null && user.canonicalId().equals(bucket.owner());
        Policy.Verdict verdict = policy(call, operation, bucket, key, versionId, owner);
        if (verdict == Policy.Verdict.DENY && !(owner && POLICY_OPERATIONS.contains(operation))) {
            return false;
        }
        if (verdict == Policy.Verdict.ALLOW
                || (user != null && user.may(operation.access(), bucket.name()) && !OWNERS_ONLY.contains(operation))) {
            return true;
        }
        return byOwnership(call, operation, bucket, key, object(operation, bucket.name(), key, versionId), owner);
    }

    private Policy.Verdict policy(
            Call call,
            Operation operation,
            Bucket bucket,
            @Nullable String key,
            @Nullable String versionId,
            boolean owner) {
        String text = bucket.setting("policy");
        if (text == null) {
            return Policy.Verdict.NOTHING;
        }
        Policy policy = policies.computeIfAbsent(
                bucket.name() + "\n" + text,
                absent -> Policy.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), bucket.name()));
        String resource = "arn:aws:s3:::" + bucket.name() + (key == null ? "" : "/" + key);
        Policy.Question question = new Policy.Question(
                call.user(),
                operation.action(versionId != null),
                resource,
                facts(call, operation, object(operation, bucket.name(), key, versionId)));
        Policy.Verdict verdict = policy.asked(question);
        if (verdict == Policy.Verdict.ALLOW
                && !owner
                && PublicAccess.of(bucket).restrictPublicBuckets()
                && policy.isPublic()) {
            return Policy.Verdict.NOTHING;
        }
        return verdict;
    }

    /** The object that is asked for; not looked up for operations whose permission doesn't depend on one. */
    private @Nullable ObjectVersion object(
            Operation operation, String bucket, @Nullable String key, @Nullable String versionId) {
        if (key == null || WRITES.contains(operation)) {
            return null;
        }
        try {
            return store.head(bucket, key, versionId == null || versionId.isEmpty() ? null : versionId);
        } catch (StoreException absent) {
            if (absent.reason() == StoreException.Reason.NO_SUCH_KEY
                    || absent.reason() == StoreException.Reason.NO_SUCH_VERSION
                    || absent.reason() == StoreException.Reason.NO_SUCH_BUCKET) {
                return null;
            }
            throw absent;
        }
    }

    /** What conditions of a policy may ask for. */
    private Map<String, String> facts(Call call, Operation operation, @Nullable ObjectVersion object) {
        Map<String, String> facts = new HashMap<>();
        facts.put("aws:sourceip", call.from());
        facts.put("aws:securetransport", Boolean.toString(call.secure()));
        facts.put("aws:currenttime", Instant.now(clock).toString());
        facts.put("aws:epochtime", Long.toString(Instant.now(clock).getEpochSecond()));
        put(facts, "aws:referer", call.header("referer"));
        put(facts, "aws:useragent", call.header("user-agent"));
        User user = call.user();
        put(facts, "aws:username", user == null ? null : user.name());
        for (String name : new String[] {"prefix", "delimiter", "max-keys", "versionid"}) {
            put(facts, "s3:" + name, call.query().get(name.equals("versionid") ? "versionId" : name));
        }
        if (operation == Operation.ListObjects || operation == Operation.ListObjectsV2) {
            facts.putIfAbsent("s3:prefix", "");
        }
        call.headersWithPrefix("x-amz-").forEach((name, value) -> facts.put("s3:x-amz-" + name, value));
        String source = call.header("x-amz-copy-source");
        if (source != null) {
            facts.put(
                    "s3:x-amz-copy-source", Query.decode(source.startsWith("/") ? source.substring(1) : source, false));
        }
        String tagging = call.header("x-amz-tagging");
        if (tagging != null) {
            Tags.fromHeader(tagging).forEach((name, value) -> facts.put("s3:requestobjecttag/" + name, value));
        }
        if (object != null) {
            object.meta().tags().forEach((name, value) -> facts.put("s3:existingobjecttag/" + name, value));
        }
        return facts;
    }

    private static void put(Map<String, String> facts, String name, @Nullable String value) {
        if (value != null) {
            facts.put(name.toLowerCase(Locale.ROOT), value);
        }
    }

    private boolean byOwnership(
            Call call,
            Operation operation,
            Bucket bucket,
            @Nullable String key,
            @Nullable ObjectVersion object,
            boolean owner) {
        User user = call.user();
        boolean enforced = Ownership.enforced(bucket);
        boolean groups = !PublicAccess.of(bucket).ignorePublicAcls();
        Acl bucketAcl = enforced ? Acl.ownedBy(bucket.owner()) : Acl.parse(bucket.setting("acl"), bucket.owner());
        boolean mayList = owner || bucketAcl.allows(Acl.Permission.READ, user, groups);
        return switch (operation) {
            case HeadBucket, ListObjects, ListObjectsV2, ListObjectVersions, ListMultipartUploads -> mayList;
            case GetBucketLocation -> owner;
            case GetBucketAcl -> owner || bucketAcl.allows(Acl.Permission.READ_ACP, user, groups);
            case PutBucketAcl -> owner || bucketAcl.allows(Acl.Permission.WRITE_ACP, user, groups);
            case PutObject,
                    PostObject,
                    CopyObject,
                    CreateMultipartUpload,
                    UploadPart,
                    UploadPartCopy,
                    CompleteMultipartUpload,
                    AbortMultipartUpload,
                    ListParts,
                    DeleteObject,
                    DeleteObjects -> owner || bucketAcl.allows(Acl.Permission.WRITE, user, groups);
            case GetObject, HeadObject, GetObjectAttributes, GetObjectTagging ->
                mayRead(call, bucket, object, mayList, owner, enforced, groups, Acl.Permission.READ);
            case GetObjectAcl ->
                mayRead(call, bucket, object, mayList, owner, enforced, groups, Acl.Permission.READ_ACP);
            case PutObjectAcl ->
                mayRead(call, bucket, object, mayList, owner, enforced, groups, Acl.Permission.WRITE_ACP);
            case PutObjectTagging, DeleteObjectTagging -> owner || (object != null && owns(user, object));
            default -> owner && key == null;
        };
    }

    private static boolean owns(@Nullable User user, ObjectVersion object) {
        return user != null && user.canonicalId().equals(object.meta().owner());
    }

    /** Of an object that isn't there those who may list may know that. */
    private boolean mayRead(
            Call call,
            Bucket bucket,
            @Nullable ObjectVersion object,
            boolean mayList,
            boolean owner,
            boolean enforced,
            boolean groups,
            Acl.Permission permission) {
        if (object == null || object.deleteMarker()) {
            return mayList || listedByPolicy(call, bucket, owner);
        }
        if (enforced) {
            return owner;
        }
        Acl acl = Acl.parse(object.meta().acl(), object.meta().owner());
        return acl.allows(permission, call.user(), groups)
                || (permission != Acl.Permission.READ && owns(call.user(), object));
    }

    private boolean listedByPolicy(Call call, Bucket bucket, boolean owner) {
        String text = bucket.setting("policy");
        if (text == null) {
            return false;
        }
        Map<String, String> facts = facts(call, Operation.HeadBucket, null);
        facts.put("s3:prefix", call.keyOrNull() == null ? "" : call.key());
        Policy policy = Policy.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), bucket.name());
        return policy.asked(new Policy.Question(call.user(), "s3:ListBucket", "arn:aws:s3:::" + bucket.name(), facts))
                        == Policy.Verdict.ALLOW
                && (owner || !PublicAccess.of(bucket).restrictPublicBuckets() || !policy.isPublic());
    }
}
