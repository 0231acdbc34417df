package landfall.translate;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Annotations that are known by how their keys begin, and what becomes of what they ask for; the longest fits. */
final class AnnotationTable {
    private static final NavigableMap<String, Answer> BY_PREFIX = new TreeMap<>();

    private AnnotationTable() {}

    /** What is said of an annotation. */
    sealed interface Answer {
        record Irrelevant(String note) implements Answer {}

        record Satisfied(String note) implements Answer {}

        /** @param harmless values that ask for nothing */
        record Lost(String what, String advice, List<String> harmless) implements Answer {}

        /** @param question {@code %s} is the object, {@code %v} the value */
        record Open(String id, String question, Map<String, String> harmless) implements Answer {}
    }

    /** The answer for the longest prefix of the key; a prefix that is a bare word is the whole key. */
    static Optional<Answer> find(String key) {
        for (String prefix = BY_PREFIX.floorKey(key); prefix != null; prefix = BY_PREFIX.lowerKey(prefix)) {
            if (prefix.charAt(0) != key.charAt(0)) {
                return Optional.empty();
            }
            boolean isOpen = prefix.indexOf('/') >= 0 || prefix.endsWith(".") || prefix.endsWith("_");
            if (isOpen ? key.startsWith(prefix) : key.equals(prefix)) {
                return Optional.ofNullable(BY_PREFIX.get(prefix));
            }
        }
        return Optional.empty();
    }

    private static void irrelevant(String note, String... prefixes) {
        for (String prefix : prefixes) {
            BY_PREFIX.put(prefix, new Answer.Irrelevant(note));
        }
    }

    private static void satisfied(String note, String... prefixes) {
        for (String prefix : prefixes) {
            BY_PREFIX.put(prefix, new Answer.Satisfied(note));
        }
    }

    private static void lost(String what, String advice, String... prefixes) {
        for (String prefix : prefixes) {
            BY_PREFIX.put(prefix, new Answer.Lost(what, advice, List.of("false", "disabled", "none", "")));
        }
    }

    private static void open(String id, String question, String... prefixes) {
        for (String prefix : prefixes) {
            BY_PREFIX.put(prefix, new Answer.Open(id, question, Map.of("false", "switched off", "", "empty")));
        }
    }

    static {
        bookkeeping();
        deployers();
        scheduling();
        observers();
        injectors();
        security();
        storage();
        ProxyAnnotations.addTo(BY_PREFIX);
    }

    private static void bookkeeping() {
        irrelevant(
                "written by a tool about the object itself",
                "kubectl.kubernetes.io/",
                "deployment.kubernetes.io/",
                "deprecated.daemonset.template.generation",
                "meta.helm.sh/",
                "helm.sh/",
                "app.kubernetes.io/",
                "config.kubernetes.io/",
                "config.k8s.io/",
                "internal.config.kubernetes.io/",
                "kustomize.",
                "kpt.dev/",
                "cnrm.cloud.google.com/",
                "components.gke.io/",
                "autopilot.gke.io/",
                "autoscaling.alpha.kubernetes.io/",
                "pv.kubernetes.io/",
                "volume.kubernetes.io/",
                "volume.beta.kubernetes.io/",
                "rbac.authorization.kubernetes.io/",
                "kubernetes.io/service-account.",
                "kubernetes.io/created-by",
                "kubernetes.io/config.",
                "kubernetes.io/psp",
                "control-plane.alpha.kubernetes.io/",
                "endpoints.kubernetes.io/",
                "cattle.io/",
                "field.cattle.io/",
                "workload.cattle.io/",
                "management.cattle.io/",
                "authz.management.cattle.io",
                "lifecycle.cattle.io/",
                "objectset.rio.cattle.io/",
                "catalog.cattle.io/",
                "kapp.k14s.io/",
                "kbld.k14s.io/",
                "cert-manager.io/",
                "certmanager.k8s.io/",
                "sealedsecrets.bitnami.com/",
                "reconcile.external-secrets.io/",
                "cnpg.io/",
                "batch.kubernetes.io/",
                "job-name",
                "controller-uid",
                "kompose.",
                "openshift.io/",
                "template.openshift.io/",
                "app.openshift.io/",
                "alpha.image.policy.openshift.io/",
                "app.gitlab.com/",
                "skaffold.dev/",
                "dev.tilt.",
                "garden.io/");
        irrelevant(
                "words for people",
                "kubernetes.io/change-cause",
                "kubernetes.io/description",
                "description",
                "openshift.io/description",
                "openshift.io/display-name",
                "a8r.io/",
                "maintainer",
                "owner",
                "contact",
                "team",
                "author",
                "docs",
                "documentation",
                "source",
                "link.argocd.argoproj.io/");
        irrelevant(
                "a check of manifests, or an exception from one",
                "ignore-check.kube-linter.io/",
                "kube-score/",
                "polaris.fairwinds.com/",
                "checkov.io/",
                "runterrascan.io/",
                "policies.kyverno.io/",
                "kubesec.io/",
                "trivy.",
                "kubescape.io/",
                "cost-estimator.kpt.io/");
        irrelevant(
                "a tile of a dashboard that lists the cluster's pages",
                "hajimari.io/",
                "gethomepage.dev/",
                "forecastle.stakater.com/",
                "homer.",
                "homepage.");
        irrelevant(
                "changes so that pods are made anew: on Dokku a change of the settings or files is a deploy",
                "checksum/",
                "checksum.",
                "rollme",
                "config-hash",
                "confighash",
                "configHash",
                "timestamp",
                "date",
                "redeploy",
                "restarted",
                "kubectl.kubernetes.io/restartedAt");
    }

