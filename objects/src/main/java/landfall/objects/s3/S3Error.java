package landfall.objects.s3;

/**
 * S3's error codes with their HTTP status and the sentence S3 says: "List of error codes" in the Amazon S3 API Reference.
 */
public enum S3Error {
    AccessControlListNotSupported(400, "The bucket does not allow ACLs"),
    AccessDenied(403, "Access Denied"),
    AccessForbidden(403, "CORSResponse: This CORS request is not allowed."),
    AuthorizationHeaderMalformed(400, "The authorization header is malformed"),
    AuthorizationQueryParametersError(400, "Error parsing the X-Amz-Credential parameter"),
    BadDigest(400, "The Content-MD5 or checksum value that you specified did not match what the server received."),
    BucketAlreadyExists(409, "The requested bucket name is not available. Select a different name and try again."),
    BucketAlreadyOwnedByYou(409, "Your previous request to create the named bucket succeeded and you already own it."),
    BucketNotEmpty(409, "The bucket you tried to delete is not empty."),
    EntityTooLarge(400, "Your proposed upload exceeds the maximum allowed size"),
    EntityTooSmall(400, "Your proposed upload is smaller than the minimum allowed size"),
    IllegalLocationConstraintException(400, "The specified location-constraint is not valid"),
    IllegalVersioningConfigurationException(400, "The versioning configuration specified in the request is invalid."),
    IncompleteBody(400, "You did not provide the number of bytes specified by the Content-Length HTTP header"),
    InternalError(500, "We encountered an internal error. Please try again."),
    InvalidAccessKeyId(403, "The AWS Access Key Id you provided does not exist in our records."),
    InvalidArgument(400, "Invalid Argument"),
    InvalidBucketAclWithObjectOwnership(
            400, "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"),
    InvalidBucketName(400, "The specified bucket is not valid."),
    InvalidBucketState(409, "The request is not valid with the current state of the bucket."),
    InvalidDigest(400, "The Content-MD5 you specified was invalid."),
    InvalidLocationConstraint(400, "The specified location-constraint is not valid"),
    InvalidPart(
            400,
            "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."),
    InvalidPartNumber(416, "The requested partnumber is not satisfiable"),
    InvalidPartOrder(400, "The list of parts was not in ascending order. Parts must be ordered by part number."),
    InvalidPolicyDocument(
            400, "The content of the form does not meet the conditions specified in the policy document."),
    InvalidRange(416, "The requested range is not satisfiable"),
    InvalidRequest(400, "Invalid Request"),
    InvalidStorageClass(400, "The storage class you specified is not valid"),
    InvalidTag(400, "The tag provided was not a valid tag."),
    InvalidURI(400, "Couldn't parse the specified URI."),
    KeyTooLongError(400, "Your key is too long"),
    MalformedACLError(400, "The XML you provided was not well-formed or did not validate against our published schema"),
    MalformedPOSTRequest(400, "The body of your POST request is not well-formed multipart/form-data."),
    MalformedPolicy(400, "This policy contains invalid Json"),
    MalformedTrailerError(
            400,
            "The request contained trailing data that was not well-formed or did not conform to our published schema."),
    MalformedXML(400, "The XML you provided was not well-formed or did not validate against our published schema"),
    MaxMessageLengthExceeded(400, "Your request was too big."),
    MetadataTooLarge(400, "Your metadata headers exceed the maximum allowed metadata size"),
    MethodNotAllowed(405, "The specified method is not allowed against this resource."),
    MissingContentLength(411, "You must provide the Content-Length HTTP header."),
    MissingSecurityHeader(400, "Your request was missing a required header."),
    NoSuchBucket(404, "The specified bucket does not exist"),
    NoSuchBucketPolicy(404, "The bucket policy does not exist"),
    NoSuchCORSConfiguration(404, "The CORS configuration does not exist"),
    NoSuchKey(404, "The specified key does not exist."),
    NoSuchLifecycleConfiguration(404, "The lifecycle configuration does not exist"),
    NoSuchPublicAccessBlockConfiguration(404, "The public access block configuration was not found"),
    NoSuchTagSet(404, "The TagSet does not exist"),
    NoSuchUpload(
            404,
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."),
    NoSuchVersion(404, "The specified version does not exist."),
    NoSuchWebsiteConfiguration(404, "The specified bucket does not have a website configuration"),
    NotImplemented(501, "A header or query you provided implies functionality that is not implemented"),
    ObjectLockConfigurationNotFoundError(404, "Object Lock configuration does not exist for this bucket"),
    OperationAborted(
            409, "A conflicting conditional operation is currently in progress against this resource. Try again."),
    OwnershipControlsNotFoundError(404, "The bucket ownership controls were not found"),
    PreconditionFailed(412, "At least one of the pre-conditions you specified did not hold"),
    QuotaExceeded(403, "The bucket may not hold more bytes"),
    ReplicationConfigurationNotFoundError(404, "The replication configuration was not found"),
    RequestHeaderSectionTooLarge(400, "Your request header section exceeds the maximum allowed size"),
    RequestTimeTooSkewed(403, "The difference between the request time and the server's time is too large."),
    RequestTimeout(
            400, "Your socket connection to the server was not read from or written to within the timeout period."),
    ServerSideEncryptionConfigurationNotFoundError(404, "The server side encryption configuration was not found"),
    ServiceUnavailable(503, "Service is unable to handle request."),
    SignatureDoesNotMatch(
            403,
            "The request signature we calculated does not match the signature you provided. Check your key and signing method."),
    SlowDown(503, "Please reduce your request rate."),
    StorageFull(507, "The disk is full: nothing was stored"),
    TooManyBuckets(400, "You have attempted to create more buckets than allowed"),
    UnresolvableGrantByEmailAddress(400, "The email address you provided does not match any account on record."),
    UserKeyMustBeSpecified(
            400,
            "The bucket POST must contain the specified field name. If it is specified, check the order of the fields."),
    XAmzContentSHA256Mismatch(400, "The provided 'x-amz-content-sha256' header does not match what was computed.");

    private final int status;
    private final String message;

    S3Error(int status, String message) {
        this.status = status;
        this.message = message;
    }

    public int status() {
        return status;
    }

    public String message() {
        return message;
    }
}
