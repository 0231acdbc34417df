package landfall.objects.s3;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.objects.store.Content;
import landfall.objects.store.Incoming;
import landfall.objects.store.Meta;
import landfall.objects.store.ObjectVersion;
import landfall.objects.store.Part;
import landfall.objects.store.Store;
import landfall.objects.store.Upload;
import landfall.objects.user.Users;
import org.jspecify.annotations.Nullable;

/** Multipart uploads: "Uploading and copying objects using multipart upload". */
final class MultipartOperations {
    static final int PARTS_MAX = 10_000;
    private static final int BODY_MAX = 4 << 20;
    private static final int REMEMBERED_MAX = 10_000;
    private static final Pattern COPY_RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{1,18})");

    private final Store store;
    private final Users users;
    private final Access access;
    /** Uploads that were completed lately, so that a repeated request gets the same answer. */
    private final Map<String, Completed> completed = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Completed> eldest) {
            return size() > REMEMBERED_MAX;
        }
    });

    @SuppressWarnings("ArrayRecordComponent")
    private record Completed(String bucket, String key, byte[] answer) {}

    MultipartOperations(Store store, Users users, Access access) {
        this.store = store;
        this.users = users;
        this.access = access;
    }

    void register(Map<Operation, S3Handler.Action> actions) {
        actions.put(Operation.CreateMultipartUpload, this::create);
        actions.put(Operation.UploadPart, this::put);
        actions.put(Operation.UploadPartCopy, this::copy);
        actions.put(Operation.CompleteMultipartUpload, this::complete);
        actions.put(Operation.AbortMultipartUpload, this::abort);
        actions.put(Operation.ListParts, this::parts);
        actions.put(Operation.ListMultipartUploads, this::uploads);
    }

    /** The XML element of a checksum by lower-case algorithm. */
    static String element(String algorithm) {
        return "Checksum" + algorithm.toUpperCase(Locale.ROOT);
    }

    private void create(Call call) throws IOException {
        String name = call.header("x-amz-checksum-algorithm");
        @Nullable
        ChecksumAlgorithm algorithm = name == null
                ? null
                : ChecksumAlgorithm.named(name)
                        .orElseThrow(
                                () -> new S3Exception(
                                        S3Error.InvalidRequest,
                                        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"));
        String type = call.header("x-amz-checksum-type");
        if (algorithm != null) {
            if (type == null) {
                type = algorithm == ChecksumAlgorithm.CRC64NVME ? "FULL_OBJECT" : "COMPOSITE";
            }
            if ((type.equals("FULL_OBJECT") && !algorithm.linear())
                    || (type.equals("COMPOSITE") && algorithm == ChecksumAlgorithm.CRC64NVME)) {
                throw new S3Exception(
                        S3Error.InvalidRequest,
                        "The " + type + " checksum type cannot be used with the " + algorithm + " checksum algorithm.");
            }
        } else if (type != null) {
            throw new S3Exception(
                    S3Error.InvalidRequest,
                    "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        }
        Meta meta = Ownership.apply(call, users, Receiving.bucket(store, call), Headers.meta(call));
        Upload upload =
                store.createUpload(call.bucket(), call.key(), meta, algorithm == null ? null : algorithm.lower(), type);
        if (algorithm != null && type != null) {
            call.answer().put("x-amz-checksum-algorithm", algorithm.name());
            call.answer().put("x-amz-checksum-type", type);
        }
        call.send(Xml.document("InitiateMultipartUploadResult")
                .add("Bucket", call.bucket())
                .add("Key", call.key())
                .add("UploadId", upload.id()));
    }

    private Upload upload(Call call) {
        return store.upload(call.bucket(), call.key(), call.query().get("uploadId", ""));
    }

    private static int number(Call call) {
        String text = call.query().get("partNumber", "");
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= PARTS_MAX) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // said below
        }
        throw new S3Exception(S3Error.InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive")
                .with("ArgumentName", "partNumber")
                .with("ArgumentValue", text);
    }

    private void put(Call call) throws IOException {
        int number = number(call);
        Upload upload = upload(call);
        Payload payload = call.payload();
        String algorithm = upload.checksumAlgorithm();
        if (algorithm != null) {
            ChecksumAlgorithm.named(algorithm).ifPresent(payload::compute);
        }
        try (Incoming incoming = Receiving.receive(store, call, payload)) {
            SequencedMap<String, String> checksums = payload.checksums();
            Part part = store.putPart(upload, number, incoming, checksums);
            call.answer().put("ETag", Headers.quoted(part.etag()));
            checksums.forEach((name, value) -> call.answer().put("x-amz-checksum-" + name, value));
        }
        call.sendEmpty(200);
    }

    private void copy(Call call) throws IOException {
        int number = number(call);
        Upload upload = upload(call);
        CopySource source = CopySource.of(call);
        try (Content from = CopyOperations.open(store, access, call, source)) {
            Headers.notModified(call, "x-amz-copy-source-", from.version());
            Range range = copyRange(call, from.version());
            String algorithm = upload.checksumAlgorithm();
            @Nullable
            Checksum checksum = algorithm == null
                    ? null
                    : ChecksumAlgorithm.named(algorithm).orElseThrow().start();
            try (Incoming incoming = Receiving.copy(store, from, range.first(), range.length(), checksum)) {
                SequencedMap<String, String> checksums = new LinkedHashMap<>();
                if (checksum != null) {
                    checksums.put(checksum.algorithm().lower(), checksum.base64());
                }
                Part part = store.putPart(upload, number, incoming, checksums);
                if (Receiving.versioned(store, source.bucket())) {
                    call.answer()
                            .put("x-amz-copy-source-version-id", from.version().versionId());
                }
                Xml xml = Xml.document("CopyPartResult")
                        .add("LastModified", Headers.iso(part.modified()))
                        .add("ETag", Headers.quoted(part.etag()));
                checksums.forEach((name, value) -> xml.add(element(name), value));
                call.send(xml);
            }
        }
    }

    private static Range copyRange(Call call, ObjectVersion source) {
        String header = call.header("x-amz-copy-source-range");
        if (header == null) {
            return new Range(0, source.size() - 1);
        }
        Matcher matcher = COPY_RANGE.matcher(header);
        if (!matcher.matches()) {
            throw new S3Exception(
                            S3Error.InvalidArgument,
                            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy")
                    .with("ArgumentName", "x-amz-copy-source-range")
                    .with("ArgumentValue", header);
        }
        Range range = new Range(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
        if (range.last() < range.first() || range.last() >= source.size()) {
            throw new S3Exception(
                    S3Error.InvalidRange, "Range specified is not valid for source object of size: " + source.size());
        }
        return range;
    }

    private void abort(Call call) throws IOException {
        store.abortUpload(upload(call));
        call.sendEmpty(204);
    }

    private void complete(Call call) throws IOException {
        String id = call.query().get("uploadId", "");
        List<Completion.Named> named = Completion.named(call.body(BODY_MAX));
        Completed before = completed.get(id);
        if (before != null
                && before.bucket().equals(call.bucket())
                && before.key().equals(call.key())) {
            call.send(200, "application/xml", before.answer());
            return;
        }
        Upload upload = upload(call);
        Map<Integer, Part> there = new LinkedHashMap<>();
        store.parts(upload, 0, PARTS_MAX).forEach(part -> there.put(part.number(), part));
        List<Part> chosen = Completion.chosen(named, there);
        String etag = Completion.etag(chosen);
        Completion.Checksums checksums = Completion.checksums(call, upload, chosen);
        List<Meta.PartSize> sizes = new ArrayList<>();
        for (Part part : chosen) {
            sizes.add(new Meta.PartSize(part.number(), part.size(), part.checksums()));
        }
        Meta meta = upload.meta()
                .withChecksums(checksums.values(), checksums.type())
                .withParts(sizes);
        ObjectVersion stored = store.completeUpload(
                upload, chosen.stream().map(Part::number).toList(), etag, meta, Receiving.precondition(call));
        if (Receiving.enabled(store, call.bucket())) {
            call.answer().put("x-amz-version-id", stored.versionId());
        }
        Xml xml = Xml.document("CompleteMultipartUploadResult")
                .add("Location", "http://" + call.header("host", "") + call.rawPath())
                .add("Bucket", call.bucket())
                .add("Key", call.key())
                .add("ETag", Headers.quoted(stored.etag()));
        checksums.values().forEach((name, value) -> xml.add(element(name), value));
        if (!checksums.values().isEmpty()) {
            xml.addIf("ChecksumType", checksums.type());
        }
        byte[] answer = xml.bytes();
        completed.put(id, new Completed(call.bucket(), call.key(), answer));
        call.send(200, "application/xml", answer);
    }

    private void parts(Call call) throws IOException {
        Upload upload = upload(call);
        int marker = Numbers.bounded(call.query().get("part-number-marker"), "part-number-marker", 0, PARTS_MAX, 0);
        int limit = Numbers.bounded(call.query().get("max-parts"), "max-parts", 0, 1_000, 1_000);
        List<Part> found = store.parts(upload, marker, limit + 1);
        List<Part> page = found.subList(0, Math.min(limit, found.size()));
        Xml xml = Xml.document("ListPartsResult")
                .add("Bucket", call.bucket())
                .add("Key", call.key())
                .add("UploadId", upload.id());
        people(xml, upload);
        xml.add("StorageClass", upload.meta().headers().getOrDefault("x-amz-storage-class", "STANDARD"))
                .add("PartNumberMarker", marker)
                .add("NextPartNumberMarker", page.isEmpty() ? 0 : page.getLast().number())
                .add("MaxParts", limit)
                .add("IsTruncated", found.size() > limit);
        if (upload.checksumAlgorithm() != null) {
            xml.add("ChecksumAlgorithm", upload.checksumAlgorithm().toUpperCase(Locale.ROOT))
                    .addIf("ChecksumType", upload.checksumType());
        }
        for (Part part : page) {
            xml.begin("Part")
                    .add("PartNumber", part.number())
                    .add("LastModified", Headers.iso(part.modified()))
                    .add("ETag", Headers.quoted(part.etag()))
                    .add("Size", part.size());
            part.checksums().forEach((name, value) -> xml.add(element(name), value));
            xml.end();
        }
        call.send(xml);
    }

    private void people(Xml xml, Upload upload) {
        String id = upload.meta().owner();
        String name = BucketOperations.displayName(users, id);
        BucketOperations.owner(xml, "Initiator", id, name);
        BucketOperations.owner(xml, "Owner", id, name);
    }

    private void uploads(Call call) throws IOException {
        Query query = call.query();
        String prefix = query.get("prefix", "");
        String delimiter = query.get("delimiter", "");
        String keyMarker = query.get("key-marker", "");
        String idMarker = query.get("upload-id-marker", "");
        int limit = Numbers.bounded(query.get("max-uploads"), "max-uploads", 0, 1_000, 1_000);
        boolean url = "url".equals(query.get("encoding-type"));
        List<Upload> found = store.uploads(call.bucket(), prefix, keyMarker, idMarker, limit + 1);
        List<Upload> page = found.subList(0, Math.min(limit, found.size()));
        Xml xml = Xml.document("ListMultipartUploadsResult")
                .add("Bucket", call.bucket())
                .add("KeyMarker", encoded(keyMarker, url))
                .add("UploadIdMarker", idMarker)
                .add("Prefix", encoded(prefix, url));
        if (!delimiter.isEmpty()) {
            xml.add("Delimiter", encoded(delimiter, url));
        }
        if (found.size() > limit && !page.isEmpty()) {
            xml.add("NextKeyMarker", encoded(page.getLast().key(), url))
                    .add("NextUploadIdMarker", page.getLast().id());
        }
        xml.add("MaxUploads", limit).add("IsTruncated", found.size() > limit);
        if (url) {
            xml.add("EncodingType", "url");
        }
        List<String> prefixes = new ArrayList<>();
        for (Upload upload : page) {
            int at = delimiter.isEmpty() ? -1 : upload.key().indexOf(delimiter, prefix.length());
            if (at >= 0) {
                String common = upload.key().substring(0, at + delimiter.length());
                if (!prefixes.contains(common)) {
                    prefixes.add(common);
                }
                continue;
            }
            xml.begin("Upload").add("Key", encoded(upload.key(), url)).add("UploadId", upload.id());
            people(xml, upload);
            xml.add("StorageClass", "STANDARD").add("Initiated", Headers.iso(upload.initiated()));
            xml.end();
        }
        prefixes.forEach(each ->
                xml.begin("CommonPrefixes").add("Prefix", encoded(each, url)).end());
        call.send(xml);
    }

    private static String encoded(String name, boolean url) {
        return url ? Query.encode(name, false) : name;
    }
}