    private static void deployers() {
        irrelevant(
                "how the cluster was brought to this state; on Dokku a deploy is a push",
                "argocd.argoproj.io/",
                "fluxcd.io/",
                "kustomize.toolkit.fluxcd.io/",
                "helm.toolkit.fluxcd.io/",
                "source.toolkit.fluxcd.io/",
                "fleet.cattle.io/",
                "werf.io/",
                "strategy.spinnaker.io/",
                "moniker.spinnaker.io/",
                "artifact.spinnaker.io/");
        lost(
                "the deploy by itself of a new image",
                "let the build deploy it: `dokku git:from-image`, or a git push",
                "keel.sh/",
                "argocd-image-updater.argoproj.io/",
                "fluxcd.io/automated",
                "filter.fluxcd.io/",
                "flux.weave.works/",
                "image.openshift.io/triggers");
        satisfied(
                "`dokku config:set` restarts the app, and files of the app folder change by a deploy",
                "reloader.stakater.com/",
                "configmap.reloader.stakater.com/",
                "secret.reloader.stakater.com/",
                "wave.pusher.com/");
        irrelevant(
                "copies the object among namespaces; on Dokku values stand where they are used",
                "reflector.v1.k8s.emberstack.com/",
                "replicator.v1.mittwald.de/",
                "kubed.appscode.com/");
        lost(
                "the hours at which the cluster scales it down",
                "leave it running, or call `dokku ps:scale` from the host's own cron",
                "downscaler/",
                "kube-green.com/",
                "snorlax.");
        open("expiry", "%s is deleted by a controller after some time (%v): is it to be moved at all?", "janitor/");
        lost(
                "the DNS records that the cluster writes",
                "point the names at the Dokku host yourself, at your DNS provider",
                "external-dns.alpha.kubernetes.io/",
                "external-dns.kubernetes.io/",
                "dns.alpha.kubernetes.io/");
    }

    private static void scheduling() {
        irrelevant(
                "there is one host",
                "cluster-autoscaler.kubernetes.io/",
                "karpenter.sh/",
                "descheduler.alpha.kubernetes.io/",
                "scheduler.alpha.kubernetes.io/",
                "scheduling.k8s.io/",
                "node.kubernetes.io/",
                "topology.kubernetes.io/",
                "controller.kubernetes.io/pod-deletion-cost",
                "safe-to-evict",
                "cluster.x-k8s.io/",
                "storageclass.kubernetes.io/",
                "storageclass.beta.kubernetes.io/");
        lost(
                "the bound on network bandwidth",
                "shape the traffic on the host (`tc`) if it must be bounded",
                "kubernetes.io/ingress-bandwidth",
                "kubernetes.io/egress-bandwidth");
        open(
                "more-networks",
                "%s is attached to more networks than the cluster's own (%v): which of them does it need on Dokku?",
                "k8s.v1.cni.cncf.io/networks",
                "v1.multus-cni.io/");
        irrelevant(
                "the address that the cluster's network gives",
                "cni.projectcalico.org/",
                "k8s.v1.cni.cncf.io/network-status",
                "k8s.ovn.org/");
    }

    private static void observers() {
        lost(
                "the collection of metrics by the cluster's monitoring",
                "let your monitoring ask the app over its domain, or run the collector as an app on the same network",
                "prometheus.io/",
                "metrics.",
                "monitoring.",
                "gatus.home-operations.com/",
                "gatus.io/",
                "ad.datadoghq.com/",
                "tags.datadoghq.com/",
                "admission.datadoghq.com/",
                "newrelic.com/",
                "k8s.grafana.com/",
                "dynatrace.com/",
                "oneagent.dynatrace.com/",
                "co.elastic.metrics/",
                "co.elastic.hints/");
        lost(
                "how the cluster's log collector reads it",
                "read `dokku logs`, or send them on with `dokku logs:set APP vector-sink`",
                "fluentbit.io/",
                "fluentd.",
                "co.elastic.logs/",
                "logging.",
                "loki.",
                "promtail.",
                "vector.dev/",
                "sumologic.com/",
                "iam.cloudwatch/");
        lost(
                "the tracing agent that the cluster puts into the container at its start",
                "build the agent into the image and set its variables",
                "instrumentation.opentelemetry.io/",
                "sidecar.opentelemetry.io/",
                "sidecar.jaegertracing.io/",
                "apm.datadoghq.com/",
                "elastic.apm.");
        irrelevant(
                "where Grafana files what it finds in the object",
                "grafana_",
                "grafana.",
                "k8s-sidecar-target-directory");
    }

