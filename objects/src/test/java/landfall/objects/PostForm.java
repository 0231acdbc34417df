package landfall.objects;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The fields that an app gives its page for a form upload, signed as "Authenticating requests: browser-based uploads using
 * POST" says: any file below {@code prefix}, at most {@code bytesMax} of it, within the hour, with just these other fields.
 */
record PostForm(String bucket, String prefix, long bytesMax, Map<String, String> others) {
    Map<String, String> fields(String key, String secret, Instant now) throws GeneralSecurityException {
        String day =
                DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC).format(now);
        String date = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                .withZone(ZoneOffset.UTC)
                .format(now);
        String credential = key + "/" + day + "/us-east-1/s3/aws4_request";
        String policy = """
                {"expiration": "%s", "conditions": [
                  {"bucket": "%s"},
                  ["starts-with", "$key", "%s"],
                  ["content-length-range", 0, %d],%s
                  {"x-amz-algorithm": "AWS4-HMAC-SHA256"}, {"x-amz-credential": "%s"}, {"x-amz-date": "%s"}]}
                """.formatted(now.plusSeconds(3600), bucket, prefix, bytesMax, exactly(), credential, date);
        String encoded = Base64.getEncoder().encodeToString(policy.getBytes(StandardCharsets.UTF_8));
        byte[] signing = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String each : new String[] {day, "us-east-1", "s3", "aws4_request", encoded}) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(signing, "HmacSHA256"));
            signing = mac.doFinal(each.getBytes(StandardCharsets.UTF_8));
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("key", prefix + "${filename}");
        fields.putAll(others);
        fields.put("policy", encoded);
        fields.put("x-amz-algorithm", "AWS4-HMAC-SHA256");
        fields.put("x-amz-credential", credential);
        fields.put("x-amz-date", date);
        fields.put("x-amz-signature", HexFormat.of().formatHex(signing));
        return fields;
    }

    private String exactly() {
        return others.entrySet().stream()
                .map(each -> "{\"%s\": \"%s\"},".formatted(each.getKey(), each.getValue()))
                .collect(Collectors.joining());
    }
}
