package landfall.sandbox;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code scheduler*:*}: which scheduler an app has, and the properties of the two that there are. */
final class DokkuSchedulers {
    private static final DokkuProperties SELECTED = DokkuProperties.of(
            "scheduler", true, List.of("selected", "shell"), "selected=docker-local/agcC", "shell=/agcC");

    private static final List<String> LOCAL_KEYS = List.of("init-process", "parallel-schedule-count");
    private static final DokkuProperties LOCAL = DokkuProperties.of(
            "scheduler-docker-local", false, LOCAL_KEYS, "init-process=true/agcC", "parallel-schedule-count=1/agcC");

    private static final List<String> K3S_KEYS = List.of(
            "cert-issuer-kind",
            "cert-issuer-name",
            "deploy-timeout",
            "image-pull-secrets",
            "kustomize-root-path",
            "letsencrypt-email-prod",
            "letsencrypt-email-stag",
            "letsencrypt-server",
            "namespace",
            "rollback-on-failure",
            "shm-size");
    private static final Map<String, String> K3S_USUAL = Map.of(
            "cert-issuer-kind", "ClusterIssuer",
            "deploy-timeout", "300s",
            "kustomize-root-path", "config/kustomize",
            "letsencrypt-server", "prod",
            "namespace", "default",
            "rollback-on-failure", "false");
    private static final DokkuProperties K3S = k3s();

    private DokkuSchedulers() {}

    private static DokkuProperties k3s() {
        List<String> properties = new ArrayList<>();
        K3S_KEYS.forEach(key -> properties.add(key + "=" + K3S_USUAL.getOrDefault(key, "") + "/agcC"));
        properties.addAll(List.of(
                "ingress-class=nginx/gcC",
                "kube-context=/gcC",
                "kubeconfig-path=/etc/rancher/k3s/k3s.yaml/gcC",
                "network-interface=eth0/gcC"));
        return DokkuProperties.of("scheduler-k3s", true, K3S_KEYS, properties.toArray(String[]::new));
    }

    static void register(DokkuHost host, Map<String, DokkuCommand> commands) {
        SELECTED.register(host, commands);
        LOCAL.register(host, commands);
        commands.put(
                "scheduler-docker-local:set",
                call -> new DokkuSettings(host).set(call, "scheduler-docker-local.", LOCAL_KEYS, "key", "keys"));
        K3S.register(host, commands);
        commands.put("scheduler-k3s:report", call -> DokkuSettings.each(host, call, app -> k3sReport(host, app)));
    }

    private static DokkuReport k3sReport(DokkuHost host, String app) throws IOException {
        Map<String, String> more = new java.util.TreeMap<>(Map.of(
                "scheduler-k3s-global-node-sysctls-image", "busybox:1.36",
                "scheduler-k3s-global-node-sysctls-pause-image", "registry.k8s.io/pause:3.9"));
        if (app.equals("--global")) {
            more.put("scheduler-k3s-global-token", "");
        }
        return K3S.report(host.store(), app, more);
    }
}