    private static void injectors() {
        irrelevant(
                "sets up a mesh's proxy beside the pod; on one host traffic between apps doesn't leave it",
                "sidecar.istio.io/",
                "traffic.sidecar.istio.io/",
                "proxy.istio.io/",
                "inject.istio.io/",
                "istio.io/",
                "ambient.istio.io/",
                "networking.istio.io/",
                "prometheus.istio.io/",
                "linkerd.io/",
                "config.linkerd.io/",
                "config.alpha.linkerd.io/",
                "viz.linkerd.io/",
                "kuma.io/",
                "appmesh.k8s.aws/",
                "consul.hashicorp.com/",
                "openservicemesh.io/",
                "policy.cilium.io/",
                "io.cilium.");
        open(
                "dapr",
                "%s runs with a Dapr sidecar that the cluster puts beside it. Dokku doesn't: run daprd as an app of its"
                        + " own on the same network, or do without.",
                "dapr.io/");
        open(
                "injected-secrets",
                "%s gets secrets that Vault's agent writes into its files at each start. Which does it read, and how"
                        + " is it to have them on Dokku?",
                "vault.hashicorp.com/",
                "vault.security.banzaicloud.io/",
                "conjur.org/",
                "secrets.doppler.com/",
                "operator.1password.io/");
        open(
                "cloud-identity",
                "%s has rights at a cloud provider by who it is (%v). On Dokku it has none: give the app keys of its"
                        + " own in its variables.",
                "eks.amazonaws.com/",
                "iam.amazonaws.com/",
                "iam.gke.io/",
                "azure.workload.identity/",
                "aadpodidbinding");
    }

    private static void security() {
        open(
                "seccomp",
                "%s runs under a seccomp profile of its own (%v), which only its nodes have: put it on the Dokku host and"
                        + " add the docker option --security-opt seccomp=FILE.",
                "seccomp.security.alpha.kubernetes.io/",
                "container.seccomp.security.alpha.kubernetes.io/");
        open(
                "apparmor",
                "%s runs under an AppArmor profile (%v): load it on the Dokku host and add the docker option"
                        + " --security-opt apparmor=PROFILE.",
                "container.apparmor.security.beta.kubernetes.io/");
        irrelevant(
                "admission rules of the cluster: what they force on pods stands in the pods themselves",
                "pod-security.kubernetes.io/",
                "pod-policies.kubewarden.io/",
                "openshift.io/scc",
                "openshift.io/sa.scc",
                "security.openshift.io/");
        open(
                "sysctls",
                "%s sets kernel parameters (%v): add them as docker options (--sysctl).",
                "security.alpha.kubernetes.io/sysctls",
                "security.alpha.kubernetes.io/unsafe-sysctls");
        open(
                "init-annotation",
                "%s names init containers in an annotation, the form of old: write them as initContainers and plan"
                        + " again.",
                "pod.beta.kubernetes.io/init-containers",
                "pod.alpha.kubernetes.io/init-containers");
        irrelevant("names pods one by one", "pod.beta.kubernetes.io/", "pod.alpha.kubernetes.io/");
    }

    private static void storage() {
        lost(
                "the backups that the cluster makes",
                "back up the host: `dokku postgres:backup-schedule` for databases, your own tool for"
                        + " /var/lib/dokku/data/storage",
                "backup.velero.io/",
                "pre.hook.backup.velero.io/",
                "post.hook.backup.velero.io/",
                "k8up.io/",
                "k8up.syn.tools/",
                "stash.appscode.com/",
                "backup.kubernetes.io/",
                "recurring-job.longhorn.io/",
                "recurring-job-group.longhorn.io/",
                "volsync.backube/",
                "snapscheduler.backube/");
        irrelevant(
                "the cluster's kind of disk",
                "longhorn.io/",
                "csi.",
                "k8s.io/minimum-size",
                "nfs.io/",
                "volume.alpha.kubernetes.io/",
                "openebs.io/",
                "rook.io/");
        open(
                "bucket-mount",
                "%s mounts a bucket as a folder (%v). Dokku mounts folders only: let the app speak to the bucket, or"
                        + " mount it on the host (rclone, s3fs) and use that folder.",
                "gke-gcsfuse/");
    }
}
