package landfall.objects.s3;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import landfall.objects.user.User;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for, by the names of the S3 API Reference, with the policy action that allows it ("Actions,
 * resources, and condition keys for Amazon S3") and whether it only reads.
 */
public enum Operation {
    ListBuckets("s3:ListAllMyBuckets", User.Access.READ),
    CreateBucket("s3:CreateBucket", User.Access.READ_WRITE),
    HeadBucket("s3:ListBucket", User.Access.READ),
    DeleteBucket("s3:DeleteBucket", User.Access.READ_WRITE),
    GetBucketLocation("s3:GetBucketLocation", User.Access.READ),
    GetBucketVersioning("s3:GetBucketVersioning", User.Access.READ),
    PutBucketVersioning("s3:PutBucketVersioning", User.Access.READ_WRITE),
    GetBucketAcl("s3:GetBucketAcl", User.Access.READ),
    PutBucketAcl("s3:PutBucketAcl", User.Access.READ_WRITE),
    GetBucketCors("s3:GetBucketCORS", User.Access.READ),
    PutBucketCors("s3:PutBucketCORS", User.Access.READ_WRITE),
    DeleteBucketCors("s3:PutBucketCORS", User.Access.READ_WRITE),
    GetBucketPolicy("s3:GetBucketPolicy", User.Access.READ),
    GetBucketPolicyStatus("s3:GetBucketPolicyStatus", User.Access.READ),
    PutBucketPolicy("s3:PutBucketPolicy", User.Access.READ_WRITE),
    DeleteBucketPolicy("s3:DeleteBucketPolicy", User.Access.READ_WRITE),
    GetBucketTagging("s3:GetBucketTagging", User.Access.READ),
    PutBucketTagging("s3:PutBucketTagging", User.Access.READ_WRITE),
    DeleteBucketTagging("s3:PutBucketTagging", User.Access.READ_WRITE),
    GetBucketLifecycleConfiguration("s3:GetLifecycleConfiguration", User.Access.READ),
    PutBucketLifecycleConfiguration("s3:PutLifecycleConfiguration", User.Access.READ_WRITE),
    DeleteBucketLifecycle("s3:PutLifecycleConfiguration", User.Access.READ_WRITE),
    GetPublicAccessBlock("s3:GetBucketPublicAccessBlock", User.Access.READ),
    PutPublicAccessBlock("s3:PutBucketPublicAccessBlock", User.Access.READ_WRITE),
    DeletePublicAccessBlock("s3:PutBucketPublicAccessBlock", User.Access.READ_WRITE),
    GetBucketOwnershipControls("s3:GetBucketOwnershipControls", User.Access.READ),
    PutBucketOwnershipControls("s3:PutBucketOwnershipControls", User.Access.READ_WRITE),
    DeleteBucketOwnershipControls("s3:PutBucketOwnershipControls", User.Access.READ_WRITE),
    GetBucketEncryption("s3:GetEncryptionConfiguration", User.Access.READ),
    GetObjectLockConfiguration("s3:GetBucketObjectLockConfiguration", User.Access.READ),
    GetBucketReplication("s3:GetReplicationConfiguration", User.Access.READ),
    GetBucketWebsite("s3:GetBucketWebsite", User.Access.READ),
    GetBucketRequestPayment("s3:GetBucketRequestPayment", User.Access.READ),
    GetBucketLogging("s3:GetBucketLogging", User.Access.READ),
    GetBucketNotificationConfiguration("s3:GetBucketNotification", User.Access.READ),
    GetBucketAccelerateConfiguration("s3:GetAccelerateConfiguration", User.Access.READ),
    ListObjects("s3:ListBucket", User.Access.READ),
    ListObjectsV2("s3:ListBucket", User.Access.READ),
    ListObjectVersions("s3:ListBucketVersions", User.Access.READ),
    ListMultipartUploads("s3:ListBucketMultipartUploads", User.Access.READ),
    DeleteObjects("s3:DeleteObject", User.Access.READ_WRITE),
    PostObject("s3:PutObject", User.Access.READ_WRITE),
    PutObject("s3:PutObject", User.Access.READ_WRITE),
    CopyObject("s3:PutObject", User.Access.READ_WRITE),
    GetObject("s3:GetObject", User.Access.READ),
    HeadObject("s3:GetObject", User.Access.READ),
    DeleteObject("s3:DeleteObject", User.Access.READ_WRITE),
    GetObjectAcl("s3:GetObjectAcl", User.Access.READ),
    PutObjectAcl("s3:PutObjectAcl", User.Access.READ_WRITE),
    GetObjectTagging("s3:GetObjectTagging", User.Access.READ),
    PutObjectTagging("s3:PutObjectTagging", User.Access.READ_WRITE),
    DeleteObjectTagging("s3:DeleteObjectTagging", User.Access.READ_WRITE),
    GetObjectAttributes("s3:GetObject", User.Access.READ),
    CreateMultipartUpload("s3:PutObject", User.Access.READ_WRITE),
    UploadPart("s3:PutObject", User.Access.READ_WRITE),
    UploadPartCopy("s3:PutObject", User.Access.READ_WRITE),
    CompleteMultipartUpload("s3:PutObject", User.Access.READ_WRITE),
    AbortMultipartUpload("s3:AbortMultipartUpload", User.Access.READ_WRITE),
    ListParts("s3:ListMultipartUploadParts", User.Access.READ),
    /** A CORS preflight. */
    Options("", User.Access.READ);

    private final String action;
    private final User.Access access;

    Operation(String action, User.Access access) {
        this.action = action;
        this.access = access;
    }

    /** The action's name in a policy; for a version named by its id it ends in {@code Version} where S3's does. */
    String action(boolean version) {
        return version
                        && switch (this) {
                            case GetObject,
                                    HeadObject,
                                    DeleteObject,
                                    GetObjectAcl,
                                    PutObjectAcl,
                                    GetObjectTagging,
                                    PutObjectTagging,
                                    DeleteObjectTagging -> true;
                            default -> false;
                        }
                ? action.replace("s3:GetObject", "s3:GetObjectVersion")
                        .replace("s3:DeleteObject", "s3:DeleteObjectVersion")
                        .replace("s3:PutObject", "s3:PutObjectVersion")
                : action;
    }

    User.Access access() {
        return access;
    }

    private enum Level {
        SERVICE,
        BUCKET,
        OBJECT
    }

    private record Route(Level level, String method, String resource) {}

    private static final Map<Route, Operation> ROUTES = new HashMap<>();

    private static void route(Level level, String method, String resource, Operation operation) {
        ROUTES.put(new Route(level, method, resource), operation);
    }

    /** Query names that say what a request is for, in the order in which they are looked for. */
    private static final List<String> RESOURCES = List.of(
            "acl",
            "cors",
            "policyStatus",
            "policy",
            "tagging",
            "lifecycle",
            "versioning",
            "location",
            "uploads",
            "uploadId",
            "versions",
            "delete",
            "publicAccessBlock",
            "ownershipControls",
            "encryption",
            "object-lock",
            "replication",
            "website",
            "requestPayment",
            "logging",
            "notification",
            "accelerate",
            "attributes",
            "legal-hold",
            "retention",
            "torrent",
            "restore",
            "select",
            "inventory",
            "analytics",
            "metrics",
            "intelligent-tiering",
            "metadataTable",
            "metadataConfiguration",
            "session",
            "abac",
            "renameObject");

    static {
        route(Level.SERVICE, "GET", "", ListBuckets);
        route(Level.BUCKET, "PUT", "", CreateBucket);
        route(Level.BUCKET, "HEAD", "", HeadBucket);
        route(Level.BUCKET, "DELETE", "", DeleteBucket);
        route(Level.BUCKET, "GET", "", ListObjects);
        route(Level.BUCKET, "POST", "", PostObject);
        route(Level.BUCKET, "POST", "delete", DeleteObjects);
        route(Level.BUCKET, "GET", "location", GetBucketLocation);
        route(Level.BUCKET, "GET", "versions", ListObjectVersions);
        route(Level.BUCKET, "GET", "uploads", ListMultipartUploads);
        route(Level.BUCKET, "GET", "versioning", GetBucketVersioning);
        route(Level.BUCKET, "PUT", "versioning", PutBucketVersioning);
        route(Level.BUCKET, "GET", "acl", GetBucketAcl);
        route(Level.BUCKET, "PUT", "acl", PutBucketAcl);
        route(Level.BUCKET, "GET", "cors", GetBucketCors);
        route(Level.BUCKET, "PUT", "cors", PutBucketCors);
        route(Level.BUCKET, "DELETE", "cors", DeleteBucketCors);
        route(Level.BUCKET, "GET", "policy", GetBucketPolicy);
        route(Level.BUCKET, "GET", "policyStatus", GetBucketPolicyStatus);
        route(Level.BUCKET, "PUT", "policy", PutBucketPolicy);
        route(Level.BUCKET, "DELETE", "policy", DeleteBucketPolicy);
        route(Level.BUCKET, "GET", "tagging", GetBucketTagging);
        route(Level.BUCKET, "PUT", "tagging", PutBucketTagging);
        route(Level.BUCKET, "DELETE", "tagging", DeleteBucketTagging);
        route(Level.BUCKET, "GET", "lifecycle", GetBucketLifecycleConfiguration);
        route(Level.BUCKET, "PUT", "lifecycle", PutBucketLifecycleConfiguration);
        route(Level.BUCKET, "DELETE", "lifecycle", DeleteBucketLifecycle);
        route(Level.BUCKET, "GET", "publicAccessBlock", GetPublicAccessBlock);
        route(Level.BUCKET, "PUT", "publicAccessBlock", PutPublicAccessBlock);
        route(Level.BUCKET, "DELETE", "publicAccessBlock", DeletePublicAccessBlock);
        route(Level.BUCKET, "GET", "ownershipControls", GetBucketOwnershipControls);
        route(Level.BUCKET, "PUT", "ownershipControls", PutBucketOwnershipControls);
        route(Level.BUCKET, "DELETE", "ownershipControls", DeleteBucketOwnershipControls);
        route(Level.BUCKET, "GET", "encryption", GetBucketEncryption);
        route(Level.BUCKET, "GET", "object-lock", GetObjectLockConfiguration);
        route(Level.BUCKET, "GET", "replication", GetBucketReplication);
        route(Level.BUCKET, "GET", "website", GetBucketWebsite);
        route(Level.BUCKET, "GET", "requestPayment", GetBucketRequestPayment);
        route(Level.BUCKET, "GET", "logging", GetBucketLogging);
        route(Level.BUCKET, "GET", "notification", GetBucketNotificationConfiguration);
        route(Level.BUCKET, "GET", "accelerate", GetBucketAccelerateConfiguration);
        route(Level.OBJECT, "PUT", "", PutObject);
        route(Level.OBJECT, "GET", "", GetObject);
        route(Level.OBJECT, "HEAD", "", HeadObject);
        route(Level.OBJECT, "DELETE", "", DeleteObject);
        route(Level.OBJECT, "GET", "acl", GetObjectAcl);
        route(Level.OBJECT, "PUT", "acl", PutObjectAcl);
        route(Level.OBJECT, "GET", "tagging", GetObjectTagging);
        route(Level.OBJECT, "PUT", "tagging", PutObjectTagging);
        route(Level.OBJECT, "DELETE", "tagging", DeleteObjectTagging);
        route(Level.OBJECT, "GET", "attributes", GetObjectAttributes);
        route(Level.OBJECT, "POST", "uploads", CreateMultipartUpload);
        route(Level.OBJECT, "PUT", "uploadId", UploadPart);
        route(Level.OBJECT, "GET", "uploadId", ListParts);
        route(Level.OBJECT, "POST", "uploadId", CompleteMultipartUpload);
        route(Level.OBJECT, "DELETE", "uploadId", AbortMultipartUpload);
    }

    /**
     * The operation of a request.
     *
     * @throws S3Exception NotImplemented for what S3 has and this server hasn't, MethodNotAllowed for what there isn't
     */
    static Operation of(String method, @Nullable String bucket, @Nullable String key, Query query, boolean copies) {
        Level level = bucket == null ? Level.SERVICE : key == null ? Level.BUCKET : Level.OBJECT;
        if (method.equals("OPTIONS")) {
            return Options;
        }
        String resource = "";
        for (String each : RESOURCES) {
            if (level != Level.SERVICE && query.has(each)) {
                resource = each;
                break;
            }
        }
        Operation operation = ROUTES.get(new Route(level, method, resource));
        if (operation == null) {
            throw resource.isEmpty()
                    ? new S3Exception(S3Error.MethodNotAllowed)
                    : new S3Exception(
                            S3Error.NotImplemented,
                            method + " with ?" + resource + " implies functionality that is not implemented");
        }
        return switch (operation) {
            case ListObjects -> "2".equals(query.get("list-type")) ? ListObjectsV2 : ListObjects;
            case PutObject -> copies ? CopyObject : PutObject;
            case UploadPart -> copies ? UploadPartCopy : UploadPart;
            default -> operation;
        };
    }
}
