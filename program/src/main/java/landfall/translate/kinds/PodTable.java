package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** The pod: {@code spec} of a Pod, {@code spec.template.spec} of everything that makes pods. */
final class PodTable {
    private static final String ONE_HOST = "there is one host";

    private PodTable() {}

    /** {@code metadata} and {@code spec} of a pod template. */
    static FieldTable template() {
        return new FieldTable().under("metadata", Objects.ofTemplate()).under("spec", spec());
    }

    static FieldTable spec() {
        return new FieldTable()
                .under("containers[]", ContainerTable.table())
                .varies(
                        "initContainers[]",
                        "waiting for a service: satisfied; migrations: app.json predeploy; others: decision",
                        Disposition.SATISFIED,
                        Disposition.ADAPTED,
                        Disposition.CARRIED,
                        Disposition.DECISION)
                .irrelevant("ephemeralContainers", "debugging of a running pod")
                .varies(
                        "volumes[]",
                        "storage entries, tmpfs, or files of the image",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.IRRELEVANT,
                        Disposition.DECISION)
                .irrelevant("affinity", ONE_HOST)
                .irrelevant("nodeSelector", ONE_HOST)
                .irrelevant("nodeName", ONE_HOST)
                .irrelevant("tolerations", ONE_HOST)
                .irrelevant("topologySpreadConstraints", ONE_HOST)
                .irrelevant("schedulerName", ONE_HOST)
                .irrelevant("schedulingGates", ONE_HOST)
                .irrelevant("schedulingGroup", ONE_HOST)
                .irrelevant("readinessGates", "conditions that controllers of the cluster set")
                .irrelevant("evictionResponders", "nothing is evicted on one host")
                .irrelevant("priorityClassName", "nothing is evicted on one host")
                .irrelevant("priority", "nothing is evicted on one host")
                .irrelevant("preemptionPolicy", "nothing is evicted on one host")
                .irrelevant("overhead", "what a runtime class costs its node")
                .irrelevant("os.name", "Dokku's host runs Linux")
                .irrelevant("automountServiceAccountToken", "there is no Kubernetes API to talk to")
                .irrelevant("enableServiceLinks", "the cluster's own variables about Services")
                .irrelevant("setHostnameAsFQDN", "containers are named by Docker")
                .irrelevant("subdomain", "names pods one by one; Dokku names process types")
                .open("hostname", "hostname", "%s gives its container a host name of its own.")
                .open("hostnameOverride", "hostname", "%s gives its container a host name of its own.")
                .open("hostAliases", "host-aliases", "%s writes names of its own into /etc/hosts.")
                .open("dnsConfig", "dns", "%s resolves names in its own way (dnsConfig).")
                .open("dnsPolicy", "dns", "%s resolves names in its own way (dnsPolicy).")
                .except("ClusterFirst", "names are resolved by Docker's network")
                .except("Default", "names are resolved by Docker's network")
                .except("ClusterFirstWithHostNet", "names are resolved by Docker's network")
                .open("hostNetwork", "host-network", "%s uses its node's network.")
                .except("false", "Docker's default")
                .open("hostPID", "host-processes", "%s sees the processes of its node.")
                .except("false", "Docker's default")
                .open("hostIPC", "host-ipc", "%s shares its node's IPC.")
                .except("false", "Docker's default")
                .irrelevant("hostUsers", "user namespaces are the Docker daemon's setting")
                .open("shareProcessNamespace", "process-namespace", "The containers of %s see each other's processes.")
                .except("false", "Docker's default")
                .open("runtimeClassName", "runtime", "%s asks for a container runtime of its own.")
                .open("resourceClaims", "claims", "%s claims devices of its node (resource claims).")
                .open("resources", "pod-resources", "%s bounds its pod as a whole, not its containers.")
                .varies(
                        "imagePullSecrets[]",
                        "registry:login on the host, by decision",
                        Disposition.DECISION,
                        Disposition.CARRIED)
                .varies(
                        "restartPolicy",
                        "ps:set restart-policy",
                        Disposition.SATISFIED,
                        Disposition.ADAPTED,
                        Disposition.DECISION)
                .carried("terminationGracePeriodSeconds", "ps:set stop-timeout-seconds")
                .open("activeDeadlineSeconds", "deadline", "%s is ended after a fixed time (activeDeadlineSeconds).")
                .varies(
                        "securityContext",
                        "docker options where they mean the same; else decided",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .open(
                        "serviceAccountName",
                        "account",
                        "%s runs as a service account: does it talk to the Kubernetes API?")
                .except("default", "every pod's own default")
                .open("serviceAccount", "account", "%s runs as a service account: does it talk to the Kubernetes API?")
                .except("default", "every pod's own default");
    }
}
