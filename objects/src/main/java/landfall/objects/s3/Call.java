package landfall.objects.s3;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import landfall.objects.user.User;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.jspecify.annotations.Nullable;

/** One request with what was found out about it, and its answer. Used by one thread. */
public final class Call {
    private static final String STREAMING = "STREAMING-";
    private static final int WRITTEN_AT_ONCE = 256 << 10;

    private final Request request;
    private final Response response;
    private final String requestId;
    private final String rawPath;
    private final Query query;
    private final @Nullable String bucket;
    private final @Nullable String key;
    private final Pace taking;
    private final Pace giving;
    private Authentication.@Nullable Identity identity;
    private @Nullable Operation operation;
    private @Nullable Payload payload;
    private long sent;

    Call(
            Request request,
            Response response,
            String requestId,
            String rawPath,
            Query query,
            @Nullable String bucket,
            @Nullable String key,
            Pace.Limits slow) {
        this.request = request;
        this.response = response;
        this.requestId = requestId;
        this.rawPath = rawPath;
        this.query = query;
        this.bucket = bucket;
        this.key = key;
        this.taking = new Pace(slow);
        this.giving = new Pace(slow);
    }

    public String requestId() {
        return requestId;
    }

    public String method() {
        return request.getMethod();
    }

    /** The path as it was sent, percent-encoded. */
    String rawPath() {
        return rawPath;
    }

    public Query query() {
        return query;
    }

    /** The bucket that the path or the host names. @throws IllegalStateException if the request is for the service */
    public String bucket() {
        if (bucket == null) {
            throw new IllegalStateException("the request names no bucket");
        }
        return bucket;
    }

    public @Nullable String bucketOrNull() {
        return bucket;
    }

    /** @throws IllegalStateException if the request names no key */
    public String key() {
        if (key == null) {
            throw new IllegalStateException("the request names no key");
        }
        return key;
    }

    public @Nullable String keyOrNull() {
        return key;
    }

    /** Version 2's canonical resource: the bucket, though the host may have named it, and the encoded path. */
    String resource() {
        boolean inPath = bucket == null || rawPath.equals("/" + bucket) || rawPath.startsWith("/" + bucket + "/");
        return inPath ? rawPath : "/" + bucket + rawPath;
    }

    /** The address that the request came from. */
    String from() {
        return Request.getRemoteAddr(request);
    }

    boolean secure() {
        return request.isSecure() || "https".equalsIgnoreCase(header("x-forwarded-proto"));
    }

    HttpFields headers() {
        return request.getHeaders();
    }

    public @Nullable String header(String name) {
        return request.getHeaders().get(name);
    }

    public String header(String name, String otherwise) {
        String value = header(name);
        return value == null ? otherwise : value;
    }

    /** Headers whose lower-case names begin so, by what follows; several of a name are joined by a comma. */
    Map<String, String> headersWithPrefix(String prefix) {
        Map<String, String> found = new TreeMap<>();
        for (HttpField field : request.getHeaders()) {
            String name = field.getName().toLowerCase(Locale.ROOT);
            if (name.startsWith(prefix)) {
                String value = field.getValue() == null ? "" : field.getValue();
                found.merge(name.substring(prefix.length()), value, (one, other) -> one + "," + other);
            }
        }
        return found;
    }

    void identified(Authentication.Identity found) {
        identity = found;
    }

    Authentication.Identity identity() {
        if (identity == null) {
            throw new IllegalStateException("nobody was identified yet");
        }
        return identity;
    }

    /** Who asks, null for nobody in particular. */
    public @Nullable User user() {
        return identity == null ? null : identity.user();
    }

    /** The asking user's canonical id, or that of S3's anonymous user. */
    String userId() {
        User user = user();
        return user == null ? "65a011a29cdf8ec533ec3d1ccaae921c" : user.canonicalId();
    }

    void operation(Operation found) {
        operation = found;
    }

    public Operation operation() {
        if (operation == null) {
            throw new IllegalStateException("what is asked for wasn't found out yet");
        }
        return operation;
    }

    public String operationName() {
        return operation == null ? "none" : operation.name();
    }

    // The request's body
    // -----------------------------------------------------------------------------------------------

    /** The content length of the object sent: the decoded one of chunked uploads. -1 if it wasn't announced. */
    long announced() {
        String decoded = header("x-amz-decoded-content-length");
        String text = decoded == null || !identity().payload().startsWith(STREAMING)
                ? header(HttpHeader.CONTENT_LENGTH.asString())
                : decoded;
        if (text == null) {
            return -1;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notANumber) {
            throw new S3Exception(S3Error.InvalidArgument, "not a length: " + text, notANumber);
        }
    }

    /** The body, checked against all that was said of it once it has been read to its end. */
    Payload payload() {
        Payload known = payload;
        if (known == null) {
            InputStream raw = incoming();
            known = new Payload(this, raw);
            payload = known;
        }
        return known;
    }

    /** The body as it comes; reading it fails with RequestTimeout if it comes too slowly. */
    InputStream incoming() {
        return taking.of(Request.asInputStream(request));
    }

    /** A small body as a whole. @throws S3Exception if it is longer than {@code most} bytes or a checksum differs */
    byte[] body(int most) throws IOException {
        byte[] bytes = payload().readNBytes(most + 1);
        if (bytes.length > most) {
            throw new S3Exception(S3Error.MaxMessageLengthExceeded);
        }
        return bytes;
    }

    public long received() {
        return payload == null ? 0 : payload.count();
    }

    // The answer
    // -------------------------------------------------------------------------------------------------------

    HttpFields.Mutable answer() {
        return response.getHeaders();
    }

    void status(int status) {
        response.setStatus(status);
    }

    public int status() {
        return response.getStatus();
    }

    boolean committed() {
        return response.isCommitted();
    }

    public long sent() {
        return sent;
    }

    /** Ends the answer with these bytes. */
    void send(int status, String type, byte[] bytes) throws IOException {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        write(true, java.nio.ByteBuffer.wrap(method().equals("HEAD") ? new byte[0] : bytes));
    }

    void send(Xml xml) throws IOException {
        send(200, "application/xml", xml.bytes());
    }

    /** Ends the answer without a body. */
    void sendEmpty(int status) throws IOException {
        response.setStatus(status);
        if (status != 204 && status != 304 && !response.getHeaders().contains(HttpHeader.CONTENT_LENGTH)) {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
        }
        write(true, java.nio.ByteBuffer.allocate(0));
    }

    /**
     * Writes bytes and waits until the buffer may be used again.
     *
     * @throws S3Exception RequestTimeout if the client takes them too slowly
     */
    void write(boolean last, java.nio.ByteBuffer bytes) throws IOException {
        sent += bytes.remaining();
        do {
            int length = Math.min(bytes.remaining(), WRITTEN_AT_ONCE);
            java.nio.ByteBuffer some = bytes.slice(bytes.position(), length);
            bytes.position(bytes.position() + length);
            long began = System.nanoTime();
            try (Blocker.Callback blocker = Blocker.callback()) {
                response.write(last && !bytes.hasRemaining(), some, blocker);
                blocker.block();
            }
            if (bytes.hasRemaining()) {
                giving.took(System.nanoTime() - began, length);
            }
        } while (bytes.hasRemaining());
    }

    /** For what reads few bytes and wants them all. */
    static byte[] all(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        in.transferTo(out);
        return out.toByteArray();
    }
}
