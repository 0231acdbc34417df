package landfall.objects.s3;

import landfall.objects.store.Bucket;
import landfall.objects.store.Store;
import landfall.objects.user.User;
import org.jspecify.annotations.Nullable;

/** Whether a request may be fulfilled: the one place that says so. */
class Access {
    private final Store store;

    Access(Store store) {
        this.store = store;
    }

    /**
     * @param key null where the operation is about the bucket
     * @throws S3Exception NoSuchBucket, AccessDenied
     */
    void require(Call call, Operation operation, String bucketName, @Nullable String key) {
        User user = call.user();
        if (operation == Operation.CreateBucket) {
            if (user == null || !(user.administrator() || user.mayCreateBuckets())) {
                throw new S3Exception(S3Error.AccessDenied);
            }
            return;
        }
        Bucket bucket = store.bucket(bucketName)
                .orElseThrow(() -> new S3Exception(S3Error.NoSuchBucket).with("BucketName", bucketName));
        if (!allowed(call, operation, bucket, key)) {
            throw new S3Exception(S3Error.AccessDenied);
        }
    }

    /** Whether it is allowed, without saying why not. */
    boolean allowed(Call call, Operation operation, Bucket bucket, @Nullable String key) {
        User user = call.user();
        return user != null
                && (user.canonicalId().equals(bucket.owner()) || user.may(operation.access(), bucket.name()));
    }
}
