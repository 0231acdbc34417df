package landfall.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Names and owner references as the real controllers make them. */
final class ClusterNames {
    /** Kubernetes leaves out vowels and look-alikes. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private ClusterNames() {}

    static String suffix() {
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            suffix.append(ALPHABET.charAt(ThreadLocalRandom.current().nextInt(ALPHABET.length())));
        }
        return suffix.toString();
    }

    /** The hash of a pod template, in the alphabet of names. */
    static String hash(JsonNode template) {
        CRC32 crc = new CRC32();
        crc.update(template.toString().getBytes(StandardCharsets.UTF_8));
        long value = crc.getValue();
        StringBuilder hash = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            hash.append(ALPHABET.charAt((int) (value % ALPHABET.length())));
            value /= ALPHABET.length();
        }
        return hash.toString();
    }

    static boolean ownedBy(JsonNode object, String uid) {
        return ApiJson.at(object, "metadata", "ownerReferences")
                .valueStream()
                .anyMatch(owner -> ApiJson.text(owner, "uid").equals(uid));
    }

    static void own(ObjectNode object, ObjectNode owner) {
        ApiJson.metadata(object)
                .putArray("ownerReferences")
                .addObject()
                .put("apiVersion", ApiJson.text(owner, "apiVersion"))
                .put("kind", ApiJson.text(owner, "kind"))
                .put("name", ApiJson.name(owner))
                .put("uid", ApiJson.text(owner, "metadata", "uid"))
                .put("controller", true)
                .put("blockOwnerDeletion", true);
    }
}
