package landfall.objects.s3;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import landfall.objects.store.Bucket;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Store;
import landfall.objects.user.Users;
import org.jspecify.annotations.Nullable;

/** What is set for a bucket or an object beside its bytes: tags, ACLs, policy, public access block, ownership, CORS. */
final class SettingOperations {
    private static final int BODY_MAX = 256 << 10;

    private final Store store;
    private final Users users;

    SettingOperations(Store store, Users users) {
        this.store = store;
        this.users = users;
    }

    void register(Map<Operation, S3Handler.Action> actions) {
        actions.put(Operation.GetBucketTagging, this::bucketTags);
        actions.put(Operation.PutBucketTagging, this::putBucketTags);
        actions.put(Operation.DeleteBucketTagging, call -> remove(call, "tagging"));
        actions.put(Operation.GetObjectTagging, this::objectTags);
        actions.put(Operation.PutObjectTagging, this::putObjectTags);
        actions.put(Operation.DeleteObjectTagging, this::deleteObjectTags);
        actions.put(Operation.GetBucketAcl, this::bucketAcl);
        actions.put(Operation.PutBucketAcl, this::putBucketAcl);
        actions.put(Operation.GetObjectAcl, this::objectAcl);
        actions.put(Operation.PutObjectAcl, this::putObjectAcl);
        actions.put(Operation.GetBucketPolicy, this::policy);
        actions.put(Operation.PutBucketPolicy, this::putPolicy);
        actions.put(Operation.DeleteBucketPolicy, call -> remove(call, "policy"));
        actions.put(Operation.GetBucketPolicyStatus, this::policyStatus);
        actions.put(Operation.GetPublicAccessBlock, this::publicAccess);
        actions.put(Operation.PutPublicAccessBlock, this::putPublicAccess);
        actions.put(Operation.DeletePublicAccessBlock, call -> remove(call, PublicAccess.SETTING));
        actions.put(Operation.GetBucketOwnershipControls, this::ownership);
        actions.put(Operation.PutBucketOwnershipControls, this::putOwnership);
        actions.put(Operation.DeleteBucketOwnershipControls, call -> remove(call, "ownership"));
        registerLifecycle(actions);
        actions.put(Operation.GetBucketCors, this::cors);
        actions.put(Operation.PutBucketCors, this::putCors);
        actions.put(Operation.DeleteBucketCors, call -> remove(call, "cors"));
    }

    private void registerLifecycle(Map<Operation, S3Handler.Action> actions) {
        actions.put(
                Operation.GetBucketLifecycleConfiguration,
                call -> sendText(
                        call,
                        "application/xml",
                        required(call, Lifecycle.SETTING, S3Error.NoSuchLifecycleConfiguration)));
        actions.put(Operation.PutBucketLifecycleConfiguration, call -> {
            byte[] xml = Lifecycle.parse(call.body(BODY_MAX)).xml().bytes();
            set(call, Lifecycle.SETTING, new String(xml, StandardCharsets.UTF_8));
            call.sendEmpty(200);
        });
        actions.put(Operation.DeleteBucketLifecycle, call -> remove(call, Lifecycle.SETTING));
    }

    private Bucket bucket(Call call) {
        return store.bucket(call.bucket())
                .orElseThrow(() -> new S3Exception(S3Error.NoSuchBucket).with("BucketName", call.bucket()));
    }

    private String required(Call call, String setting, S3Error absent) {
        String text = bucket(call).setting(setting);
        if (text == null) {
            throw new S3Exception(absent).with("BucketName", call.bucket());
        }
        return text;
    }

    private void set(Call call, String setting, @Nullable String value) {
        store.updateBucket(call.bucket(), old -> {
            SequencedMap<String, String> settings = new LinkedHashMap<>(old.settings());
            if (value == null) {
                settings.remove(setting);
            } else {
                settings.put(setting, value);
            }
            return new Bucket(
                    old.name(),
                    old.created(),
                    old.owner(),
                    old.versioning(),
                    settings,
                    old.objects(),
                    old.bytes(),
                    old.quotaBytes());
        });
    }

