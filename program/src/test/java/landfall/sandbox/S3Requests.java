package landfall.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** PUT and GET of objects as any S3 client makes them: Signature Version 4 ("Authenticating Requests" of S3's API reference). */
public record S3Requests(URI endpoint, String region, String accessKey, String secretKey) {
    private static final String PAYLOAD = "UNSIGNED-PAYLOAD";

    public HttpResponse<String> put(String path, String body) throws IOException, InterruptedException {
        return send("PUT", path, HttpRequest.BodyPublishers.ofString(body));
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, HttpRequest.BodyPublishers.noBody());
    }

    private HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        String time = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
                .withZone(ZoneOffset.UTC)
                .format(Instant.now());
        String day = time.substring(0, 8);
        String scope = day + "/" + region + "/s3/aws4_request";
        String names = "host;x-amz-content-sha256;x-amz-date";
        String request = String.join(
                "\n",
                method,
                path,
                "",
                "host:" + endpoint.getAuthority(),
                "x-amz-content-sha256:" + PAYLOAD,
                "x-amz-date:" + time,
                "",
                names,
                PAYLOAD);
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/")) {
            key = signed(key, part);
        }
        String signature = HexFormat.of()
                .formatHex(signed(key, String.join("\n", "AWS4-HMAC-SHA256", time, scope, hash(request))));
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(endpoint.resolve(path))
                            .method(method, body)
                            .header("x-amz-content-sha256", PAYLOAD)
                            .header("x-amz-date", time)
                            .header(
                                    "Authorization",
                                    "AWS4-HMAC-SHA256 Credential=" + accessKey + "/" + scope + ", SignedHeaders="
                                            + names + ", Signature=" + signature)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] signed(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
