package landfall.objects.remote;

import java.io.IOException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.UUID;
import landfall.objects.s3.Headers;
import landfall.objects.store.Meta;
import landfall.objects.store.Part;
import landfall.objects.store.Upload;
import org.jspecify.annotations.Nullable;

/** Multipart uploads to the backend: the parts go there as they come and are joined there. */
final class RemoteMultipart {
    private final RemoteS3 backend;
    private final String bucketPrefix;
    private final RemoteUploads uploads;
    private final Clock clock;

    RemoteMultipart(RemoteS3 backend, String bucketPrefix, RemoteUploads uploads, Clock clock) {
        this.backend = backend;
        this.bucketPrefix = bucketPrefix;
        this.uploads = uploads;
        this.clock = clock;
    }

    private RemoteS3.Ask ask(String method, Upload upload, Map<String, String> query, Map<String, String> headers) {
        return new RemoteS3.Ask(method, bucketPrefix + upload.bucket(), upload.key(), query, headers);
    }

    Upload create(
            String bucket, String key, Meta meta, @Nullable String checksumAlgorithm, @Nullable String checksumType) {
        Upload upload = new Upload(
                bucket,
                key,
                UUID.randomUUID().toString().replace("-", ""),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                meta,
                checksumAlgorithm,
                checksumType);
        RemoteS3.Ask begin = ask("POST", upload, Map.of("uploads", ""), RemoteMeta.headers(meta));
        String remoteId = RemoteErrors.repeated(() -> {
            try (RemoteS3.Answer answer = backend.call(begin)) {
                String id = RemoteS3.document(answer).childText("UploadId");
                if (id == null || id.isEmpty()) {
                    throw new IOException("the backend began no upload of " + bucket + "/" + key);
                }
                return id;
            }
        });
        uploads.add(upload, remoteId);
        return upload;
    }

    Part put(Upload upload, int number, Spool sent, SequencedMap<String, String> checksums) throws IOException {
        byte[] md5 = sent.md5();
        RemoteS3.Body body = sent.body();
        RemoteS3.Ask ask = ask(
                "PUT",
                upload,
                Map.of("partNumber", Integer.toString(number), "uploadId", uploads.remoteId(upload)),
                Map.of("content-md5", Base64.getEncoder().encodeToString(md5)));
        String etag = RemoteErrors.repeated(() -> {
            try (RemoteS3.Answer answer = backend.call(ask, body)) {
                String given = answer.header("etag");
                if (given == null) {
                    throw new IOException("the backend sent no ETag for part " + number);
                }
                return given;
            }
        });
        Part part = new Part(
                number,
                sent.size(),
                HexFormat.of().formatHex(md5),
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                checksums);
        uploads.addPart(upload, part, etag);
        return part;
    }

    /** What the parts became. */
    record Joined(long size, String etag) {}

    /** Not repeated: the second time the upload would be gone. {@code etag}: taken where the backend tells none. */
    Joined complete(Upload upload, List<Integer> numbers, String etag, Map<String, String> conditions) {
        Map<String, String> query = Map.of("uploadId", uploads.remoteId(upload));
        Set<Integer> wanted = new HashSet<>(numbers);
        List<RemoteUploads.RemotePart> chosen = uploads.parts(upload, 0, Integer.MAX_VALUE).stream()
                .filter(part -> wanted.contains(part.part().number()))
                .toList();
        long size = chosen.stream().mapToLong(part -> part.part().size()).sum();
        String given;
        try (RemoteS3.Answer answer = backend.call(
                ask("POST", upload, query, conditions), RemoteS3.Body.of(RemoteDocuments.complete(chosen)))) {
            String joined = RemoteS3.document(answer).childText("ETag");
            given = joined == null || joined.isEmpty() ? etag : Headers.unquoted(joined);
        } catch (IOException failed) {
            throw RemoteErrors.translated(failed);
        }
        uploads.remove(upload);
        return new Joined(size, given);
    }

    void abort(Upload upload) {
        Map<String, String> query = Map.of("uploadId", uploads.remoteId(upload));
        RemoteErrors.repeated(() -> {
            try {
                backend.call(ask("DELETE", upload, query, Map.of())).close();
            } catch (RemoteException gone) {
                if (gone.status() != 404) {
                    throw gone;
                }
            }
            return upload;
        });
        uploads.remove(upload);
    }
}
