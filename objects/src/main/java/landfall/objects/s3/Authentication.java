package landfall.objects.s3;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.objects.user.User;
import landfall.objects.user.Users;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: Signature Version 4 and 2, in a header or in the query ("Authenticating Requests" in the Amazon S3 API
 * Reference). Nothing of the body is read here.
 */
final class Authentication {
    private static final DateTimeFormatter BASIC =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Duration SKEW_MAX = Duration.ofMinutes(15);
    private static final long EXPIRES_MAX_SECONDS = 7 * 24 * 3_600;
    private static final Pattern HEADER_PART = Pattern.compile("(Credential|SignedHeaders|Signature)=([^,\\s]*)");
    private final Users users;
    private final Clock clock;

    Authentication(Users users, Clock clock) {
        this.users = users;
        this.clock = clock;
    }

    /**
     * What was found out.
     *
     * @param user null for nobody in particular
     * @param payload what x-amz-content-sha256 says of the body
     * @param chunks what chunk signatures begin with, for signed chunks
     */
    record Identity(
            @Nullable User user, String payload, @Nullable Chunks chunks) {}

    /** The seed of signed chunks. */
    @SuppressWarnings("ArrayRecordComponent")
    record Chunks(byte[] key, String timestamp, String scope, String seed) {}

    /** @throws S3Exception if the signature is wrong, too old, of an unknown key or malformed */
    Identity identify(Call call) {
        String authorization = call.header("authorization");
        Query query = call.query();
        boolean presigned = query.has("X-Amz-Signature") || query.has("X-Amz-Algorithm");
        String stated = call.header("x-amz-content-sha256", "UNSIGNED-PAYLOAD");
        if (authorization == null && presigned) {
            return version4InQuery(call);
        }
        if (authorization == null && query.has("AWSAccessKeyId")) {
            return new Identity(version2InQuery(call), stated, null);
        }
        if (authorization == null) {
            return new Identity(null, stated, null);
        }
        if (authorization.startsWith("AWS4-HMAC-SHA256")) {
            return version4InHeader(call, authorization);
        }
        if (authorization.startsWith("AWS ")) {
            return new Identity(version2InHeader(call, authorization), stated, null);
        }
        if (presigned) {
            return version4InQuery(call);
        }
        throw new S3Exception(S3Error.InvalidArgument, "Unsupported Authorization Type")
                .with("ArgumentName", "Authorization")
                .with("ArgumentValue", authorization.split(" ", 2)[0]);
    }

    private Users.Found known(String accessKey) {
        return users.byAccessKey(accessKey)
                .orElseThrow(() -> new S3Exception(S3Error.InvalidAccessKeyId).with("AWSAccessKeyId", accessKey));
    }

    // Version 4
    // --------------------------------------------------------------------------------------------------------

    /** Access key, day, region and service of a credential. */
    private record Credential(String accessKey, String day, String region, String service) {
        String scope() {
            return day + "/" + region + "/" + service + "/aws4_request";
        }

        static @Nullable Credential parse(String text) {
            List<String> parts = Arrays.asList(text.split("/", -1));
            int size = parts.size();
            if (size < 5 || !parts.get(size - 1).equals("aws4_request")) {
                return null;
            }
            return new Credential(
                    String.join("/", parts.subList(0, size - 4)),
                    parts.get(size - 4),
                    parts.get(size - 3),
                    parts.get(size - 2));
        }
    }

    private Identity version4InHeader(Call call, String authorization) {
        SequencedMap<String, String> parts = new java.util.LinkedHashMap<>();
        Matcher matcher = HEADER_PART.matcher(authorization);
        while (matcher.find()) {
            parts.put(matcher.group(1), matcher.group(2));
        }
        Credential credential = Credential.parse(parts.getOrDefault("Credential", ""));
        if (credential == null || !parts.containsKey("SignedHeaders") || !parts.containsKey("Signature")) {
            throw new S3Exception(
                    S3Error.AuthorizationHeaderMalformed,
                    "The authorization header is malformed; Credential, SignedHeaders and Signature are wanted.");
        }
        String payload = call.header("x-amz-content-sha256");
        if (payload == null) {
            throw new S3Exception(
                    S3Error.InvalidRequest, "Missing required header for this request: x-amz-content-sha256");
        }
        Users.Found found = known(credential.accessKey());
        String timestamp = timestamp(call);
        Instant signed = instant(timestamp);
        if (Duration.between(signed, clock.instant()).abs().compareTo(SKEW_MAX) > 0) {
            throw skewed(timestamp);
        }
        if (!timestamp.startsWith(credential.day())) {
            throw new S3Exception(S3Error.SignatureDoesNotMatch, "The credential's date is not that of x-amz-date.");
        }
        byte[] key = Signing.key(found.secret().reveal(), credential.day(), credential.region(), credential.service());
        String signature =
                signature4(call, timestamp, credential, key, parts.getOrDefault("SignedHeaders", ""), payload, "");
        compare(signature, parts.getOrDefault("Signature", ""), credential.accessKey());
        CanonicalRequest.refuseUnsigned(call, parts.getOrDefault("SignedHeaders", ""));
        return new Identity(found.user(), payload, new Chunks(key, timestamp, credential.scope(), signature));
    }