    private void remove(Call call, String setting) throws IOException {
        set(call, setting, null);
        call.sendEmpty(204);
    }

    private void sendText(Call call, String type, String text) throws IOException {
        call.send(200, type, text.getBytes(StandardCharsets.UTF_8));
    }

    // Tags
    // -------------------------------------------------------------------------------------------------------------

    private void bucketTags(Call call) throws IOException {
        sendText(call, "application/xml", required(call, "tagging", S3Error.NoSuchTagSet));
    }

    private void putBucketTags(Call call) throws IOException {
        byte[] xml = Tags.xml(Tags.fromXml(call.body(BODY_MAX), true)).bytes();
        set(call, "tagging", new String(xml, StandardCharsets.UTF_8));
        call.sendEmpty(204);
    }

    private @Nullable String version(Call call) {
        String id = call.query().get("versionId");
        return id == null || id.isEmpty() ? null : id;
    }

    private ObjectVersion object(Call call) {
        ObjectVersion version = store.head(call.bucket(), call.key(), version(call));
        if (version.deleteMarker()) {
            throw version(call) == null
                    ? new S3Exception(S3Error.NoSuchKey).header("x-amz-delete-marker", "true")
                    : new S3Exception(S3Error.MethodNotAllowed).header("x-amz-delete-marker", "true");
        }
        return version;
    }

    private void tellVersion(Call call, ObjectVersion version) {
        if (Receiving.versioned(store, call.bucket())) {
            call.answer().put("x-amz-version-id", version.versionId());
        }
    }

    private void objectTags(Call call) throws IOException {
        ObjectVersion version = object(call);
        tellVersion(call, version);
        call.send(Tags.xml(version.meta().tags()));
    }

    private void putObjectTags(Call call) throws IOException {
        SequencedMap<String, String> tags = Tags.fromXml(call.body(BODY_MAX), false);
        tellVersion(call, store.updateMeta(call.bucket(), call.key(), version(call), meta -> meta.withTags(tags)));
        call.sendEmpty(200);
    }

    private void deleteObjectTags(Call call) throws IOException {
        tellVersion(
                call,
                store.updateMeta(
                        call.bucket(), call.key(), version(call), meta -> meta.withTags(new LinkedHashMap<>())));
        call.sendEmpty(204);
    }

    // Access control lists
    // ---------------------------------------------------------------------------------------------

    private void bucketAcl(Call call) throws IOException {
        Bucket bucket = bucket(call);
        Acl acl = Ownership.enforced(bucket)
                ? Acl.ownedBy(bucket.owner())
                : Acl.parse(bucket.setting("acl"), bucket.owner());
        call.send(acl.xml(bucket.owner(), users));
    }

    private Acl asked(Call call, Bucket bucket, String owner) throws IOException {
        if (Ownership.enforced(bucket)) {
            throw new S3Exception(S3Error.AccessControlListNotSupported);
        }
        Acl stated = Acl.ofHeaders(call, users, owner, bucket.owner());
        byte[] body = call.body(BODY_MAX);
        Acl acl = stated != null ? stated : Acl.ofXml(body, users, owner);
        if (acl.isPublic() && PublicAccess.of(bucket).blockPublicAcls()) {
            throw new S3Exception(S3Error.AccessDenied);
        }
        return acl;
    }

    private void putBucketAcl(Call call) throws IOException {
        Bucket bucket = bucket(call);
        set(call, "acl", asked(call, bucket, bucket.owner()).text());
        call.sendEmpty(200);
    }

    private void objectAcl(Call call) throws IOException {
        Bucket bucket = bucket(call);
        ObjectVersion version = object(call);
        tellVersion(call, version);
        String owner =
                Ownership.enforced(bucket) ? bucket.owner() : version.meta().owner();
        Acl acl = Ownership.enforced(bucket)
                ? Acl.ownedBy(owner)
                : Acl.parse(version.meta().acl(), owner);
        call.send(acl.xml(owner, users));
    }

