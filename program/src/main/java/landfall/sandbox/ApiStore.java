package landfall.sandbox;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The objects of the emulated cluster, their versions, and the changes that watches follow. */
final class ApiStore {
    private static final int HISTORY_MAX = 20_000;

    private record Key(ApiResource resource, String namespace, String name) {}

    /** One change, as a watch reports it. */
    record Change(long version, String type, ApiResource resource, ObjectNode object) {}

    /** Changes an object in place. */
    interface Edit {
        void apply(ObjectNode object) throws ApiFailure;
    }

    private final Map<Key, ObjectNode> objects = new TreeMap<>(
            java.util.Comparator.comparing((Key key) -> key.resource().qualified())
                    .thenComparing(Key::namespace)
                    .thenComparing(Key::name));
    private final Deque<Change> history = new ArrayDeque<>();
    private long version = 1;
    private boolean closed;

    synchronized long version() {
        return version;
    }

    synchronized Optional<ObjectNode> find(ApiResource resource, String namespace, String name) {
        return Optional.ofNullable(objects.get(new Key(resource, namespace, name)))
                .map(ObjectNode::deepCopy);
    }

    ObjectNode get(ApiResource resource, String namespace, String name) throws ApiFailure {
        return find(resource, namespace, name).orElseThrow(() -> ApiFailure.notFound(resource, name));
    }

    /** @param namespace null: all */
    synchronized List<ObjectNode> list(ApiResource resource, @Nullable String namespace) {
        List<ObjectNode> found = new ArrayList<>();
        objects.forEach((key, object) -> {
            if (key.resource().equals(resource) && (namespace == null || namespace.equals(key.namespace()))) {
                found.add(object.deepCopy());
            }
        });
        return found;
    }

    synchronized ObjectNode create(ApiResource resource, String namespace, ObjectNode object) throws ApiFailure {
        String name = ApiJson.name(object);
        Key key = new Key(resource, namespace, name);
        if (objects.containsKey(key)) {
            throw new ApiFailure(409, "AlreadyExists", resource.qualified() + " \"" + name + "\" already exists");
        }
        ObjectNode copy = object.deepCopy();
        copy.put("apiVersion", resource.apiVersion()).put("kind", resource.kind());
        ObjectNode metadata = ApiJson.metadata(copy);
        if (resource.namespaced()) {
            metadata.put("namespace", namespace);
        }
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", now());
        metadata.put("generation", 1);
        metadata.remove("deletionTimestamp");
        return stored(key, copy, "ADDED");
    }

    static String now() {
        return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private ObjectNode stored(Key key, ObjectNode object, String type) {
        version++;
        ApiJson.metadata(object).put("resourceVersion", Long.toString(version));
        if (type.equals("DELETED")) {
            objects.remove(key);
        } else {
            objects.put(key, object);
        }
        history.add(new Change(version, type, key.resource(), object.deepCopy()));
        if (history.size() > HISTORY_MAX) {
            history.removeFirst();
        }
        notifyAll();
        return object.deepCopy();
    }

    /** Changes an object under the store's lock; nothing is recorded where nothing changed. */
    synchronized ObjectNode edit(ApiResource resource, String namespace, String name, Edit edit) throws ApiFailure {
        Key key = new Key(resource, namespace, name);
        ObjectNode before = objects.get(key);
        if (before == null) {
            throw ApiFailure.notFound(resource, name);
        }
        ObjectNode after = before.deepCopy();
        edit.apply(after);
        checkVersion(resource, name, before, after);
        ObjectNode metadata = ApiJson.metadata(after);
        for (String fixed : List.of("uid", "creationTimestamp", "generation", "name", "namespace", "resourceVersion")) {
            JsonNode value = before.path("metadata").path(fixed);
            if (value.isMissingNode()) {
                metadata.remove(fixed);
            } else {
                metadata.set(fixed, value);
            }
        }
        after.put("apiVersion", resource.apiVersion()).put("kind", resource.kind());
        if (after.equals(before)) {
            return after;
        }
        if (!after.path("spec").equals(before.path("spec"))) {
            metadata.put(
                    "generation", before.path("metadata").path("generation").asLong(1) + 1);
        }
        return stored(key, after, "MODIFIED");
    }

    private static void checkVersion(ApiResource resource, String name, ObjectNode before, ObjectNode after)
            throws ApiFailure {
        String wanted = ApiJson.text(after, "metadata", "resourceVersion");
        if (!wanted.isEmpty() && !wanted.equals(ApiJson.text(before, "metadata", "resourceVersion"))) {
            throw new ApiFailure(
                    409,
                    "Conflict",
                    "Operation cannot be fulfilled on " + resource.qualified() + " \"" + name
                            + "\": the object has been modified; please apply your changes to the latest version and"
                            + " try again");
        }
        String uid = ApiJson.text(after, "metadata", "uid");
        if (!uid.isEmpty() && !uid.equals(ApiJson.text(before, "metadata", "uid"))) {
            throw new ApiFailure(409, "Conflict", resource.qualified() + " \"" + name + "\": the uid differs");
        }
    }

    synchronized Optional<ObjectNode> remove(ApiResource resource, String namespace, String name) {
        Key key = new Key(resource, namespace, name);
        ObjectNode object = objects.get(key);
        return object == null ? Optional.empty() : Optional.of(stored(key, object.deepCopy(), "DELETED"));
    }

    /** @return false where changes after that version are no longer kept */
    synchronized boolean remembers(long after) {
        return history.isEmpty() || after + 1 >= history.peekFirst().version();
    }

    /** Waits for changes after a version; empty after the patience or when closed. */
    synchronized List<Change> changes(long after, long patienceMillis) throws InterruptedException {
        long end = System.nanoTime() + patienceMillis * 1_000_000;
        while (version <= after && !closed) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return List.of();
            }
            wait(left);
        }
        List<Change> found = new ArrayList<>();
        java.util.Iterator<Change> newest = history.descendingIterator();
        while (newest.hasNext()) {
            Change change = newest.next();
            if (change.version() <= after) {
                break;
            }
            found.addFirst(change);
        }
        return found;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
