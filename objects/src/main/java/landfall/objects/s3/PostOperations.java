package landfall.objects.s3;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import landfall.objects.store.Bucket;
import landfall.objects.store.Incoming;
import landfall.objects.store.Meta;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Precondition;
import landfall.objects.store.Store;
import org.jspecify.annotations.Nullable;

/** PostObject: a browser's form puts a file, allowed by a signed policy: "Browser-based uploads using POST". */
final class PostOperations {
    private static final List<String> HEADER_FIELDS = List.of(
            "content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires");

    private final Store store;
    private final Access access;
    private final Authentication authentication;
    private final PostPolicy policies;

    PostOperations(Store store, Access access, Authentication authentication, PostPolicy policies) {
        this.store = store;
        this.access = access;
        this.authentication = authentication;
        this.policies = policies;
    }

    void register(Map<Operation, S3Handler.Action> actions) {
        actions.put(Operation.PostObject, this::post);
    }

    private void post(Call call) throws IOException {
        String type = call.header("content-type", "");
        if (!type.toLowerCase(java.util.Locale.ROOT).startsWith("multipart/form-data")) {
            throw new S3Exception(S3Error.MalformedPOSTRequest).header("Accept", "multipart/form-data");
        }
        Bucket bucket = Receiving.bucket(store, call);
        FormData form = new FormData(call.payload(), type);
        Map<String, String> fields = form.fields();
        fields.putIfAbsent("bucket", call.bucket());
        String key = fields.get("key");
        if (key == null || key.isEmpty()) {
            throw new S3Exception(
                            S3Error.InvalidArgument,
                            "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.")
                    .with("ArgumentName", "key");
        }
        key = key.replace("${filename}", form.fileName());
        fields.put("key", key);
        PostPolicy.Bounds bounds = allowed(call, bucket, key, fields);
        Meta meta = meta(call, bucket, fields);
        List<Checksum> checksums = checksums(fields);
        try (Incoming incoming = Receiving.receive(store, new Bounded(form.file(), bounds, checksums), -1)) {
            bounds.check(incoming.size());
            ObjectVersion stored = store.put(
                    call.bucket(),
                    key,
                    incoming,
                    meta.withChecksums(compared(checksums, fields), checksums.isEmpty() ? null : "FULL_OBJECT"),
                    null,
                    Precondition.NONE);
            answer(call, key, fields, stored);
        }
    }

    private PostPolicy.Bounds allowed(Call call, Bucket bucket, String key, Map<String, String> fields) {
        PostPolicy.Bounds bounds = PostPolicy.Bounds.NONE;
        String policy = fields.get("policy");
        if (policy != null) {
            call.identified(authentication.identifyForm(fields, policy));
            bounds = policies.check(policy, fields, call.bucket());
        } else if (fields.containsKey("awsaccesskeyid") || fields.containsKey("x-amz-credential")) {
            throw new S3Exception(S3Error.InvalidArgument, "Bucket POST must contain a field named 'policy'.");
        }
        if (!access.allowed(call, Operation.PostObject, bucket, key, null)) {
            throw new S3Exception(S3Error.AccessDenied);
        }
        return bounds;
    }

    private Meta meta(Call call, Bucket bucket, Map<String, String> fields) {
        SequencedMap<String, String> headers = new LinkedHashMap<>();
        SequencedMap<String, String> user = new LinkedHashMap<>();
        for (String name : HEADER_FIELDS) {
            String value = fields.get(name);
            if (value != null && !value.isEmpty()) {
                headers.put(name, value);
            }
        }
        fields.forEach((name, value) -> {
            if (name.startsWith("x-amz-meta-")) {
                user.put(name.substring("x-amz-meta-".length()), value);
            }
        });
        String tagging = fields.get("tagging");
        String canned = fields.getOrDefault("acl", fields.get("x-amz-acl"));
        @Nullable Acl acl = canned == null ? null : Acl.canned(canned, call.userId(), bucket.owner());
        if (acl != null && acl.isPublic() && PublicAccess.of(bucket).blockPublicAcls()) {
            throw new S3Exception(S3Error.AccessDenied);
        }
        return new Meta(
                Ownership.enforced(bucket) ? bucket.owner() : call.userId(),
                headers,
                user,
                tagging == null ? new LinkedHashMap<>() : Tags.fromXml(tagging.getBytes(StandardCharsets.UTF_8), false),
                new LinkedHashMap<>(),
                null,
                List.of(),
                acl == null ? null : acl.text());
    }

    private static List<Checksum> checksums(Map<String, String> fields) {
        List<Checksum> checksums = new ArrayList<>();
        for (ChecksumAlgorithm each : ChecksumAlgorithm.values()) {
            if (fields.containsKey(each.header())) {
                checksums.add(each.start());
            }
        }
        return checksums;
    }

    private static SequencedMap<String, String> compared(List<Checksum> checksums, Map<String, String> fields) {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        for (Checksum each : checksums) {
            String value = each.base64();
            if (!value.equals(fields.get(each.algorithm().header()))) {
                throw new S3Exception(
                        S3Error.BadDigest,
                        "The " + each.algorithm() + " you specified did not match the calculated checksum.");
            }
            values.put(each.algorithm().lower(), value);
        }
        return values;
    }

    private void answer(Call call, String key, Map<String, String> fields, ObjectVersion stored) throws IOException {
        String location = (call.secure() ? "https://" : "http://") + call.header("host", "") + "/" + call.bucket() + "/"
                + Query.encode(key, false);
        call.answer().put("ETag", Headers.quoted(stored.etag()));
        call.answer().put("Location", location);
        if (Receiving.enabled(store, call.bucket())) {
            call.answer().put("x-amz-version-id", stored.versionId());
        }
        String redirect = fields.getOrDefault("success_action_redirect", fields.get("redirect"));
        if (redirect != null && redirect.matches("https?://[^\\s]+")) {
            call.answer()
                    .put(
                            "Location",
                            redirect + (redirect.contains("?") ? "&" : "?") + "bucket="
                                    + Query.encode(call.bucket(), true)
                                    + "&key=" + Query.encode(key, true) + "&etag="
                                    + Query.encode(Headers.quoted(stored.etag()), true));
            call.sendEmpty(303);
            return;
        }
        switch (fields.getOrDefault("success_action_status", "204")) {
            case "200" -> call.sendEmpty(200);
            case "201" ->
                call.send(
                        201,
                        "application/xml",
                        Xml.plain("PostResponse")
                                .add("Location", location)
                                .add("Bucket", call.bucket())
                                .add("Key", key)
                                .add("ETag", Headers.quoted(stored.etag()))
                                .bytes());
            default -> call.sendEmpty(204);
        }
    }

    /** The file's bytes, cut off with an error where they become more than the policy allows. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private final PostPolicy.Bounds bounds;
        private final List<Checksum> checksums;
        private long count;

        Bounded(InputStream in, PostPolicy.Bounds bounds, List<Checksum> checksums) {
            this.in = in;
            this.bounds = bounds;
            this.checksums = checksums;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            if (read > 0) {
                count += read;
                bounds.checkMost(count);
                checksums.forEach(each -> each.update(bytes, offset, read));
            }
            return read;
        }
    }
}