    private void putObjectAcl(Call call) throws IOException {
        Bucket bucket = bucket(call);
        ObjectVersion version = object(call);
        String text = asked(call, bucket, version.meta().owner()).text();
        tellVersion(call, store.updateMeta(call.bucket(), call.key(), version(call), meta -> meta.withAcl(text)));
        call.sendEmpty(200);
    }

    // Policy, public access, ownership
    // ---------------------------------------------------------------------------------

    private void policy(Call call) throws IOException {
        sendText(call, "application/json", required(call, "policy", S3Error.NoSuchBucketPolicy));
    }

    private void putPolicy(Call call) throws IOException {
        byte[] body = call.body(BODY_MAX);
        Policy policy = Policy.parse(body, call.bucket());
        if (policy.isPublic() && PublicAccess.of(bucket(call)).blockPublicPolicy()) {
            throw new S3Exception(S3Error.AccessDenied);
        }
        set(call, "policy", new String(body, StandardCharsets.UTF_8));
        call.sendEmpty(204);
    }

    private void policyStatus(Call call) throws IOException {
        Bucket bucket = bucket(call);
        String text = bucket.setting("policy");
        boolean byPolicy = text != null
                && Policy.parse(text.getBytes(StandardCharsets.UTF_8), call.bucket())
                        .isPublic();
        boolean byAcl = Acl.parse(bucket.setting("acl"), bucket.owner()).isPublic()
                && !PublicAccess.of(bucket).ignorePublicAcls();
        call.send(Xml.document("PolicyStatus").add("IsPublic", byPolicy || byAcl));
    }

    private void publicAccess(Call call) throws IOException {
        required(call, PublicAccess.SETTING, S3Error.NoSuchPublicAccessBlockConfiguration);
        call.send(PublicAccess.of(bucket(call)).xml());
    }

    private void putPublicAccess(Call call) throws IOException {
        set(call, PublicAccess.SETTING, PublicAccess.ofXml(call.body(BODY_MAX)).text());
        call.sendEmpty(200);
    }

    private void ownership(Call call) throws IOException {
        String text = required(call, "ownership", S3Error.OwnershipControlsNotFoundError);
        call.send(Xml.document("OwnershipControls")
                .begin("Rule")
                .add("ObjectOwnership", text)
                .end());
    }

    private void putOwnership(Call call) throws IOException {
        Xml.Element rule = Xml.read(call.body(BODY_MAX), "OwnershipControls").child("Rule");
        String wanted = rule == null ? null : rule.childText("ObjectOwnership");
        if (wanted == null) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        Bucket bucket = bucket(call);
        requireFit(wanted, Acl.parse(bucket.setting("acl"), bucket.owner()), bucket.owner());
        set(call, "ownership", wanted);
        call.sendEmpty(200);
    }

    /** @throws S3Exception if the ownership isn't known, or the ACL grants something to others where ACLs are to be off */
    static void requireFit(String ownership, Acl acl, String owner) {
        if (!List.of(Ownership.ENFORCED, Ownership.PREFERRED, Ownership.WRITER).contains(ownership)) {
            throw new S3Exception(S3Error.InvalidArgument, "Invalid x-amz-object-ownership header: " + ownership);
        }
        if (ownership.equals(Ownership.ENFORCED)
                && acl.grants().stream().anyMatch(grant -> !grant.grantee().equals(owner))) {
            throw new S3Exception(S3Error.InvalidBucketAclWithObjectOwnership);
        }
    }

    // CORS
    // -------------------------------------------------------------------------------------------------------------

    private void cors(Call call) throws IOException {
        sendText(call, "application/xml", required(call, "cors", S3Error.NoSuchCORSConfiguration));
    }

    private void putCors(Call call) throws IOException {
        byte[] body = call.body(BODY_MAX);
        set(call, "cors", new String(Cors.parse(body).xml().bytes(), StandardCharsets.UTF_8));
        call.sendEmpty(200);
    }
}
