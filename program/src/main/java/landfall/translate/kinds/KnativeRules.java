package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** Knative's Service: a container that answers HTTP, scaled by its requests. */
final class KnativeRules {
    private static final String ONE_HOST = "there is one host";
    private static final String NAMES = "names are resolved by Docker's network";

    private KnativeRules() {}

    static KindRules service() {
        return KindRules.of(
                "serving.knative.dev",
                "Service",
                "an app that always runs; its newest revision gets all the traffic",
                new FieldTable()
                        .varies("metadata.name", "the app's name", Disposition.CARRIED, Disposition.ADAPTED)
                        .under(
                                "spec.template.metadata",
                                Objects.ofTemplate().only("annotations", "labels", "name", "namespace", "finalizers"))
                        .under("spec.template.spec", spec())
                        .varies(
                                "spec.traffic[]",
                                "all traffic goes to the one version that is deployed",
                                Disposition.SATISFIED,
                                Disposition.LOST,
                                Disposition.IRRELEVANT));
    }

    private static FieldTable spec() {
        return new FieldTable()
                .under(
                        "containers[]",
                        ContainerTable.table()
                                .without(
                                        "lifecycle",
                                        "stdin",
                                        "stdinOnce",
                                        "tty",
                                        "volumeDevices",
                                        "resizePolicy",
                                        "restartPolicy",
                                        "restartPolicyRules",
                                        "resources.claims"))
                .varies(
                        "containerConcurrency",
                        "nginx hands on every request at once",
                        Disposition.LOST,
                        Disposition.SATISFIED)
                .carried("timeoutSeconds", "nginx proxy-read-timeout")
                .satisfied("responseStartTimeoutSeconds", "nginx waits as long as for the whole answer")
                .satisfied("idleTimeoutSeconds", "nginx waits as long as for the whole answer")
                .varies(
                        "volumes[]",
                        "storage entries, tmpfs, or files of the image",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.IRRELEVANT,
                        Disposition.DECISION)
                .varies(
                        "initContainers[]",
                        "as in a Deployment",
                        Disposition.SATISFIED,
                        Disposition.ADAPTED,
                        Disposition.LOST,
                        Disposition.DECISION)
                .varies(
                        "securityContext",
                        "docker options where they mean the same; else decided",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .varies("imagePullSecrets[]", "registry:login on the host, by decision", Disposition.DECISION)
                .varies(
                        "serviceAccountName",
                        "irrelevant unless the app talks to the Kubernetes API",
                        Disposition.IRRELEVANT,
                        Disposition.DECISION)
                .irrelevant("automountServiceAccountToken", "there is no Kubernetes API to talk to")
                .irrelevant("affinity", ONE_HOST)
                .irrelevant("nodeSelector", ONE_HOST)
                .irrelevant("tolerations", ONE_HOST)
                .irrelevant("topologySpreadConstraints", ONE_HOST)
                .irrelevant("schedulerName", ONE_HOST)
                .irrelevant("priorityClassName", "nothing is evicted on one host")
                .irrelevant("enableServiceLinks", "the cluster's own variables about Services")
                .open("dnsConfig", "dns", "%s resolves names in its own way (dnsConfig).")
                .open("dnsPolicy", "dns", "%s resolves names in its own way (dnsPolicy).")
                .except("ClusterFirst", NAMES)
                .except("Default", NAMES)
                .open("hostAliases", "host-aliases", "%s writes names of its own into /etc/hosts.")
                .open("hostNetwork", "host-network", "%s uses its node's network.")
                .except("false", "Docker's default")
                .open("hostPID", "host-processes", "%s sees the processes of its node.")
                .except("false", "Docker's default")
                .open("hostIPC", "host-ipc", "%s shares its node's IPC.")
                .except("false", "Docker's default")
                .open("shareProcessNamespace", "process-namespace", "The containers of %s see each other's processes.")
                .except("false", "Docker's default")
                .open("runtimeClassName", "runtime", "%s asks for a container runtime of its own.");
    }
}
