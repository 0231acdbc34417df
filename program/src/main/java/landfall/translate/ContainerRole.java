package landfall.translate;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a container is there for, told by its image: the service itself, or a helper of the cluster or of its pod. */
enum ContainerRole {
    MESH(
            "(istio-)?proxyv2|istio-proxy|linkerd2?-proxy|linkerd-io/proxy|linkerd/proxy|consul-dataplane|kuma-dp"
                    + "|aws-appmesh-envoy",
            "a service mesh's proxy"),
    DATABASE_PROXY(
            "cloud-?sql-proxy|cloudsql-docker/gce-proxy|gce-proxy|alloydb-auth-proxy|rds-proxy|pgbouncer(-.*)?"
                    + "|pgcat|odyssey|proxysql|twemproxy|mcrouter",
            "a proxy to a database"),
    LOGIN_PROXY(
            "oauth2[-_]proxy|keycloak-gatekeeper|louketo-proxy|gogatekeeper|vouch-proxy|pomerium|kube-rbac-proxy"
                    + "|traefik-forward-auth",
            "a proxy that asks for a login"),
    LOG_SHIPPER(
            "fluent-?bit|fluentd([-_].*)?|.*fluentd_elasticsearch.*|filebeat|promtail|vector|logspout"
                    + "|splunk-?forwarder|universalforwarder|log-server|logging-sidecar|rsyslog.*|syslog-ng",
            "a shipper of logs"),
    EXPORTER(".*[-_]exporter(-.*)?|exporter|xtrabackup-exporter|statsd|cadvisor", "an exporter of metrics"),
    AGENT(
            "datadog/agent|datadog-agent|sysdig/agent|newrelic.*infra.*|infrastructure-bundle|dd-agent|metricbeat|falco"
                    + "|grafana-agent|alloy|telegraf|collectd|netdata|dynatrace.*|oneagent|otel-agent|scope|weave/scope"
                    + "|node-problem-detector",
            "an agent that watches its node"),
    NETWORK(
            "kube-proxy|calico.*|cilium.*|flannel.*|weave-(kube|npc)|kube-router|metallb/speaker|speaker|kindnetd"
                    + "|node-local-dns.*|k8s-dns-node-cache|coredns",
            "a part of the cluster's network"),
    NODE_PART(
            "csi-.*|.*-csi-driver|.*csi-plugin|livenessprobe|nvidia.*device-plugin|k8s-device-plugin|kured|kube-vip"
                    + "|node-feature-discovery|local-path-provisioner|nfs-subdir-external-provisioner|pause",
            "a part of the cluster's nodes"),
    INGRESS(
            ".*ingress-controller|ingress-nginx/controller|nginx-ingress|nginx-ingress-controller|defaultbackend.*"
                    + "|kubernetes-ingress|haproxy-ingress|kong/kubernetes-ingress-controller",
            "the cluster's ingress controller"),
    CLUSTER_PART(
            "kube-state-metrics|metrics-server|cert-manager-.*|external-dns|cluster-autoscaler|kubernetes-dashboard.*"
                    + "|reloader|descheduler|argocd|flux|flux-.*|.*-operator|operator|sealed-secrets-controller"
                    + "|external-secrets|keda|keda-.*|vault-k8s|spegel|addon-resizer|cluster-proportional-autoscaler.*",
            "a part of the cluster itself"),
    RELOADER(
            "configmap-reload|prometheus-config-reloader|config-reloader|k8s-sidecar|watchexec|kubernetes-sidecar",
            "a watcher of ConfigMaps"),
    WEB_SERVER("nginx|openresty|caddy|httpd|nginx-unprivileged|haproxy|envoy|varnish|traefik", "a web server in front"),
    OWN("", "a program of its own");

    /** Parts of the cluster wherever they run. */
    private static final Set<ContainerRole> CLUSTER = EnumSet.of(INGRESS, CLUSTER_PART, NETWORK, NODE_PART);

    /** Parts of the cluster where they run on every node or look into it; elsewhere services in their own right. */
    private static final Set<ContainerRole> ON_NODES = EnumSet.of(LOG_SHIPPER, AGENT, EXPORTER);

    private final Pattern image;
    final String what;

    ContainerRole(String image, String what) {
        // What stands for any letters in a name stops at its slashes.
        this.image = Pattern.compile("(?:.*/)?(?:" + image.replace(".*", "[^/]*") + ")");
        this.what = what;
    }

    static ContainerRole of(Field container) {
        String repository = ImageName.of(container.at("image").text("")).repository();
        if (container.at("name").is("istio-proxy") || container.at("name").is("linkerd-proxy")) {
            return MESH;
        }
        for (ContainerRole role : values()) {
            if (role != OWN && role.image.matcher(repository).matches()) {
                return role;
            }
        }
        return OWN;
    }

    /** True if a pod of which this is the main container is there for the cluster, not for its users. */
    boolean isOfTheCluster(Field workload) {
        return CLUSTER.contains(this) || (ON_NODES.contains(this) && looksIntoNodes(workload));
    }

    /** On every node, or with a view of the node's files or processes. */
    static boolean looksIntoNodes(Field workload) {
        Field pod = Index.pod(workload);
        return workload.object().kind().equals("DaemonSet")
                || pod.at("hostPID").is("true")
                || pod.at("volumes").items().stream()
                        .anyMatch(volume ->
                                volume.at("hostPath", "path").text("").matches("/|/(proc|sys|var|run|dev|etc)(/.*)?"));
    }

    /** True for what never is the service itself where another container stands beside it. */
    boolean isHelper() {
        return this != OWN && this != WEB_SERVER;
    }

    /**
     * The container that the pod is there for: of its own programs the one that Services lead to, else the first that is
     * no database, else the first that is no helper, else the first with an image.
     */
    static Optional<Field> main(Index index, Field workload) {
        List<Field> containers = Index.pod(workload).at("containers").items().stream()
                .filter(container -> container.at("image").text().isPresent() || KnativeRule.is(workload))
                .toList();
        List<Field> own =
                containers.stream().filter(container -> of(container) == OWN).toList();
        return own.stream()
                .filter(container -> own.size() > 1 && index.isReached(workload, container))
                .findFirst()
                .or(() ->
                        own.stream().filter(container -> !isDatabase(container)).findFirst())
                .or(() -> containers.stream()
                        .filter(container -> !of(container).isHelper())
                        .findFirst())
                .or(() -> containers.stream().findFirst());
    }

    /** True for a server that keeps data: it becomes a service, not an app. */
    static boolean isDatabase(Field container) {
        return DatastoreImage.of(container).isPresent();
    }
}
