package landfall.objects.s3;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import landfall.objects.store.Bucket;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import landfall.objects.user.User;
import landfall.objects.user.Users;
import org.jspecify.annotations.Nullable;

/** Buckets themselves: list, create, head, delete, location, versioning, and what this server has only one answer to. */
final class BucketOperations {
    private static final int BODY_MAX = 64 << 10;

    private final Store store;
    private final Users users;
    private final S3Options options;

    BucketOperations(Store store, Users users, S3Options options) {
        this.store = store;
        this.users = users;
        this.options = options;
    }

    void register(Map<Operation, S3Handler.Action> actions) {
        actions.put(Operation.ListBuckets, this::list);
        actions.put(Operation.CreateBucket, this::create);
        actions.put(Operation.HeadBucket, this::head);
        actions.put(Operation.DeleteBucket, this::delete);
        actions.put(Operation.GetBucketLocation, this::location);
        actions.put(Operation.GetBucketVersioning, this::versioning);
        actions.put(Operation.PutBucketVersioning, this::putVersioning);
        actions.put(Operation.GetBucketEncryption, absent(S3Error.ServerSideEncryptionConfigurationNotFoundError));
        actions.put(Operation.GetObjectLockConfiguration, absent(S3Error.ObjectLockConfigurationNotFoundError));
        actions.put(Operation.GetBucketReplication, absent(S3Error.ReplicationConfigurationNotFoundError));
        actions.put(Operation.GetBucketWebsite, absent(S3Error.NoSuchWebsiteConfiguration));
        actions.put(
                Operation.GetBucketRequestPayment,
                call -> call.send(Xml.document("RequestPaymentConfiguration").add("Payer", "BucketOwner")));
        actions.put(Operation.GetBucketLogging, call -> call.send(Xml.document("BucketLoggingStatus")));
        actions.put(
                Operation.GetBucketNotificationConfiguration,
                call -> call.send(Xml.document("NotificationConfiguration")));
        actions.put(
                Operation.GetBucketAccelerateConfiguration, call -> call.send(Xml.document("AccelerateConfiguration")));
    }

    private static S3Handler.Action absent(S3Error error) {
        return call -> {
            throw new S3Exception(error).with("BucketName", call.bucket());
        };
    }

    private void list(Call call) throws IOException {
        User user = call.user();
        if (user == null) {
            throw new S3Exception(S3Error.AccessDenied);
        }
        String prefix = call.query().get("prefix", "");
        String after = call.query().get("continuation-token", "");
        int limit = Numbers.bounded(call.query().get("max-buckets"), "max-buckets", 1, 10_000, 10_000);
        Stream<Bucket> seen = store.buckets().stream()
                .filter(bucket ->
                        bucket.owner().equals(user.canonicalId()) || user.may(User.Access.READ, bucket.name()))
                .filter(bucket ->
                        bucket.name().startsWith(prefix) && bucket.name().compareTo(after) > 0);
        List<Bucket> page = seen.limit(limit + 1L).toList();
        Xml xml = Xml.document("ListAllMyBucketsResult");
        owner(xml, "Owner", user.canonicalId(), user.displayName()).begin("Buckets");
        page.stream()
                .limit(limit)
                .forEach(bucket -> xml.begin("Bucket")
                        .add("Name", bucket.name())
                        .add("CreationDate", Headers.iso(bucket.created()))
                        .end());
        xml.end();
        if (page.size() > limit) {
            xml.add("ContinuationToken", page.get(limit - 1).name());
        }
        if (!prefix.isEmpty()) {
            xml.add("Prefix", prefix);
        }
        call.send(xml);
    }

    /** An owner or initiator element. */
    static Xml owner(Xml xml, String element, String id, String displayName) {
        return xml.begin(element).add("ID", id).add("DisplayName", displayName).end();
    }

    /** The display name that goes with a canonical id: the id itself once its user is gone. */
    static String displayName(Users users, String canonicalId) {
        return users.byCanonicalId(canonicalId).map(User::displayName).orElse(canonicalId);
    }

