package landfall.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One resource type of the emulated API.
 *
 * @param group "" for the core group
 */
record ApiResource(String group, String version, String plural, String kind, boolean namespaced) {
    private static final List<ApiResource> TABLE = table();

    static final ApiResource NAMESPACES = named("", "namespaces");
    static final ApiResource SECRETS = named("", "secrets");
    static final ApiResource CONFIG_MAPS = named("", "configmaps");
    static final ApiResource CLAIMS = named("", "persistentvolumeclaims");
    static final ApiResource SERVICES = named("", "services");
    static final ApiResource ENDPOINTS = named("", "endpoints");
    static final ApiResource PODS = named("", "pods");
    static final ApiResource SLICES = named("discovery.k8s.io", "endpointslices");
    static final ApiResource DEPLOYMENTS = named("apps", "deployments");
    static final ApiResource STATEFUL_SETS = named("apps", "statefulsets");
    static final ApiResource JOBS = named("batch", "jobs");
    static final ApiResource CRON_JOBS = named("batch", "cronjobs");

    private static List<ApiResource> table() {
        List<ApiResource> all = new ArrayList<>();
        add(all, "", "v1", true, "configmaps ConfigMap", "secrets Secret", "services Service", "endpoints Endpoints");
        add(all, "", "v1", true, "pods Pod", "persistentvolumeclaims PersistentVolumeClaim", "events Event");
        add(all, "", "v1", true, "serviceaccounts ServiceAccount", "resourcequotas ResourceQuota");
        add(all, "", "v1", true, "limitranges LimitRange", "replicationcontrollers ReplicationController");
        add(all, "", "v1", false, "namespaces Namespace", "nodes Node", "persistentvolumes PersistentVolume");
        add(all, "apps", "v1", true, "deployments Deployment", "statefulsets StatefulSet", "daemonsets DaemonSet");
        add(all, "apps", "v1", true, "replicasets ReplicaSet");
        add(all, "batch", "v1", true, "jobs Job", "cronjobs CronJob");
        add(all, "autoscaling", "v2", true, "horizontalpodautoscalers HorizontalPodAutoscaler");
        add(all, "networking.k8s.io", "v1", true, "ingresses Ingress", "networkpolicies NetworkPolicy");
        add(all, "networking.k8s.io", "v1", false, "ingressclasses IngressClass");
        add(all, "discovery.k8s.io", "v1", true, "endpointslices EndpointSlice");
        add(all, "policy", "v1", true, "poddisruptionbudgets PodDisruptionBudget");
        add(all, "rbac.authorization.k8s.io", "v1", true, "roles Role", "rolebindings RoleBinding");
        add(all, "rbac.authorization.k8s.io", "v1", false, "clusterroles ClusterRole");
        add(all, "rbac.authorization.k8s.io", "v1", false, "clusterrolebindings ClusterRoleBinding");
        add(all, "storage.k8s.io", "v1", false, "storageclasses StorageClass");
        add(all, "coordination.k8s.io", "v1", true, "leases Lease");
        return List.copyOf(all);
    }

    private static void add(
            List<ApiResource> all, String group, String version, boolean namespaced, String... pluralsAndKinds) {
        for (String entry : pluralsAndKinds) {
            String[] words = entry.split(" ");
            all.add(new ApiResource(group, version, words[0], words[1], namespaced));
        }
    }

    private static ApiResource named(String group, String plural) {
        return find(group, plural).orElseThrow();
    }

    static Optional<ApiResource> find(String group, String plural) {
        return TABLE.stream()
                .filter(resource -> resource.group.equals(group) && resource.plural.equals(plural))
                .findFirst();
    }

    static Optional<ApiResource> ofKind(String apiVersion, String kind) {
        return TABLE.stream()
                .filter(resource -> resource.apiVersion().equals(apiVersion) && resource.kind.equals(kind))
                .findFirst();
    }

    static Set<String> groups() {
        Set<String> groups = new LinkedHashSet<>();
        TABLE.forEach(resource -> groups.add(resource.group));
        groups.remove("");
        return groups;
    }

    static List<ApiResource> in(String group) {
        return TABLE.stream().filter(resource -> resource.group.equals(group)).toList();
    }

    static List<ApiResource> all() {
        return TABLE;
    }

    String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** As error messages name it: {@code deployments.apps}. */
    String qualified() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    boolean scales() {
        return group.equals("apps")
                && Set.of("deployments", "statefulsets", "replicasets").contains(plural);
    }
}
