package landfall.objects.s3;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Ends a request with an S3 error. */
public final class S3Exception extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final S3Error error;
    private final transient SequencedMap<String, String> details = new LinkedHashMap<>();
    private final transient SequencedMap<String, String> headers = new LinkedHashMap<>();

    public S3Exception(S3Error error) {
        super(error.message());
        this.error = error;
    }

    public S3Exception(S3Error error, String message) {
        super(message);
        this.error = error;
    }

    public S3Exception(S3Error error, String message, Throwable cause) {
        super(message, cause);
        this.error = error;
    }

    /** A further element of the error's XML. */
    public S3Exception with(String element, String value) {
        details.put(element, value);
        return this;
    }

    /** A header of the answer. */
    public S3Exception header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    public S3Error error() {
        return error;
    }

    Map<String, String> details() {
        return details;
    }

    Map<String, String> headers() {
        return headers;
    }
}
