package landfall.report;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import landfall.kube.KubeObject;
import landfall.kube.Node;
import landfall.translate.Quantity;

/**
 * What the manifests ask the cluster for: requests, limits and disks, each times the replicas.
 *
 * @param containers counted with their replicas
 * @param withoutRequest those of them that name no request for memory
 * @param withoutLimit those of them that name no limit for memory
 * @param scalers autoscalers, whose peaks are not in the sums
 * @param timed Jobs and CronJobs, which are not in the sums
 */
public record Demand(
        BigDecimal requestedCpus,
        BigDecimal requestedMemory,
        BigDecimal limitCpus,
        BigDecimal limitMemory,
        BigDecimal disks,
        long containers,
        long withoutRequest,
        long withoutLimit,
        int scalers,
        int timed) {
    private static final Set<String> WORKLOADS =
            Set.of("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "DaemonSet", "Pod");

    /** @param namespace only what is in it counts */
    public static Demand of(List<KubeObject> objects, String namespace) {
        Sum sum = new Sum();
        for (KubeObject object : objects) {
            if (object.namespace().equals(namespace)) {
                sum.add(object);
            }
        }
        return sum.demand();
    }

    /** The sums while objects are counted. */
    private static final class Sum {
        private BigDecimal requestedCpus = BigDecimal.ZERO;
        private BigDecimal requestedMemory = BigDecimal.ZERO;
        private BigDecimal limitCpus = BigDecimal.ZERO;
        private BigDecimal limitMemory = BigDecimal.ZERO;
        private BigDecimal disks = BigDecimal.ZERO;
        private long containers;
        private long withoutRequest;
        private long withoutLimit;
        private int scalers;
        private int timed;

        void add(KubeObject object) {
            Node root = object.root();
            String kind = object.kind();
            if (WORKLOADS.contains(kind)) {
                workload(root, kind);
            } else if (kind.equals("CronJob") || kind.equals("Job")) {
                timed++;
            } else if (kind.equals("PersistentVolumeClaim")) {
                disks = disks.add(amount(root, "spec", "resources", "requests", "storage"));
            } else if (kind.equals("HorizontalPodAutoscaler") || kind.equals("ScaledObject")) {
                scalers++;
            } else if (!root.entriesAt("spec", "resources").isEmpty()
                    && root.integer("spec", "instances").isPresent()) {
                // Operators of databases: so many instances, each with these resources and a disk of this size.
                BigDecimal instances =
                        BigDecimal.valueOf(root.integer("spec", "instances").orElse(1L));
                resources(root.at("spec").orElse(root), instances);
                String[] size = root.text("spec", "storage", "size").isPresent()
                        ? new String[] {"spec", "storage", "size"}
                        : new String[] {"spec", "volume", "size"};
                disks = disks.add(amount(root, size).multiply(instances));
            }
        }

        private void workload(Node root, String kind) {
            boolean isPod = kind.equals("Pod");
            BigDecimal replicas = BigDecimal.valueOf(
                    isPod ? 1 : root.integer("spec", "replicas").orElse(1L));
            List<Node> pod = new ArrayList<>(
                    isPod
                            ? root.itemsAt("spec", "containers")
                            : root.itemsAt("spec", "template", "spec", "containers"));
            pod.forEach(container -> resources(container, replicas));
            for (Node claim : root.itemsAt("spec", "volumeClaimTemplates")) {
                disks = disks.add(amount(claim, "spec", "resources", "requests", "storage")
                        .multiply(replicas));
            }
        }

        private void resources(Node holder, BigDecimal replicas) {
            BigDecimal memory = amount(holder, "resources", "requests", "memory");
            BigDecimal limit = amount(holder, "resources", "limits", "memory");
            // The cluster takes a limit for the request where none is given.
            BigDecimal requested = memory.signum() == 0 ? limit : memory;
            BigDecimal cpus = amount(holder, "resources", "requests", "cpu");
            BigDecimal cpusLimit = amount(holder, "resources", "limits", "cpu");
            requestedMemory = requestedMemory.add(requested.multiply(replicas));
            requestedCpus = requestedCpus.add((cpus.signum() == 0 ? cpusLimit : cpus).multiply(replicas));
            limitMemory = limitMemory.add(limit.multiply(replicas));
            limitCpus = limitCpus.add(cpusLimit.multiply(replicas));
            containers += replicas.longValue();
            withoutRequest += requested.signum() == 0 ? replicas.longValue() : 0;
            withoutLimit += limit.signum() == 0 ? replicas.longValue() : 0;
        }

        private static BigDecimal amount(Node node, String... path) {
            Optional<BigDecimal> amount = node.text(path).flatMap(Quantity::parse);
            return amount.orElse(BigDecimal.ZERO);
        }

        Demand demand() {
            return new Demand(
                    requestedCpus,
                    requestedMemory,
                    limitCpus,
                    limitMemory,
                    disks,
                    containers,
                    withoutRequest,
                    withoutLimit,
                    scalers,
                    timed);
        }
    }
}
