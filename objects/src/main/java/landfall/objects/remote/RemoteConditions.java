package landfall.objects.remote;

import java.util.HashMap;
import java.util.Map;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Precondition;

/** Conditions of writes, as headers and as asked of an object. */
final class RemoteConditions {
    private RemoteConditions() {}

    static String quoted(String etag) {
        return etag.equals("*") ? etag : '"' + etag + '"';
    }

    /** Those that S3 knows for PutObject and CompleteMultipartUpload. */
    static Map<String, String> headers(Precondition precondition) {
        Map<String, String> headers = new HashMap<>();
        String match = precondition.ifMatch();
        if (match != null) {
            headers.put("if-match", quoted(match));
        }
        String noneMatch = precondition.ifNoneMatch();
        if (noneMatch != null) {
            headers.put("if-none-match", quoted(noneMatch));
        }
        return headers;
    }

    /** Whether they hold of the object that is there. */
    static boolean hold(Precondition wanted, ObjectVersion there) {
        String match = wanted.ifMatch();
        String noneMatch = wanted.ifNoneMatch();
        Long size = wanted.ifSize();
        Long modified = wanted.ifModified();
        return (match == null || match.equals("*") || match.equals(there.etag()))
                && (noneMatch == null || !(noneMatch.equals("*") || noneMatch.equals(there.etag())))
                && (size == null || size == there.size())
                && (modified == null || modified == there.modified().getEpochSecond());
    }
}
