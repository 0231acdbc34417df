package landfall.objects.s3;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import landfall.objects.user.Secret;
import org.eclipse.jetty.http.HttpField;

/** Signature Version 2 of a request: "Signing and Authenticating REST Requests". */
final class Version2Signature {
    /** Query parameters that are part of what Version 2 signs. */
    private static final Set<String> SIGNED_PARAMETERS = Set.of(
            "accelerate",
            "acl",
            "analytics",
            "cors",
            "delete",
            "inventory",
            "lifecycle",
            "location",
            "logging",
            "metrics",
            "notification",
            "partNumber",
            "policy",
            "replication",
            "requestPayment",
            "response-cache-control",
            "response-content-disposition",
            "response-content-encoding",
            "response-content-language",
            "response-content-type",
            "response-expires",
            "tagging",
            "torrent",
            "uploadId",
            "uploads",
            "versionId",
            "versioning",
            "versions",
            "website",
            "publicAccessBlock",
            "ownershipControls",
            "policyStatus",
            "encryption",
            "object-lock",
            "restore");

    private Version2Signature() {}

    /**
     * The signature that a request should have, as Base64.
     *
     * @param date what stands in the place of the Date header: that, nothing, or the second when a signed query expires
     */
    static String of(Call call, Secret secret, String date, String resource) {
        Map<String, List<String>> amz = new TreeMap<>();
        for (HttpField field : call.headers()) {
            String name = field.getName().toLowerCase(Locale.ROOT);
            if (name.startsWith("x-amz-")) {
                amz.computeIfAbsent(name, absent -> new ArrayList<>())
                        .add(field.getValue() == null ? "" : field.getValue().strip());
            }
        }
        StringBuilder toSign = new StringBuilder();
        toSign.append(call.method())
                .append('\n')
                .append(call.header("content-md5", ""))
                .append('\n')
                .append(call.header("content-type", ""))
                .append('\n')
                .append(date)
                .append('\n');
        amz.forEach((name, values) ->
                toSign.append(name).append(':').append(String.join(",", values)).append('\n'));
        toSign.append(resource);
        String parameters = call.query().parameters().stream()
                .filter(each -> SIGNED_PARAMETERS.contains(each.name()))
                .map(each -> each.name() + (each.value().isEmpty() ? "" : "=" + each.value()))
                .sorted()
                .collect(Collectors.joining("&"));
        if (!parameters.isEmpty()) {
            toSign.append('?').append(parameters);
        }
        return Signing.base64(
                Signing.hmac("HmacSHA1", secret.reveal().getBytes(StandardCharsets.UTF_8), toSign.toString()));
    }
}
