package landfall.objects.s3;

/**
 * @param region what GetBucketLocation and HeadBucket tell
 * @param domain BUCKET.domain names a bucket; empty for path style only
 * @param requestsMax requests under way at the same time; more wait for a moment, then get SlowDown
 * @param slow what slow clients may do
 */
public record S3Options(String region, String domain, int requestsMax, Pace.Limits slow) {}