    private Identity version4InQuery(Call call) {
        Query query = call.query();
        Credential credential = Credential.parse(query.get("X-Amz-Credential", ""));
        String timestamp = query.get("X-Amz-Date", "");
        String signature = query.get("X-Amz-Signature", "");
        if (!"AWS4-HMAC-SHA256".equals(query.get("X-Amz-Algorithm"))
                || credential == null
                || timestamp.isEmpty()
                || signature.isEmpty()
                || !query.has("X-Amz-SignedHeaders")) {
            throw new S3Exception(
                    S3Error.AuthorizationQueryParametersError,
                    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
        }
        long expires;
        try {
            expires = Long.parseLong(query.get("X-Amz-Expires", ""));
        } catch (NumberFormatException notANumber) {
            throw new S3Exception(
                    S3Error.AuthorizationQueryParametersError, "X-Amz-Expires should be a number", notANumber);
        }
        if (expires < 1 || expires > EXPIRES_MAX_SECONDS) {
            throw new S3Exception(
                    S3Error.AccessDenied,
                    expires < 1
                            ? "X-Amz-Expires must be non-negative"
                            : "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds");
        }
        Users.Found found = known(credential.accessKey());
        Instant signed = instant(timestamp);
        if (signed.isAfter(clock.instant().plus(SKEW_MAX))) {
            throw new S3Exception(S3Error.AccessDenied, "Request is not yet valid");
        }
        if (clock.instant().isAfter(signed.plusSeconds(expires))) {
            throw new S3Exception(S3Error.AccessDenied, "Request has expired")
                    .with("X-Amz-Expires", Long.toString(expires))
                    .with("Expires", signed.plusSeconds(expires).toString())
                    .with("ServerTime", clock.instant().toString());
        }
        String payload = query.get("X-Amz-Content-Sha256", call.header("x-amz-content-sha256", "UNSIGNED-PAYLOAD"));
        byte[] key = Signing.key(found.secret().reveal(), credential.day(), credential.region(), credential.service());
        String computed = signature4(
                call, timestamp, credential, key, query.get("X-Amz-SignedHeaders", ""), payload, "X-Amz-Signature");
        compare(computed, signature, credential.accessKey());
        CanonicalRequest.refuseUnsigned(call, query.get("X-Amz-SignedHeaders", ""));
        return new Identity(found.user(), payload, new Chunks(key, timestamp, credential.scope(), computed));
    }

    private static void compare(String computed, String given, String accessKey) {
        if (!Signing.same(computed, given)) {
            throw new S3Exception(S3Error.SignatureDoesNotMatch)
                    .with("AWSAccessKeyId", accessKey)
                    .with("SignatureProvided", given);
        }
    }

    private S3Exception skewed(String given) {
        return new S3Exception(S3Error.RequestTimeTooSkewed)
                .with("RequestTime", given)
                .with("ServerTime", clock.instant().toString())
                .with("MaxAllowedSkewMilliseconds", Long.toString(SKEW_MAX.toMillis()));
    }

    private static String timestamp(Call call) {
        String amz = call.header("x-amz-date");
        if (amz != null && !amz.isEmpty()) {
            return amz;
        }
        String date = call.header("date");
        if (date == null) {
            throw new S3Exception(
                    S3Error.AccessDenied, "AWS authentication requires a valid Date or x-amz-date header");
        }
        return BASIC.format(httpDate(date));
    }

    private static Instant httpDate(String text) {
        try {
            // The day of the week says nothing, and not all clients get it right.
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(
                    text.strip().replaceFirst("^[A-Za-z]{3}, ", "").replaceFirst("-0000$", "GMT")));
        } catch (DateTimeException unread) {
            throw new S3Exception(
                    S3Error.AccessDenied, "AWS authentication requires a valid Date or x-amz-date header", unread);
        }
    }