    private void create(Call call) throws IOException {
        byte[] body = call.body(BODY_MAX);
        SequencedMap<String, String> settings = new LinkedHashMap<>();
        if (body.length > 0) {
            String location = Xml.read(body, "CreateBucketConfiguration").childText("LocationConstraint");
            if (location != null && !location.isEmpty()) {
                settings.put("location", location);
            }
        }
        newBucketSettings(call, settings);
        call.answer().put("Location", "/" + call.bucket());
        try {
            store.createBucket(call.bucket(), call.userId(), settings);
        } catch (StoreException refused) {
            if (refused.reason() != StoreException.Reason.BUCKET_EXISTS) {
                throw refused;
            }
            Bucket there = store.bucket(call.bucket()).orElseThrow(() -> refused);
            if (!there.owner().equals(call.userId()) || !sameAcl(there, settings)) {
                call.answer().remove("Location");
                throw new S3Exception(S3Error.BucketAlreadyExists).with("BucketName", call.bucket());
            }
            // As S3 answers in us-east-1: the owner may create its bucket again, and nothing changes.
        }
        call.sendEmpty(200);
    }

    private static boolean sameAcl(Bucket bucket, Map<String, String> settings) {
        return bucket.settings().getOrDefault("acl", "").equals(settings.getOrDefault("acl", ""));
    }

    /** What the headers of CreateBucket set. */
    private void newBucketSettings(Call call, SequencedMap<String, String> settings) {
        Acl acl = Acl.ofHeaders(call, users, call.userId(), call.userId());
        if (acl != null && !acl.equals(Acl.ownedBy(call.userId()))) {
            settings.put("acl", acl.text());
        }
        String ownership = call.header("x-amz-object-ownership");
        if (ownership != null) {
            SettingOperations.requireFit(ownership, acl == null ? Acl.ownedBy(call.userId()) : acl, call.userId());
            settings.put("ownership", ownership);
        }
        if ("true".equalsIgnoreCase(call.header("x-amz-bucket-object-lock-enabled"))) {
            throw new S3Exception(S3Error.NotImplemented, "object lock isn't implemented");
        }
    }

    private void head(Call call) throws IOException {
        call.answer().put("x-amz-bucket-region", options.region());
        call.sendEmpty(200);
    }

    private void delete(Call call) throws IOException {
        store.deleteBucket(call.bucket());
        call.sendEmpty(204);
    }

    Bucket bucket(Call call) {
        return store.bucket(call.bucket())
                .orElseThrow(() -> new S3Exception(S3Error.NoSuchBucket).with("BucketName", call.bucket()));
    }

    private void location(Call call) throws IOException {
        @Nullable String location = bucket(call).setting("location");
        if (location == null) {
            location = options.region().equals("us-east-1") ? "" : options.region();
        }
        call.send(
                200,
                "application/xml",
                ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint xmlns=\"" + Xml.NAMESPACE + "\">"
                                + location + "</LocationConstraint>")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private void versioning(Call call) throws IOException {
        Xml xml = Xml.document("VersioningConfiguration");
        switch (bucket(call).versioning()) {
            case OFF -> {
                // S3 says nothing for a bucket that never was versioned.
            }
            case ENABLED -> xml.add("Status", "Enabled");
            case SUSPENDED -> xml.add("Status", "Suspended");
        }
        call.send(xml);
    }

    private void putVersioning(Call call) throws IOException {
        Xml.Element wanted = Xml.read(call.body(BODY_MAX), "VersioningConfiguration");
        String status = String.valueOf(wanted.childText("Status"));
        Bucket.Versioning versioning = switch (status) {
            case "Enabled" -> Bucket.Versioning.ENABLED;
            case "Suspended" -> Bucket.Versioning.SUSPENDED;
            default -> throw new S3Exception(S3Error.IllegalVersioningConfigurationException);
        };
        if ("Enabled".equals(wanted.childText("MfaDelete"))) {
            throw new S3Exception(S3Error.NotImplemented, "MFA delete isn't implemented");
        }
        store.updateBucket(
                call.bucket(),
                old -> new Bucket(
                        old.name(),
                        old.created(),
                        old.owner(),
                        versioning,
                        old.settings(),
                        old.objects(),
                        old.bytes(),
                        old.quotaBytes()));
        call.sendEmpty(200);
    }
}
