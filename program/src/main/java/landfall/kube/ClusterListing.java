package landfall.kube;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a namespace through the server's discovery: what somebody deployed, and not what the cluster made of it.
 *
 * <p>Objects that a controller owns are left out, but for Secrets, ConfigMaps and Services that apps may name.
 */
final class ClusterListing {
    /** What only the cluster writes. */
    private static final Set<String> RUNTIME_KINDS = Set.of(
            "Event",
            "Lease",
            "PodMetrics",
            "ControllerRevision",
            "PodTemplate",
            "Order",
            "Challenge",
            "CertificateRequest");

    private static final Set<String> NAMED_THOUGH_OWNED = Set.of("Secret", "ConfigMap", "Service");

    /** What every namespace has from the beginning. */
    private static final Set<String> GIVEN =
            Set.of("ConfigMap/kube-root-ca.crt", "ConfigMap/openshift-service-ca.crt", "ServiceAccount/default");

    /** Tokens for the API and Helm's own records: large, secret, and of no use elsewhere. */
    private static final String USEFUL_SECRETS = "type!=kubernetes.io/service-account-token,type!=helm.sh/release.v1";

    private static final Pattern USER = Pattern.compile("User \"([^\"]+)\"");
    private static final Pattern ACCOUNT = Pattern.compile("system:serviceaccount:([^:]+):(.+)");

    private static final int PAGE = 500;

    private final ClusterApi api;
    private final String namespace;
    private String user = "NAME";

    ClusterListing(ClusterApi api, String namespace) {
        this.api = api;
        this.namespace = namespace;
    }

    /** A resource type that the server lists for a namespace. */
    private record Collection(String apiVersion, String plural, String kind) {
        String group() {
            int slash = apiVersion.indexOf('/');
            return slash < 0 ? "" : apiVersion.substring(0, slash);
        }

        String path(String namespace) {
            return (group().isEmpty() ? "/api/" : "/apis/") + apiVersion + "/namespaces/" + namespace + "/" + plural;
        }

        /** As kubectl and RBAC write it: {@code deployments.apps}. */
        String resource() {
            return group().isEmpty() ? plural : plural + "." + group();
        }

        boolean isKnown() {
            return Schema.of(apiVersion, kind).isPresent();
        }
    }

    /** The objects in the order of their ids; kinds that can't be read are problems. */
    ReadResult read(Problems problems) throws ClusterException {
        List<ObjectNode> found = new ArrayList<>();
        List<Collection> forbidden = new ArrayList<>();
        for (Collection collection : collections()) {
            try {
                readCollection(collection, found);
            } catch (ClusterException e) {
                if (e.code() != 403) {
                    throw e;
                }
                forbidden.add(collection);
                Matcher named = USER.matcher(e.reason());
                user = named.find() ? named.group(1) : user;
            }
        }
        tell(forbidden, problems);
        Set<String> routed = found.stream()
                .filter(object -> kind(object).equals("Service")
                        && !object.path("spec").path("selector").isEmpty())
                .map(ClusterListing::name)
                .collect(Collectors.toSet());
        found.removeIf(object -> isMadeByTheCluster(object, routed));
        found.sort(Comparator.comparing(
                        (ObjectNode object) -> object.path("apiVersion").asString(""))
                .thenComparing(ClusterListing::kind)
                .thenComparing(ClusterListing::name));
        ObjectFactory factory = new ObjectFactory("cluster", true);
        for (int number = 0; number < found.size(); number++) {
            factory.add(new Document(number, new LiveTree().of(found.get(number))));
        }
        return new ReadResult(factory.objects(), List.of(), List.of(), List.of("cluster"));
    }

    /** Whom the server knows us as, as kubectl create rolebinding takes it. */
    private String subject() {
        Matcher account = ACCOUNT.matcher(user);
        return account.matches() ? "--serviceaccount=" + account.group(1) + ":" + account.group(2) : "--user=" + user;
    }

