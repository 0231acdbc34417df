package landfall.translate;

/** Workloads that are there for the cluster or its nodes, not for the service's users: they stay with it. */
final class ClusterPartRule {
    private static final String RULE = "Workload.clusterPart";

    private ClusterPartRule() {}

    static void apply(Draft draft, Field workload, ContainerRole role) {
        MetadataRule.apply(workload);
        String name = workload.object().shortName();
        String note = role.what + ": " + reason(role);
        draft.left.put(workload.object(), note);
        switch (role) {
            case LOG_SHIPPER -> {
                draft.lost(
                        name,
                        "the shipping of the nodes' logs",
                        "Dokku ships every app's log itself: `dokku logs:set --global vector-sink URL`");
                lost(workload, note);
            }
            case EXPORTER, AGENT -> {
                draft.lost(
                        name,
                        role.what + ": the host's figures",
                        "install the agent or node_exporter on the Dokku host itself, with its package");
                lost(workload, note);
            }
            case CLUSTER_PART, NETWORK, NODE_PART -> RosterRule.settleAll(workload, RULE, note);
            case INGRESS -> {
                workload.at("metadata", "name").satisfied(RULE, note);
                workload.at("spec").satisfied(RULE, note);
            }
            case MESH, DATABASE_PROXY, LOGIN_PROXY, RELOADER, WEB_SERVER, OWN ->
                throw new IllegalStateException("this is a bug: " + role + " is no part of the cluster");
        }
    }

    private static void lost(Field workload, String note) {
        workload.at("metadata", "name").lost(RULE, note);
        workload.at("spec").lost(RULE, note);
    }

    private static String reason(ContainerRole role) {
        return switch (role) {
            case LOG_SHIPPER -> "Dokku's own Vector does that for all apps";
            case EXPORTER, AGENT -> "it watches a node of the cluster; on one host it belongs to the host";
            case CLUSTER_PART -> "it works on objects of the cluster, which the Dokku host doesn't have";
            case NETWORK -> "Docker's networks do that on one host";
            case NODE_PART -> "it belongs to the cluster's nodes";
            case INGRESS -> "Dokku brings nginx along";
            case MESH, DATABASE_PROXY, LOGIN_PROXY, RELOADER, WEB_SERVER, OWN -> role.what;
        };
    }
}
