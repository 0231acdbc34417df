package landfall.objects.admin;

import java.io.IOException;
import java.util.Optional;
import landfall.objects.remote.Origin;
import landfall.objects.remote.ReadThroughStore;
import landfall.objects.user.Secret;
import landfall.objects.user.User;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /buckets/NAME/read-through}: the old store that a bucket is read through from. */
final class ReadThroughRequests {
    private final ReadThroughStore store;

    ReadThroughRequests(ReadThroughStore store) {
        this.store = store;
    }

    /** Sets it (PUT) or ends it (DELETE). */
    void change(String method, String bucket, JsonNode body) throws IOException {
        switch (method) {
            case "PUT" -> store.readThrough(bucket, origin(body));
            case "DELETE" -> store.endReadThrough(bucket);
            default -> throw new AdminException(405, method + " isn't done to read-through");
        }
    }

    private static Origin origin(JsonNode body) {
        String id = body.path("accessKeyId").asString("");
        String secret = body.path("secretAccessKey").asString("");
        if (id.isEmpty() != secret.isEmpty()) {
            throw new AdminException(400, "accessKeyId and secretAccessKey belong together: only one of them is given");
        }
        return Origin.of(
                body.path("url").asString(""),
                body.path("region").asString("us-east-1"),
                id.isEmpty() ? Optional.empty() : Optional.of(new User.AccessKey(id, Secret.of(secret))));
    }

    /** Adds what may be told, which isn't the secret. */
    void show(String bucket, ObjectNode node) {
        store.origin(bucket).ifPresent(origin -> {
            ObjectNode shown = node.putObject("readThrough");
            shown.put("url", origin.url());
            shown.put("region", origin.region());
            origin.keys().ifPresent(key -> shown.put("accessKeyId", key.id()));
        });
    }
}
