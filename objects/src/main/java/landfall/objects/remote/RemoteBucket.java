package landfall.objects.remote;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import landfall.objects.s3.Headers;
import landfall.objects.s3.Xml;
import landfall.objects.store.Listing;
import landfall.objects.store.Meta;
import landfall.objects.store.ObjectVersion;
import org.jspecify.annotations.Nullable;

/** A bucket of another store, read: keys are as they are here, without the prefix that they have there. */
final class RemoteBucket {
    private static final int TAGS_MAX = 50;

    private final RemoteS3 store;
    private final String name;
    private final String prefix;
    private final String owner;

    /** {@code owner}: the canonical id that its objects get here. */
    RemoteBucket(RemoteS3 store, String name, String prefix, String owner) {
        this.store = store;
        this.name = name;
        this.prefix = prefix;
        this.owner = owner;
    }

    /** An object and its bytes on their way. */
    record Arriving(ObjectVersion version, RemoteS3.Answer answer) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            answer.close();
        }
    }

    /** What HEAD tells. {@code tagged}: whether it has tags, as far as the store says. */
    record Told(ObjectVersion version, boolean tagged) {}

    /** What is there under the key, empty if nothing. {@code here}: the bucket's name here. */
    Optional<ObjectVersion> head(String here, String key) throws IOException {
        return told(here, key).map(Told::version);
    }

    /** As {@link #head}, and whether there are tags. */
    Optional<Told> told(String here, String key) throws IOException {
        try (RemoteS3.Answer answer = store.call(ask("HEAD", key, Map.of("x-amz-checksum-mode", "ENABLED")))) {
            return Optional.of(told(RemoteObject.version(here, key, owner, answer.headers(), -1), answer));
        } catch (RemoteException refused) {
            if (refused.status() != 404) {
                throw refused;
            }
            // An answer to HEAD has no body: that the bucket is missing there looks the same as that the key is.
            Optional<Arriving> got = get(here, key);
            if (got.isEmpty()) {
                return Optional.empty();
            }
            try (Arriving there = got.get()) {
                return Optional.of(told(there.version(), there.answer()));
            }
        }
    }

    private static Told told(ObjectVersion version, RemoteS3.Answer answer) {
        String count = answer.header("x-amz-tagging-count");
        return new Told(version, count != null && !count.equals("0"));
    }

    /** Opens the object, empty if there is none. The caller closes it. */
    Optional<Arriving> get(String here, String key) throws IOException {
        RemoteS3.Answer answer;
        try {
            answer = store.call(ask("GET", key, Map.of("x-amz-checksum-mode", "ENABLED")));
        } catch (RemoteException refused) {
            if (refused.status() == 404
                    && (refused.code().isEmpty() || refused.code().equals("NoSuchKey"))) {
                return Optional.empty();
            }
            throw refused;
        }
        try {
            ObjectVersion version = RemoteObject.version(here, key, owner, answer.headers(), -1);
            return Optional.of(new Arriving(version, answer));
        } catch (IOException | RuntimeException unfit) {
            answer.close();
            throw unfit;
        }
    }

    /** The rest of an object from {@code offset} on, if it is still the one with this ETag. */
    RemoteS3.Answer rest(String key, String etag, long offset) throws IOException {
        RemoteS3.Answer answer =
                store.call(ask("GET", key, Map.of("range", "bytes=" + offset + "-", "if-match", "\"" + etag + "\"")));
        if (answer.status() != 206) {
            answer.close();
            throw new IOException("the other store sent no range of " + key);
        }
        return answer;
    }

    /** The size of one part of a multipart object, -1 if the store doesn't tell. */
    long partSize(String key, int number) throws IOException {
        Map<String, String> query = Map.of("partNumber", Integer.toString(number));
        try (RemoteS3.Answer answer = store.call(new RemoteS3.Ask("HEAD", name, prefix + key, query, Map.of()))) {
            return answer.header("x-amz-mp-parts-count") == null
                    ? -1
                    : answer.headers().firstValueAsLong("content-length").orElse(-1);
        } catch (RemoteException unknown) {
            if (unknown.status() >= 500) {
                throw unknown;
            }
            return -1;
        }
    }

    SequencedMap<String, String> tags(String key) throws IOException {
        SequencedMap<String, String> tags = new LinkedHashMap<>();
        try (RemoteS3.Answer answer =
                store.call(new RemoteS3.Ask("GET", name, prefix + key, Map.of("tagging", ""), Map.of()))) {
            Xml.Element set = RemoteS3.document(answer).child("TagSet");
            for (Xml.Element tag : set == null ? List.<Xml.Element>of() : set.children("Tag")) {
                String tagName = tag.childText("Key");
                if (tagName != null && tags.size() < TAGS_MAX) {
                    tags.put(tagName, String.valueOf(tag.childText("Value")));
                }
            }
        }
        return tags;
    }

    private RemoteS3.Ask ask(String method, String key, Map<String, String> headers) {
        return new RemoteS3.Ask(method, name, prefix + key, Map.of(), headers);
    }

    /** One page. {@code token}: for the next page. */
    record Page(List<Listing.Item> items, @Nullable String token) {}

    /**
     * A page of the current objects, in the store's order; common prefixes mixed in.
     *
     * @param after keys greater than this; null from the beginning. Not used with a token
     * @param token of the page before, null for the first
     */
    Page list(String here, String below, String delimiter, @Nullable String after, @Nullable String token, int limit)
            throws IOException {
        Map<String, String> query = new TreeMap<>();
        query.put("list-type", "2");
        query.put("encoding-type", "url");
        query.put("max-keys", Integer.toString(limit));
        if (!(prefix + below).isEmpty()) {
            query.put("prefix", prefix + below);
        }
        if (!delimiter.isEmpty()) {
            query.put("delimiter", delimiter);
        }
        if (token != null) {
            query.put("continuation-token", token);
        } else if (after != null && !after.isEmpty()) {
            query.put("start-after", prefix + after);
        }
        Xml.Element root;
        try (RemoteS3.Answer answer = store.call(new RemoteS3.Ask("GET", name, "", query, Map.of()))) {
            root = RemoteS3.document(answer);
        }
        boolean encoded = "url".equals(root.childText("EncodingType"));
        List<Listing.Item> items = new ArrayList<>();
        for (Xml.Element each : root.children()) {
            switch (each.name()) {
                case "Contents" -> items.add(new Listing.Entry(entry(here, each, encoded)));
                case "CommonPrefixes" -> items.add(new Listing.CommonPrefix(key(each.childText("Prefix"), encoded)));
                default -> {
                    // what was asked for, said again
                }
            }
        }
        items.sort((one, other) -> Names.compare(Names.of(one), Names.of(other)));
        boolean truncated = "true".equals(root.childText("IsTruncated"));
        String next = root.childText("NextContinuationToken");
        if (truncated && (next == null || next.isEmpty())) {
            throw new IOException("the other store's listing of " + name + " is cut off without saying how to go on");
        }
        return new Page(items, truncated ? next : null);
    }

    private ObjectVersion entry(String here, Xml.Element each, boolean encoded) throws IOException {
        try {
            return new ObjectVersion(
                    here,
                    key(each.childText("Key"), encoded),
                    "null",
                    0,
                    true,
                    false,
                    Long.parseLong(String.valueOf(each.childText("Size")).strip()),
                    Headers.unquoted(String.valueOf(each.childText("ETag"))),
                    Instant.parse(String.valueOf(each.childText("LastModified")).strip()),
                    Meta.of(owner));
        } catch (NumberFormatException | DateTimeException unfit) {
            throw new IOException("the other store's listing of " + name + " can't be read: " + each, unfit);
        }
    }

    private String key(@Nullable String text, boolean encoded) throws IOException {
        String whole = text == null ? "" : encoded ? URLDecoder.decode(text, StandardCharsets.UTF_8) : text;
        if (!whole.startsWith(prefix)) {
            throw new IOException("the other store listed " + whole + ", which doesn't begin with " + prefix);
        }
        return whole.substring(prefix.length());
    }
}
