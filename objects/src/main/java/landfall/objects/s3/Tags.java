package landfall.objects.s3;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/** Tags: "Categorizing your storage using tags" gives the bounds. */
final class Tags {
    private static final int OBJECT_TAGS_MAX = 10;
    private static final int BUCKET_TAGS_MAX = 50;
    private static final int KEY_MAX = 128;
    private static final int VALUE_MAX = 256;

    private Tags() {}

    /** Of {@code x-amz-tagging: a=1&b=2}. @throws S3Exception InvalidTag, InvalidArgument */
    static SequencedMap<String, String> fromHeader(String header) {
        SequencedMap<String, String> tags = new TreeMap<>();
        for (Query.Parameter each : Query.parse(header).parameters()) {
            put(tags, each.name(), each.value());
        }
        return checked(tags, OBJECT_TAGS_MAX);
    }

    /** Of a Tagging document. @throws S3Exception MalformedXML, InvalidTag */
    static SequencedMap<String, String> fromXml(byte[] body, boolean ofBucket) {
        Xml.Element set = Xml.read(body, "Tagging").child("TagSet");
        if (set == null) {
            throw new S3Exception(S3Error.MalformedXML);
        }
        SequencedMap<String, String> tags = new TreeMap<>();
        for (Xml.Element tag : set.children("Tag")) {
            String key = tag.childText("Key");
            String value = tag.childText("Value");
            if (key == null || value == null) {
                throw new S3Exception(S3Error.MalformedXML);
            }
            put(tags, key, value);
        }
        return checked(tags, ofBucket ? BUCKET_TAGS_MAX : OBJECT_TAGS_MAX);
    }

    private static void put(Map<String, String> tags, String key, String value) {
        if (tags.put(key, value) != null) {
            throw new S3Exception(S3Error.InvalidTag, "Cannot provide multiple Tags with the same key")
                    .with("TagKey", key);
        }
    }

    private static SequencedMap<String, String> checked(SequencedMap<String, String> tags, int most) {
        if (tags.size() > most) {
            throw most == OBJECT_TAGS_MAX
                    ? new S3Exception(S3Error.InvalidTag, "Object tags cannot be greater than " + most)
                    : new S3Exception(S3Error.InvalidTag, "Bucket tag count cannot be greater than " + most);
        }
        tags.forEach((key, value) -> {
            if (key.isEmpty() || key.length() > KEY_MAX) {
                throw new S3Exception(S3Error.InvalidTag, "The TagKey you have provided is invalid")
                        .with("TagKey", key);
            }
            if (value.length() > VALUE_MAX) {
                throw new S3Exception(S3Error.InvalidTag, "The TagValue you have provided is invalid")
                        .with("TagKey", key);
            }
        });
        return new LinkedHashMap<>(tags);
    }

    static Xml xml(Map<String, String> tags) {
        Xml xml = Xml.document("Tagging").begin("TagSet");
        new TreeMap<>(tags)
                .forEach((key, value) ->
                        xml.begin("Tag").add("Key", key).add("Value", value).end());
        return xml.end();
    }
}
