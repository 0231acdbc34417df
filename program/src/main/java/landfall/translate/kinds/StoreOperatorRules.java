package landfall.translate.kinds;

/** MinIO's and CockroachDB's operators: no plugin of Dokku takes their place. */
final class StoreOperatorRules {
    private StoreOperatorRules() {}

    static KindRules tenant() {
        String buckets =
                "%s is a MinIO object store that its operator runs. Landfall makes no service of it by itself: leave it"
                        + " where it is and let the Dokku host reach it, or make one with `dokku objects:create`, set the"
                        + " apps' addresses and keys to it and copy each bucket with `mc mirror --preserve`.";
        FieldTable table = new FieldTable()
                .open("metadata.name", "objects", buckets)
                .open("spec", "objects", buckets)
                .irrelevant("scheduler", "there is one host")
                .irrelevant("spec.pools[].affinity", "there is one host")
                .irrelevant("spec.pools[].nodeSelector", "there is one host")
                .irrelevant("spec.pools[].tolerations", "there is one host")
                .irrelevant("spec.pools[].topologySpreadConstraints", "there is one host")
                .irrelevant("spec.podManagementPolicy", "the order in which pods are made")
                .irrelevant("spec.priorityClassName", "nothing is evicted on one host")
                .irrelevant("spec.serviceAccountName", "an account at the Kubernetes API")
                .irrelevant("spec.serviceMetadata", "labels and annotations of what the operator makes")
                .irrelevant("spec.imagePullPolicy", "how the operator's images are pulled")
                .lost(
                        "spec.prometheusOperator",
                        "figures about the store for the cluster's monitoring",
                        "let your monitoring read the metrics of the new place")
                .except("false", "nothing was collected");
        return KindRules.of("minio.min.io", "Tenant", "a decision: where its buckets live from now on", table);
    }

    static KindRules cockroach() {
        String database =
                "%s is a CockroachDB cluster. Dokku has no plugin for it and Landfall doesn't move it: leave it"
                        + " where it is and let the Dokku host reach it, or run cockroachdb/cockroach as an app (start-single-node)"
                        + " with a storage entry, and move the data with BACKUP and RESTORE.";
        FieldTable table = new FieldTable()
                .open("metadata.name", "database", database)
                .open("spec", "database", database)
                .irrelevant("spec.nodeSelector", "there is one host")
                .irrelevant("spec.affinity", "there is one host")
                .irrelevant("spec.tolerations", "there is one host")
                .irrelevant("spec.topologySpreadConstraints", "there is one host")
                .irrelevant("spec.priorityClassName", "nothing is evicted on one host")
                .irrelevant("spec.additionalLabels", "labels of what the operator makes")
                .irrelevant("spec.additionalAnnotations", "annotations of what the operator makes")
                .irrelevant("spec.automountServiceAccountToken", "there is no Kubernetes API to talk to")
                .irrelevant("spec.maxUnavailable", "how many servers may be away at a time; decided with the cluster")
                .irrelevant("spec.minAvailable", "how many servers must be there; decided with the cluster");
        return KindRules.of(
                "crdb.cockroachlabs.com", "CrdbCluster", "a decision: where the database lives from now on", table);
    }
}
