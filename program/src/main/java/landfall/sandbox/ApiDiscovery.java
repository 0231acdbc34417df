package landfall.sandbox;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the emulated API says of itself: {@code /version}, {@code /api}, {@code /apis}. */
final class ApiDiscovery {
    private static final List<String> VERBS =
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

    private ApiDiscovery() {}

    static ObjectNode version() {
        return ApiJson.object()
                .put("major", "1")
                .put("minor", "34")
                .put("gitVersion", "v1.34.0+landfall-sandbox")
                .put("platform", "linux/amd64");
    }

    /** @param path of at most group and version: {@code [api]}, {@code [apis, batch, v1]} */
    static ObjectNode answer(List<String> path) throws ApiFailure {
        boolean core = path.getFirst().equals("api");
        if (path.size() == 1) {
            return core ? coreVersions() : groups();
        }
        String group = core ? "" : path.get(1);
        List<ApiResource> resources = ApiResource.in(group);
        if (resources.isEmpty()) {
            throw new ApiFailure(404, "NotFound", "the server could not find the requested resource");
        }
        if (!core && path.size() == 2) {
            return group(group).put("apiVersion", "v1").put("kind", "APIGroup");
        }
        if (!path.getLast().equals(resources.getFirst().version())) {
            throw new ApiFailure(404, "NotFound", "the server could not find the requested resource");
        }
        return resources(resources);
    }

    private static ObjectNode coreVersions() {
        ObjectNode versions = ApiJson.object().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        return versions;
    }

    private static ObjectNode groups() {
        ObjectNode list = ApiJson.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        ApiResource.groups().forEach(name -> groups.add(group(name)));
        return list;
    }

    private static ObjectNode group(String name) {
        String version = ApiResource.in(name).getFirst().version();
        ObjectNode group = ApiJson.object().put("name", name);
        group.putArray("versions")
                .addObject()
                .put("groupVersion", name + "/" + version)
                .put("version", version);
        group.putObject("preferredVersion")
                .put("groupVersion", name + "/" + version)
                .put("version", version);
        return group;
    }

    private static ObjectNode resources(List<ApiResource> resources) {
        ObjectNode list = ApiJson.object().put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", resources.getFirst().apiVersion());
        ArrayNode entries = list.putArray("resources");
        for (ApiResource resource : resources) {
            entry(entries, resource, "", resource.kind(), VERBS);
            if (resource.scales()) {
                entry(entries, resource, "/scale", "Scale", List.of("get", "patch", "update"));
            }
        }
        return list;
    }

    private static void entry(ArrayNode entries, ApiResource resource, String sub, String kind, List<String> verbs) {
        ObjectNode entry = entries.addObject();
        entry.put("name", resource.plural() + sub)
                .put("singularName", kind.toLowerCase(java.util.Locale.ROOT))
                .put("namespaced", resource.namespaced())
                .put("kind", kind);
        verbs.forEach(entry.putArray("verbs")::add);
    }
}
