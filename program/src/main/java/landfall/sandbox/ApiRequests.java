package landfall.sandbox;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The calls of the emulated API on objects: discovery, read, write, patch, scale, delete. */
final class ApiRequests {
    /**
     * One call, independent of HTTP.
     *
     * @param user who asks, by the token
     */
    record Call(String user, String method, String path, Map<String, String> query, String contentType, String body) {
        String parameter(String name) {
            return query.getOrDefault(name, "");
        }
    }

    /** An answer: an object, or a stream that the server writes. */
    sealed interface Reply {}

    record Json(int code, JsonNode body) implements Reply {}

    record Watch(
            ApiResource resource, @Nullable String namespace, Predicate<JsonNode> selected, long since, long millis)
            implements Reply {}

    record Log(String namespace, String pod, String container, boolean follow, int tail) implements Reply {}

    private record Place(
            ApiResource resource,
            @Nullable String namespace,
            @Nullable String name,
            String sub) {
        String scope() {
            return namespace == null ? "" : namespace;
        }

        String needName() throws ApiFailure {
            if (name == null) {
                throw new ApiFailure(405, "MethodNotAllowed", "the server does not allow this method on a collection");
            }
            return name;
        }
    }

    private final ApiStore store;
    private final ApiAdmission admission;
    private final ApiAuthorizer authorizer;

    ApiRequests(ApiStore store) {
        this.store = store;
        this.admission = new ApiAdmission(store);
        this.authorizer = new ApiAuthorizer(store);
    }

    Reply handle(Call call) throws ApiFailure {
        List<String> path = Arrays.stream(call.path().split("/"))
                .filter(word -> !word.isEmpty())
                .toList();
        String first = path.isEmpty() ? "" : path.getFirst();
        if (List.of("healthz", "livez", "readyz", "version").contains(first) || path.isEmpty()) {
            return new Json(200, ApiDiscovery.version());
        }
        boolean core = first.equals("api");
        if (!core && !first.equals("apis")) {
            throw new ApiFailure(404, "NotFound", "the server could not find the requested resource");
        }
        int prefix = core ? 2 : 3;
        if (path.size() <= prefix) {
            return new Json(200, ApiDiscovery.answer(path));
        }
        if (path.contains("selfsubjectaccessreviews")) {
            ObjectNode review = body(call);
            review.putObject("status").put("allowed", true);
            return new Json(201, review);
        }
        Place place = place(core ? "" : path.get(1), path.get(prefix - 1), path.subList(prefix, path.size()));
        authorizer.check(call.user(), verb(place, call), place.resource(), place.namespace(), place.name());
        return switch (call.method()) {
            case "GET" -> read(place, call);
            case "POST" -> create(place, call);
            case "PUT" -> write(place, call, (object, current) -> replace(current, object));
            case "PATCH" -> patch(place, call);
            case "DELETE" -> delete(place, call);
            default -> throw new ApiFailure(405, "MethodNotAllowed", call.method() + " is not allowed");
        };
    }

    /** The words of RBAC. */
    private static String verb(Place place, Call call) {
        boolean isCollection = place.name() == null;
        return switch (call.method()) {
            case "GET" ->
                isCollection ? List.of("1", "true").contains(call.parameter("watch")) ? "watch" : "list" : "get";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "DELETE" -> isCollection ? "deletecollection" : "delete";
            default -> call.method().toLowerCase(Locale.ROOT);
        };
    }

    private Place place(String group, String version, List<String> words) throws ApiFailure {
        String namespace = null;
        List<String> rest = words;
        if (words.getFirst().equals("namespaces")
                && words.size() >= 3
                && !List.of("status", "finalize").contains(words.get(2))) {
            namespace = words.get(1);
            rest = words.subList(2, words.size());
        }
        String plural = rest.getFirst();
        ApiResource resource = ApiResource.find(group, plural)
                .filter(found -> found.version().equals(version))
                .orElseThrow(() -> new ApiFailure(404, "NotFound", "the server could not find the requested resource"));
        String name = rest.size() > 1 ? rest.get(1) : null;
        return new Place(resource, namespace, name, rest.size() > 2 ? rest.get(2) : "");
    }

    private Reply read(Place place, Call call) throws ApiFailure {
        if (place.name() == null) {
            Predicate<JsonNode> selected =
                    ApiSelector.of(call.parameter("labelSelector"), call.parameter("fieldSelector"));
            boolean watch = List.of("true", "1").contains(call.parameter("watch"));
            return watch ? watch(place, call, selected) : new Json(200, list(place, call, selected));
        }
        ObjectNode object = store.get(place.resource(), place.scope(), place.name());
        return switch (place.sub()) {
            case "", "status" -> new Json(200, object);
            case "scale" -> new Json(200, scale(place, object));
            case "log" ->
                new Log(
                        place.scope(),
                        place.name(),
                        call.parameter("container"),
                        call.parameter("follow").equals("true"),
                        number(call.parameter("tailLines"), -1));
            default -> throw unknownSub(place);
        };
    }

