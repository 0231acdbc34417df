package landfall.objects.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import landfall.objects.s3.Query;
import landfall.objects.s3.S3Exception;
import landfall.objects.s3.Signing;
import landfall.objects.s3.Xml;
import landfall.objects.user.User;
import org.jspecify.annotations.Nullable;

/**
 * Another S3 store as a client: path style, Signature Version 4 with the body's SHA-256 (without keys: no signature), and
 * bodies both ways as streams. One try a call: whoever calls knows whether it may be repeated.
 */
public final class RemoteS3 implements AutoCloseable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final int DOCUMENT_MAX = 16 << 20;
    private static final int ERROR_MAX = 64 << 10;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final URI endpoint;
    private final String region;
    private final Optional<User.AccessKey> keys;
    private final Clock clock;

    /** {@code keys}: empty to ask as anybody may. */
    public RemoteS3(URI endpoint, String region, Optional<User.AccessKey> keys, Clock clock) {
        this.endpoint = endpoint;
        this.region = region;
        this.keys = keys;
        this.clock = clock;
    }

    /** An answer with a status below 300. The caller closes its body. */
    record Answer(int status, HttpHeaders headers, InputStream body) implements AutoCloseable {
        @Nullable
        String header(String name) {
            return headers.firstValue(name).orElse(null);
        }

        /** The whole body. @throws IOException if it is larger than {@code most} bytes */
        byte[] bytes(int most) throws IOException {
            byte[] bytes = body.readNBytes(most + 1);
            if (bytes.length > most) {
                throw new IOException("the other store's answer is larger than " + most + " bytes");
            }
            return bytes;
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** A request's body: how it is sent and its SHA-256 in hexadecimal. */
    record Body(HttpRequest.BodyPublisher publisher, String sha256) {
        static Body of(byte[] bytes) {
            return new Body(
                    bytes.length == 0
                            ? HttpRequest.BodyPublishers.noBody()
                            : HttpRequest.BodyPublishers.ofByteArray(bytes),
                    Signing.hex(Signing.digest("SHA-256").digest(bytes)));
        }

        /** A header that lets the other store compare. */
        static Map<String, String> md5(byte[] bytes) {
            return Map.of(
                    "content-md5",
                    Base64.getEncoder().encodeToString(Signing.digest("MD5").digest(bytes)));
        }

        static Body none() {
            return of(new byte[0]);
        }
    }

    /** What is asked. Query and headers by name; header names in lower case. */
    record Ask(String method, String bucket, String key, Map<String, String> query, Map<String, String> headers) {
        static Ask of(String method, String bucket, String key) {
            return new Ask(method, bucket, key, Map.of(), Map.of());
        }

        @Override
        public String toString() {
            return method + " " + bucket + (key.isEmpty() ? "" : "/" + key);
        }
    }

    Answer call(Ask ask) throws IOException {
        return call(ask, Body.none());
    }

    /**
     * Asks once.
     *
     * @throws RemoteException if the store refused
     * @throws IOException if it can't be reached, or doesn't answer for 60 s
     */
    Answer call(Ask ask, Body body) throws IOException {
        HttpResponse<InputStream> answer;
        try {
            answer = client.send(signed(ask, body), told -> new BodyStream(SILENCE));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + endpoint + " was asked", stop);
        } catch (IOException unreachable) {
            throw new IOException(
                    "the store " + endpoint + " can't be reached for " + ask + ": " + said(unreachable), unreachable);
        }
        if (answer.statusCode() < 300) {
            return new Answer(answer.statusCode(), answer.headers(), answer.body());
        }
        try (InputStream in = answer.body()) {
            byte[] error = in.readNBytes(ERROR_MAX);
            String code = code(error);
            throw new RemoteException(
                    answer.statusCode(),
                    code,
                    "the store " + endpoint + " refused " + ask + " with status " + answer.statusCode()
                            + (code.isEmpty() ? "" : " (" + code + ")"));
        }
    }

    private static String said(IOException failed) {
        String message = failed.getMessage();
        return message == null || message.isBlank() ? failed.getClass().getSimpleName() : message;
    }

    /** The code of an error document, empty if it isn't one. */
    private static String code(byte[] error) {
        if (error.length == 0) {
            return "";
        }
        try {
            String code = Xml.read(error, "Error").childText("Code");
            return code == null ? "" : code.strip();
        } catch (S3Exception notXml) {
            return "";
        }
    }

    private HttpRequest signed(Ask ask, Body body) {
        String path = "/" + Query.encode(ask.bucket(), true)
                + (ask.key().isEmpty() ? "" : "/" + Query.encode(ask.key(), false));
        StringBuilder query = new StringBuilder();
        new TreeMap<>(ask.query())
                .forEach((name, value) -> query.append(query.isEmpty() ? "" : "&")
                        .append(Query.encode(name, true))
                        .append('=')
                        .append(Query.encode(value, true)));
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint.getScheme() + "://"
                        + endpoint.getAuthority() + path + (query.isEmpty() ? "" : "?" + query)))
                .timeout(ANSWER)
                .method(ask.method(), body.publisher());
        SortedMap<String, String> headers = new TreeMap<>(ask.headers());
        keys.ifPresent(key -> headers.put("authorization", sign(ask, body, path, query.toString(), headers, key)));
        headers.remove("host");
        headers.forEach(request::header);
        return request.build();
    }

    /** Adds the headers that are signed and answers the signature's: "Authenticating Requests (AWS Signature Version 4)". */
    private String sign(
            Ask ask, Body body, String path, String query, SortedMap<String, String> headers, User.AccessKey key) {
        Instant now = clock.instant();
        String time = TIME.format(now);
        String day = time.substring(0, 8);
        headers.put("host", endpoint.getAuthority());
        headers.put("x-amz-content-sha256", body.sha256());
        headers.put("x-amz-date", time);
        StringBuilder canonical = new StringBuilder(ask.method() + "\n" + path + "\n" + query + "\n");
        headers.forEach((name, value) -> canonical
                .append(name)
                .append(':')
                .append(value.strip().replaceAll(" +", " "))
                .append('\n'));
        String names = String.join(";", headers.keySet());
        canonical.append('\n').append(names).append('\n').append(body.sha256());
        String scope = day + "/" + region + "/s3/aws4_request";
        String toSign = "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + Signing.sha256(canonical.toString());
        byte[] signing = Signing.key(key.secret().reveal(), day, region, "s3");
        return "AWS4-HMAC-SHA256 Credential=" + key.id() + "/" + scope + ",SignedHeaders=" + names + ",Signature="
                + Signing.hex(Signing.hmac("HmacSHA256", signing, toSign));
    }

    /**
     * The document that the store sent. Its root isn't looked at: stores don't agree on all names.
     *
     * @throws IOException if it isn't XML, or tells of an error in spite of its status, as S3 may
     */
    static Xml.Element document(Answer answer) throws IOException {
        byte[] bytes = answer.bytes(DOCUMENT_MAX);
        try {
            Xml.Element root = Xml.read(bytes);
            if (root.name().equals("Error")) {
                String code = String.valueOf(root.childText("Code"));
                throw new RemoteException(answer.status(), code, "the store refused at last with " + code);
            }
            return root;
        } catch (S3Exception malformed) {
            throw new IOException(
                    "the other store's answer isn't XML: "
                            + new String(bytes, 0, Math.min(200, bytes.length), StandardCharsets.UTF_8),
                    malformed);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
