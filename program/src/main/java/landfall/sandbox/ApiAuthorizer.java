package landfall.sandbox;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who may do what: the cluster's owner everything, everybody else what Roles and RoleBindings of the namespace give to
 * users by name. Cluster roles, groups and resource names give nothing here.
 */
final class ApiAuthorizer {
    static final String OWNER = "landfall-sandbox";

    private static final ApiResource ROLES =
            ApiResource.find("rbac.authorization.k8s.io", "roles").orElseThrow();
    private static final ApiResource BINDINGS =
            ApiResource.find("rbac.authorization.k8s.io", "rolebindings").orElseThrow();

    private final ApiStore store;

    ApiAuthorizer(ApiStore store) {
        this.store = store;
    }

    /** @throws ApiFailure 403 in the words of a real API server */
    void check(String user, String verb, ApiResource resource, @Nullable String namespace, @Nullable String name)
            throws ApiFailure {
        // A namespace itself is looked at with the rights one has in it.
        String where = namespace == null && resource.equals(ApiResource.NAMESPACES) ? name : namespace;
        if (user.equals(OWNER) || (where != null && isGiven(user, verb, resource, where))) {
            return;
        }
        throw new ApiFailure(
                403,
                "Forbidden",
                resource.qualified() + (name == null ? "" : " \"" + name + "\"") + " is forbidden: User \"" + user
                        + "\" cannot " + verb + " resource \"" + resource.plural() + "\" in API group \""
                        + resource.group() + "\""
                        + (where == null ? " at the cluster scope" : " in the namespace \"" + where + "\""));
    }

    private boolean isGiven(String user, String verb, ApiResource resource, String namespace) {
        for (ObjectNode binding : store.list(BINDINGS, namespace)) {
            boolean isBound = binding.path("subjects")
                    .valueStream()
                    .anyMatch(subject -> subject.path("kind").asString("").equals("User")
                            && subject.path("name").asString("").equals(user));
            JsonNode reference = binding.path("roleRef");
            if (isBound && reference.path("kind").asString("").equals("Role")) {
                String role = reference.path("name").asString("");
                for (ObjectNode candidate : store.list(ROLES, namespace)) {
                    if (ApiJson.name(candidate).equals(role) && gives(candidate, verb, resource)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static boolean gives(ObjectNode role, String verb, ApiResource resource) {
        return role.path("rules")
                .valueStream()
                .anyMatch(rule -> holds(rule.path("verbs"), verb)
                        && holds(rule.path("apiGroups"), resource.group())
                        && holds(rule.path("resources"), resource.plural()));
    }

    private static boolean holds(JsonNode list, String wanted) {
        return list.valueStream()
                .map(word -> word.asString(""))
                .anyMatch(word -> word.equals("*") || word.equals(wanted));
    }
}
