package landfall.objects.s3;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;

/** What Signature Version 4 signs of a request ("Create a signed AWS API request" in the AWS IAM user guide). */
final class CanonicalRequest {
    private static final Comparator<Query.Parameter> BY_NAME =
            Comparator.comparing(Query.Parameter::name).thenComparing(Query.Parameter::value);

    private CanonicalRequest() {}

    /** {@code without}: a query parameter that isn't signed. */
    static String of(Call call, String signedHeaders, String payload, String without) {
        // By name, then value: sorted as text of both, "a-b=" would come before "a=".
        String query = call.query().parameters().stream()
                .filter(each -> !each.name().equals(without))
                .map(each -> new Query.Parameter(Query.encode(each.name(), true), Query.encode(each.value(), true)))
                .sorted(BY_NAME)
                .map(each -> each.name() + "=" + each.value())
                .collect(Collectors.joining("&"));
        StringBuilder headers = new StringBuilder();
        for (String name : signedHeaders.split(";", -1)) {
            headers.append(name).append(':').append(value(call, name)).append('\n');
        }
        return call.method() + "\n"
                + Query.encode(Query.decode(call.rawPath(), false), false) + "\n"
                + query + "\n"
                + headers + "\n"
                + signedHeaders + "\n"
                + payload;
    }

    private static String value(Call call, String name) {
        List<String> values = new ArrayList<>();
        for (HttpField field : call.headers()) {
            if (field.getName().equalsIgnoreCase(name) && field.getValue() != null) {
                values.add(Headers.utf8(field.getValue()).strip().replaceAll(" +", " "));
            }
        }
        return String.join(",", values);
    }

    /**
     * Refuses headers that change what is asked though whoever signed didn't sign them: who holds a presigned URL for
     * one PUT could otherwise add x-amz-copy-source and read whatever the signer may read.
     *
     * @throws S3Exception AccessDenied, as S3 says it
     */
    static void refuseUnsigned(Call call, String signedHeaders) {
        Set<String> signed = new HashSet<>(
                Arrays.asList(signedHeaders.toLowerCase(Locale.ROOT).split(";", -1)));
        Set<String> unsigned = new TreeSet<>();
        if (!signed.contains("host")) {
            unsigned.add("host");
        }
        for (HttpField field : call.headers()) {
            String name = field.getName().toLowerCase(Locale.ROOT);
            // The payload's hash is signed anyway, as the last line.
            if (name.startsWith("x-amz-") && !name.equals("x-amz-content-sha256") && !signed.contains(name)) {
                unsigned.add(name);
            }
        }
        if (!unsigned.isEmpty()) {
            throw new S3Exception(
                            S3Error.AccessDenied, "There were headers present in the request which were not signed")
                    .with("HeadersNotSigned", String.join(", ", unsigned));
        }
    }
}