    private static Instant instant(String timestamp) {
        try {
            return Instant.from(BASIC.parse(timestamp));
        } catch (DateTimeException notBasic) {
            return httpDate(timestamp);
        }
    }

    /** {@code without}: a query parameter that isn't signed. */
    private static String signature4(
            Call call,
            String timestamp,
            Credential credential,
            byte[] key,
            String signedHeaders,
            String payload,
            String without) {
        String request = CanonicalRequest.of(call, signedHeaders, payload, without);
        String toSign = "AWS4-HMAC-SHA256\n" + timestamp + "\n" + credential.scope() + "\n" + Signing.sha256(request);
        return Signing.hex(Signing.hmac("HmacSHA256", key, toSign));
    }

    /**
     * Who signed a form's policy, by Version 4 or 2.
     *
     * @param fields the form's, by lower-case name
     */
    Identity identifyForm(Map<String, String> fields, String policy) {
        String credentialText = fields.get("x-amz-credential");
        if (credentialText == null) {
            String accessKey = fields.get("awsaccesskeyid");
            String signature = fields.get("signature");
            if (accessKey == null || signature == null) {
                throw new S3Exception(
                        S3Error.InvalidArgument,
                        "Bucket POST must contain a field named 'Signature' and one named 'AWSAccessKeyId'.");
            }
            Users.Found found = known(accessKey);
            compare(
                    Signing.base64(
                            Signing.hmac("HmacSHA1", found.secret().reveal().getBytes(StandardCharsets.UTF_8), policy)),
                    signature,
                    accessKey);
            return new Identity(found.user(), "UNSIGNED-PAYLOAD", null);
        }
        Credential credential = Credential.parse(credentialText);
        String signature = fields.get("x-amz-signature");
        if (credential == null || signature == null) {
            throw new S3Exception(
                    S3Error.InvalidArgument, "Bucket POST must contain X-Amz-Credential and X-Amz-Signature");
        }
        Users.Found found = known(credential.accessKey());
        byte[] key = Signing.key(found.secret().reveal(), credential.day(), credential.region(), credential.service());
        compare(Signing.hex(Signing.hmac("HmacSHA256", key, policy)), signature, credential.accessKey());
        return new Identity(found.user(), "UNSIGNED-PAYLOAD", null);
    }

    // Version 2
    // --------------------------------------------------------------------------------------------------------

    private User version2InHeader(Call call, String authorization) {
        String[] parts = authorization.substring(4).strip().split(":", 2);
        if (parts.length != 2) {
            throw new S3Exception(
                            S3Error.InvalidArgument,
                            "AWS authorization header is invalid. Expected AwsAccessKeyId:signature")
                    .with("ArgumentName", "Authorization");
        }
        Users.Found found = known(parts[0]);
        String amz = call.header("x-amz-date");
        String date = call.header("date", "");
        Instant signed = instant(amz == null ? date : amz);
        if (signed.isBefore(Instant.EPOCH)) {
            throw new S3Exception(
                    S3Error.AccessDenied, "AWS authentication requires a valid Date or x-amz-date header");
        }
        if (Duration.between(signed, clock.instant()).abs().compareTo(SKEW_MAX) > 0) {
            throw skewed(amz == null ? date : amz);
        }
        compareEither(call, found, amz == null ? date : "", parts[1], parts[0]);
        return found.user();
    }

    private User version2InQuery(Call call) {
        String accessKey = call.query().get("AWSAccessKeyId", "");
        Users.Found found = known(accessKey);
        String expires = call.query().get("Expires", "");
        try {
            if (clock.instant().getEpochSecond() > Long.parseLong(expires)) {
                throw new S3Exception(S3Error.AccessDenied, "Request has expired").with("Expires", expires);
            }
        } catch (NumberFormatException notANumber) {
            throw new S3Exception(
                    S3Error.AccessDenied, "Invalid date (should be seconds since epoch): " + expires, notANumber);
        }
        compareEither(call, found, expires, call.query().get("Signature", ""), accessKey);
        return found.user();
    }

    /** Of a bucket's own path some clients sign it with a slash at its end, though they don't send one. */
    private static void compareEither(Call call, Users.Found found, String date, String given, String accessKey) {
        String resource = call.resource();
        boolean bucketOnly = call.keyOrNull() == null && call.bucketOrNull() != null && !resource.endsWith("/");
        if (!bucketOnly || !Signing.same(Version2Signature.of(call, found.secret(), date, resource + "/"), given)) {
            compare(Version2Signature.of(call, found.secret(), date, resource), given, accessKey);
        }
    }
}