    private static ApiFailure unknownSub(Place place) {
        return new ApiFailure(404, "NotFound", "the emulated cluster has no subresource " + place.sub());
    }

    private static int number(String text, int otherwise) {
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : otherwise;
    }

    private Watch watch(Place place, Call call, Predicate<JsonNode> selected) throws ApiFailure {
        String since = call.parameter("resourceVersion");
        long version = since.isEmpty() || since.equals("0") ? -1 : Long.parseLong(since);
        if (version > 0 && !store.remembers(version)) {
            throw new ApiFailure(410, "Expired", "too old resource version: " + since);
        }
        long millis = number(call.parameter("timeoutSeconds"), 3600) * 1000L;
        return new Watch(place.resource(), place.namespace(), selected, version, millis);
    }

    private ObjectNode list(Place place, Call call, Predicate<JsonNode> selected) {
        ObjectNode list = ApiJson.object();
        list.put("apiVersion", place.resource().apiVersion())
                .put("kind", place.resource().kind() + "List");
        ObjectNode metadata = list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        int limit = number(call.parameter("limit"), 0);
        String after = call.parameter("continue");
        long version;
        List<ObjectNode> all;
        synchronized (store) {
            version = store.version();
            all = store.list(place.resource(), place.namespace());
        }
        metadata.put("resourceVersion", Long.toString(version));
        String last = "";
        for (ObjectNode object : all) {
            String key = ApiJson.namespace(object) + "/" + ApiJson.name(object);
            if (!selected.test(object) || (!after.isEmpty() && key.compareTo(after) <= 0)) {
                continue;
            }
            if (limit > 0 && items.size() == limit) {
                metadata.put("continue", last);
                break;
            }
            items.add(object);
            last = key;
        }
        return list;
    }

    private static ObjectNode body(Call call) throws ApiFailure {
        try {
            if (ApiJson.MAPPER.readTree(call.body()) instanceof ObjectNode object) {
                return object;
            }
            throw ApiFailure.badRequest("the body is not an object");
        } catch (JacksonException e) {
            throw ApiFailure.badRequest("the body is not JSON: " + e.getOriginalMessage());
        }
    }

    private Json create(Place place, Call call) throws ApiFailure {
        if (place.name() != null) {
            throw new ApiFailure(405, "MethodNotAllowed", "POST is for collections");
        }
        ObjectNode object = body(call);
        checkKind(place.resource(), object);
        ObjectNode metadata = ApiJson.metadata(object);
        if (ApiJson.name(object).isEmpty() && metadata.has("generateName")) {
            metadata.put("name", ApiJson.text(metadata, "generateName") + ClusterNames.suffix());
        }
        String namespace = place.scope();
        if (place.resource().namespaced()) {
            String own = ApiJson.namespace(object);
            if (!own.isEmpty() && !own.equals(namespace)) {
                throw ApiFailure.badRequest("the namespace of the object does not match the namespace of the request");
            }
            ObjectNode home = store.get(ApiResource.NAMESPACES, "", namespace);
            if (ApiJson.terminating(home)) {
                throw new ApiFailure(403, "Forbidden", "namespace " + namespace + " is being terminated");
            }
            metadata.put("namespace", namespace);
        }
        object.remove("status");
        admission.admit(place.resource(), object);
        ObjectNode created = store.create(place.resource(), namespace, object);
        if (place.resource().equals(ApiResource.NAMESPACES)) {
            furnish(ApiJson.name(created));
        }
        return new Json(201, created);
    }

    /** What the controllers of a real cluster put into every namespace. */
    private void furnish(String namespace) throws ApiFailure {
        ObjectNode certificate = ApiJson.object();
        ApiJson.metadata(certificate).put("name", "kube-root-ca.crt");
        certificate.putObject("data").put("ca.crt", "the certificate of the emulated cluster is in its kubeconfig");
        store.create(ApiResource.CONFIG_MAPS, namespace, certificate);
        ObjectNode account = ApiJson.object();
        ApiJson.metadata(account).put("name", "default");
        store.create(ApiResource.find("", "serviceaccounts").orElseThrow(), namespace, account);
    }

    private static void checkKind(ApiResource resource, ObjectNode object) throws ApiFailure {
        String kind = ApiJson.text(object, "kind");
        String version = ApiJson.text(object, "apiVersion");
        if ((!kind.isEmpty() && !kind.equals(resource.kind()))
                || (!version.isEmpty() && !version.equals(resource.apiVersion()))) {
            throw ApiFailure.badRequest("the object is a " + version + " " + kind + ", the request is for "
                    + resource.apiVersion() + " " + resource.kind());
        }
    }

    private interface Change {
        void apply(ObjectNode given, ObjectNode current) throws ApiFailure;
    }

    private static void replace(ObjectNode current, ObjectNode by) {
        current.removeAll();
        current.setAll(by);
    }

    private Json patch(Place place, Call call) throws ApiFailure {
        JsonNode patch;
        try {
            patch = ApiJson.MAPPER.readTree(call.body());
        } catch (JacksonException e) {
            throw ApiFailure.badRequest("the patch is not JSON: " + e.getOriginalMessage());
        }
        return change(place, current -> ApiPatch.apply(call.contentType(), patch, current));
    }

