package landfall.objects.s3;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A range of bytes: first and last, both included. */
record Range(long first, long last) {
    private static final Pattern ONE = Pattern.compile("bytes\\s*=\\s*(\\d*)\\s*-\\s*(\\d*)");

    long length() {
        return last - first + 1;
    }

    String header(long size) {
        return "bytes " + first + "-" + last + "/" + size;
    }

    /**
     * The range that a Range header asks of an object; null if there is none or it is to be ignored (RFC 9110, 14.2: bad
     * syntax, and S3 answers several ranges with the whole object).
     *
     * @throws S3Exception InvalidRange
     */
    static @Nullable Range of(@Nullable String header, long size) {
        Matcher matcher = header == null ? null : ONE.matcher(header.strip());
        if (matcher == null || !matcher.matches()) {
            return null;
        }
        String from = String.valueOf(matcher.group(1));
        String to = String.valueOf(matcher.group(2));
        if (from.length() > 18 || to.length() > 18 || (from.isEmpty() && to.isEmpty())) {
            return null;
        }
        long first;
        long last;
        if (from.isEmpty()) {
            first = Math.max(0, size - Long.parseLong(to));
            last = to.equals("0") ? -1 : size - 1;
        } else {
            first = Long.parseLong(from);
            last = to.isEmpty() ? size - 1 : Long.parseLong(to);
            if (last < first && !to.isEmpty()) {
                return null;
            }
            last = Math.min(last, size - 1);
        }
        if (first >= size || last < first) {
            throw new S3Exception(S3Error.InvalidRange)
                    .with("RangeRequested", String.valueOf(header))
                    .with("ActualObjectSize", Long.toString(size))
                    .header("Content-Range", "bytes */" + size);
        }
        return new Range(first, last);
    }
}