    private void tell(List<Collection> forbidden, Problems problems) {
        List<String> needed = forbidden.stream()
                .filter(Collection::isKnown)
                .map(Collection::resource)
                .sorted()
                .toList();
        if (!needed.isEmpty()) {
            problems.add(Problem.error(
                    "not allowed to list " + String.join(", ", needed) + " in namespace " + namespace,
                    "a plan must know of every object that the service consists of",
                    "Give the kubeconfig's user these rights: kubectl create role landfall-plan -n " + namespace
                            + " --verb=get,list --resource=" + String.join(",", needed)
                            + "; then bind it with kubectl create rolebinding landfall-plan -n " + namespace
                            + " --role=landfall-plan " + subject()));
        }
        List<String> others = forbidden.stream()
                .filter(collection -> !collection.isKnown())
                .map(Collection::resource)
                .sorted()
                .toList();
        if (!others.isEmpty()) {
            problems.add(Problem.warning(
                    Origin.file("cluster"),
                    "not allowed to list " + String.join(", ", others) + " in namespace " + namespace,
                    "Landfall has no rules for these kinds; whether there are any is not known",
                    ""));
        }
    }

    /** Each kind once, in the version that the server prefers or else the one that Landfall knows. */
    private List<Collection> collections() throws ClusterException {
        Map<String, Collection> found = new LinkedHashMap<>();
        resources("v1", found);
        for (JsonNode group : api.get("/apis").path("groups").values()) {
            Set<String> versions = new TreeSet<>();
            versions.add(group.path("preferredVersion").path("groupVersion").asString());
            resources(versions.iterator().next(), found);
            for (JsonNode version : group.path("versions").values()) {
                String other = version.path("groupVersion").asString();
                if (versions.add(other)) {
                    resources(other, found);
                }
            }
        }
        return List.copyOf(found.values());
    }

    private void resources(String apiVersion, Map<String, Collection> found) throws ClusterException {
        JsonNode list = api.get((apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion);
        for (JsonNode resource : list.path("resources").values()) {
            Collection collection = new Collection(
                    apiVersion,
                    resource.path("name").asString(""),
                    resource.path("kind").asString(""));
            boolean isListed = resource.path("verbs")
                    .valueStream()
                    .anyMatch(verb -> verb.asString("").equals("list"));
            if (resource.path("namespaced").asBoolean(false)
                    && isListed
                    && !collection.plural().contains("/")
                    && !RUNTIME_KINDS.contains(collection.kind())) {
                found.putIfAbsent(collection.resource(), collection);
            }
        }
    }

    private void readCollection(Collection collection, List<ObjectNode> into) throws ClusterException {
        String next = "";
        do {
            StringBuilder path = new StringBuilder(collection.path(namespace)).append("?limit=" + PAGE);
            if (collection.resource().equals("secrets")) {
                path.append("&fieldSelector=").append(ClusterApi.encoded(USEFUL_SECRETS));
            }
            if (!next.isEmpty()) {
                path.append("&continue=").append(ClusterApi.encoded(next));
            }
            JsonNode page = api.get(path.toString());
            for (JsonNode item : page.path("items").values()) {
                // The items of a list carry neither apiVersion nor kind.
                ObjectNode object = ClusterApi.object();
                object.put("apiVersion", collection.apiVersion()).put("kind", collection.kind());
                item.properties().forEach(field -> object.set(field.getKey(), field.getValue()));
                into.add(object);
            }
            next = page.path("metadata").path("continue").asString("");
        } while (!next.isEmpty());
    }

    /** @param routed Services whose endpoints the cluster finds by itself */
    private static boolean isMadeByTheCluster(ObjectNode object, Set<String> routed) {
        String kind = kind(object);
        boolean isOwned = object.path("metadata")
                .path("ownerReferences")
                .valueStream()
                .anyMatch(owner -> owner.path("controller").asBoolean(false));
        JsonNode labels = object.path("metadata").path("labels");
        return switch (kind) {
            case "Endpoints" -> routed.contains(name(object));
            case "EndpointSlice" ->
                isOwned
                        || Optional.ofNullable(labels.get("endpointslice.kubernetes.io/managed-by"))
                                .filter(manager -> manager.asString("").endsWith("controller.k8s.io"))
                                .isPresent();
            default -> GIVEN.contains(kind + "/" + name(object)) || (isOwned && !NAMED_THOUGH_OWNED.contains(kind));
        };
    }

    private static String kind(ObjectNode object) {
        return object.path("kind").asString("");
    }

    private static String name(ObjectNode object) {
        return object.path("metadata").path("name").asString("");
    }
}