    private Json write(Place place, Call call, Change change) throws ApiFailure {
        ObjectNode given = body(call);
        if (!place.sub().equals("scale")) {
            checkKind(place.resource(), given);
        }
        return change(place, current -> change.apply(given, current));
    }

    /** Applies a change to the part of the object that the subresource covers. */
    private Json change(Place place, ApiStore.Edit edit) throws ApiFailure {
        String name = place.needName();
        ObjectNode result = store.edit(place.resource(), place.scope(), name, object -> {
            switch (place.sub()) {
                case "" -> {
                    JsonNode status = object.path("status").deepCopy();
                    edit.apply(object);
                    if (status.isMissingNode()) {
                        object.remove("status");
                    } else {
                        object.set("status", status);
                    }
                    ApiJson.metadata(object).put("name", name);
                    admission.admit(place.resource(), object);
                }
                case "status" -> {
                    ObjectNode changed = object.deepCopy();
                    edit.apply(changed);
                    object.set("status", changed.path("status"));
                }
                case "scale" -> {
                    ObjectNode scale = scale(place, object);
                    edit.apply(scale);
                    ApiJson.metadata(object).put("resourceVersion", ApiJson.text(scale, "metadata", "resourceVersion"));
                    ApiJson.child(object, "spec")
                            .put(
                                    "replicas",
                                    ApiJson.at(scale, "spec", "replicas").asInt(0));
                }
                default -> throw unknownSub(place);
            }
        });
        return new Json(200, place.sub().equals("scale") ? scale(place, result) : result);
    }

    private static ObjectNode scale(Place place, ObjectNode object) throws ApiFailure {
        if (!place.resource().scales()) {
            throw unknownSub(place);
        }
        ObjectNode scale = ApiJson.object();
        scale.put("apiVersion", "autoscaling/v1").put("kind", "Scale");
        ObjectNode metadata = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            metadata.put(field, ApiJson.text(object, "metadata", field));
        }
        scale.putObject("spec")
                .put("replicas", ApiJson.at(object, "spec", "replicas").asInt(0));
        List<String> labels = new ArrayList<>();
        ApiJson.strings(ApiJson.at(object, "spec", "selector", "matchLabels"))
                .forEach((label, value) -> labels.add(label + "=" + value));
        scale.putObject("status")
                .put("replicas", ApiJson.at(object, "status", "replicas").asInt(0))
                .put("selector", String.join(",", labels));
        return scale;
    }

    private Json delete(Place place, Call call) throws ApiFailure {
        ObjectNode options = call.body().isEmpty() ? ApiJson.object() : body(call);
        if (place.name() == null) {
            Predicate<JsonNode> selected =
                    ApiSelector.of(call.parameter("labelSelector"), call.parameter("fieldSelector"));
            ObjectNode list = list(place, call, selected);
            for (JsonNode item : list.path("items").values()) {
                delete(place.resource(), ApiJson.namespace(item), ApiJson.name(item), options, call);
            }
            return new Json(200, list);
        }
        return new Json(200, delete(place.resource(), place.scope(), place.name(), options, call));
    }

    private ObjectNode delete(ApiResource resource, String namespace, String name, ObjectNode options, Call call)
            throws ApiFailure {
        ObjectNode object = store.get(resource, namespace, name);
        JsonNode conditions = options.path("preconditions");
        for (String field : List.of("uid", "resourceVersion")) {
            if (conditions.has(field)
                    && !ApiJson.text(conditions, field).equals(ApiJson.text(object, "metadata", field))) {
                throw new ApiFailure(409, "Conflict", "precondition failed: " + field + " differs");
            }
        }
        if (resource.equals(ApiResource.PODS)) {
            int grace = options.has("gracePeriodSeconds")
                    ? options.path("gracePeriodSeconds").asInt(30)
                    : number(call.parameter("gracePeriodSeconds"), -1);
            return ClusterPods.markDeleted(store, object, grace);
        }
        if (ApiJson.text(options, "propagationPolicy").equals("Orphan")) {
            orphan(ApiJson.text(object, "metadata", "uid"));
        }
        if (resource.equals(ApiResource.NAMESPACES)) {
            for (ApiResource inside : ApiResource.all()) {
                for (ObjectNode member : inside.namespaced() ? store.list(inside, name) : List.<ObjectNode>of()) {
                    delete(inside, name, ApiJson.name(member), ApiJson.object(), call);
                }
            }
        }
        return store.remove(resource, namespace, name).orElseThrow(() -> ApiFailure.notFound(resource, name));
    }

    private void orphan(String owner) throws ApiFailure {
        for (ApiResource resource : List.of(ApiResource.PODS, ApiResource.JOBS)) {
            for (ObjectNode object : store.list(resource, null)) {
                if (ClusterNames.ownedBy(object, owner)) {
                    store.edit(
                            resource,
                            ApiJson.namespace(object),
                            ApiJson.name(object),
                            copy -> ApiJson.metadata(copy).remove("ownerReferences"));
                }
            }
        }
    }
}
