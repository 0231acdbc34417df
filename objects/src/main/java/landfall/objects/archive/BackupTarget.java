package landfall.objects.archive;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.objects.s3.Signing;
import landfall.objects.user.Secret;

/**
 * The S3 store that takes backups, as a client: multipart upload and reading back, path style, Signature Version 4 with
 * signed payloads. Calls that fail by the network or with a 5xx are repeated.
 */
public final class BackupTarget implements AutoCloseable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Pattern UPLOAD_ID = Pattern.compile("<UploadId>([^<]+)</UploadId>");
    private static final int TRIES = 4;
    private static final Duration ANSWER = Duration.ofMinutes(10);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build();
    private final URI endpoint;
    private final String region;
    private final String keyId;
    private final Secret secret;
    private final Clock clock;

    public BackupTarget(URI endpoint, String region, String keyId, Secret secret, Clock clock) {
        this.endpoint = endpoint;
        this.region = region;
        this.keyId = keyId;
        this.secret = secret;
        this.clock = clock;
    }

    /** @return the upload's id */
    String begin(String bucket, String key) throws IOException {
        String answer = text(call("POST", bucket, key, "uploads=", new byte[0]));
        Matcher id = UPLOAD_ID.matcher(answer);
        if (!id.find()) {
            throw new IOException("the backup store began no upload: " + answer);
        }
        return id.group(1).replace("&amp;", "&");
    }

    /** @return the part's ETag, as it was sent */
    String part(String bucket, String key, String upload, int number, byte[] bytes) throws IOException {
        HttpResponse<InputStream> answer =
                call("PUT", bucket, key, "partNumber=" + number + "&uploadId=" + encoded(upload), bytes);
        text(answer);
        return answer.headers()
                .firstValue("ETag")
                .orElseThrow(() -> new IOException("the backup store sent no ETag for part " + number));
    }

    void complete(String bucket, String key, String upload, List<String> etags) throws IOException {
        StringBuilder parts = new StringBuilder("<CompleteMultipartUpload>");
        for (int i = 0; i < etags.size(); i++) {
            parts.append("<Part><PartNumber>").append(i + 1).append("</PartNumber><ETag>");
            parts.append(etags.get(i).replace("\"", "&quot;")).append("</ETag></Part>");
        }
        byte[] body = parts.append("</CompleteMultipartUpload>").toString().getBytes(StandardCharsets.UTF_8);
        // S3 may answer 200 and tell of an error in the body: API reference, CompleteMultipartUpload.
        String answer = text(call("POST", bucket, key, "uploadId=" + encoded(upload), body));
        if (answer.contains("<Error>")) {
            throw new IOException("the backup store didn't join the parts: " + answer);
        }
    }

    void abort(String bucket, String key, String upload) throws IOException {
        text(call("DELETE", bucket, key, "uploadId=" + encoded(upload), new byte[0]));
    }

    InputStream open(String bucket, String key) throws IOException {
        return call("GET", bucket, key, "", new byte[0]).body();
    }

    private HttpResponse<InputStream> call(String method, String bucket, String key, String query, byte[] body)
            throws IOException {
        IOException last = new IOException("no try was made");
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            try {
                HttpResponse<InputStream> answer = client.send(
                        signed(method, bucket, key, query, body), HttpResponse.BodyHandlers.ofInputStream());
                if (answer.statusCode() < 300) {
                    return answer;
                }
                last = new IOException("the backup store refused " + method + " " + bucket + "/" + key + " with status "
                        + answer.statusCode() + ": " + text(answer));
                if (answer.statusCode() < 500) {
                    throw new Refused(String.valueOf(last.getMessage()));
                }
                Thread.sleep(Duration.ofSeconds(1L << attempt));
            } catch (Refused refused) {
                throw refused;
            } catch (IOException broken) {
                last = new IOException(
                        "the backup store " + endpoint + " can't be reached: " + broken.getMessage(), broken);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new IOException("the backup was interrupted", stop);
            }
        }
        throw last;
    }

    /** A 4xx: trying again would not help. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private HttpRequest signed(String method, String bucket, String key, String query, byte[] body) {
        String path = "/" + encoded(bucket) + "/" + encoded(key).replace("%2F", "/");
        Instant now = clock.instant();
        String time = TIME.format(now);
        String day = time.substring(0, 8);
        String hash = Signing.hex(Signing.digest("SHA-256").digest(body));
        String canonical = method + "\n" + path + "\n" + query + "\nhost:" + endpoint.getAuthority()
                + "\nx-amz-content-sha256:" + hash + "\nx-amz-date:" + time
                + "\n\nhost;x-amz-content-sha256;x-amz-date\n" + hash;
        String scope = day + "/" + region + "/s3/aws4_request";
        String toSign = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + Signing.sha256(canonical);
        String signature =
                Signing.hex(Signing.hmac("HmacSHA256", Signing.key(secret.reveal(), day, region, "s3"), toSign));
        URI target = URI.create(
                endpoint.getScheme() + "://" + endpoint.getAuthority() + path + (query.isEmpty() ? "" : "?" + query));
        return HttpRequest.newBuilder(target)
                .timeout(ANSWER)
                .header("x-amz-content-sha256", hash)
                .header("x-amz-date", time)
                .header(
                        "Authorization",
                        "AWS4-HMAC-SHA256 Credential=" + keyId + "/" + scope
                                + ",SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=" + signature)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private static String text(HttpResponse<InputStream> answer) throws IOException {
        try (InputStream in = answer.body()) {
            return new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    @Override
    public void close() {
        client.close();
    }
}
