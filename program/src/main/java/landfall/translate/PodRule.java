package landfall.translate;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import landfall.target.Place;

/** The pod template of an app or a database: everything outside its main container. */
final class PodRule {
    private static final Map<String, String> CLUSTER_ONLY = Map.ofEntries(
            Map.entry("nodeSelector", "there is one host"),
            Map.entry("nodeName", "there is one host"),
            Map.entry("affinity", "there is one host"),
            Map.entry("tolerations", "there is one host"),
            Map.entry("topologySpreadConstraints", "there is one host"),
            Map.entry("schedulerName", "there is one host"),
            Map.entry("priorityClassName", "nothing is evicted on one host"),
            Map.entry("priority", "nothing is evicted on one host"),
            Map.entry("preemptionPolicy", "nothing is evicted on one host"),
            Map.entry("automountServiceAccountToken", "there is no Kubernetes API to talk to"),
            Map.entry("enableServiceLinks", "the cluster's own variables about Services"));

    private PodRule() {}

    /** What is the same for apps and databases. */
    static void common(Field template, String subject) {
        MetadataRule.labels(template.at("metadata"));
        Field pod = template.at("spec");
        CLUSTER_ONLY.forEach((field, note) -> pod.at(field).irrelevant("Pod." + field, note));
        if (pod.at("restartPolicy").is("Always")) {
            pod.at("restartPolicy").satisfied("Pod.restartPolicy", "Dokku restarts a process that exits, ten times");
        }
        if (pod.at("dnsPolicy").is("ClusterFirst") || pod.at("dnsPolicy").is("Default")) {
            pod.at("dnsPolicy").irrelevant("Pod.dnsPolicy", "names are resolved by Docker's network");
        }
        if (pod.at("terminationGracePeriodSeconds").is("30")) {
            pod.at("terminationGracePeriodSeconds")
                    .satisfied("Pod.terminationGracePeriodSeconds", "30 s are Dokku's default too");
        }
        if (pod.at("securityContext").entries().isEmpty()) {
            pod.at("securityContext").irrelevant("Pod.securityContext", "empty");
        }
        if (pod.at("serviceAccountName").is("default")
                || pod.at("serviceAccount").is("default")) {
            pod.at("serviceAccountName").irrelevant("Pod.serviceAccountName", "every pod's own default");
            pod.at("serviceAccount").irrelevant("Pod.serviceAccount", "every pod's own default");
        }
        for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) {
            if (pod.at(host).is("false")) {
                pod.at(host).satisfied("Pod." + host, "Docker's default for " + subject);
            }
        }
    }

    static void app(Draft draft, AppDraft app, Field pod) {
        Field grace = pod.at("terminationGracePeriodSeconds");
        grace.number().filter(seconds -> seconds != 30).ifPresent(seconds -> {
            app.processProperties.put("stop-timeout-seconds", String.valueOf(seconds));
            grace.carried("Pod.terminationGracePeriodSeconds", Place.task(app.name, "stop-timeout-seconds"));
        });
        AccountRule.apply(draft, app.name, pod);
        for (Field secret : pod.at("imagePullSecrets").items()) {
            draft.ask(
                    "registry-" + app.name,
                    "The image of " + app.name + " is pulled with a login. Has the Dokku host one?",
                    Draft.options(
                            "yes",
                            "I log the host in with `dokku registry:login`, or write registry-SERVER-user and"
                                    + " registry-SERVER-password into secrets.yml, with which `landfall apply` does"),
                    secret);
            secret.decision("Pod.imagePullSecrets", "registry-" + app.name, "log the Dokku host in to the registry");
        }
        InitRule.applyAll(draft, app, app.workload, app.container);
        SidecarRule.applyAll(draft, app, app.workload, app.container);
        if (pod.at("imagePullSecrets").items().isEmpty()) {
            pod.at("imagePullSecrets").irrelevant("Pod.imagePullSecrets", "empty");
        }
        restart(app, pod.at("restartPolicy"));
        volumesOfOthers(draft, app, pod);
    }

    /** Volumes that no process of the move has: of helpers, or of nobody. */
    private static void volumesOfOthers(Draft draft, AppDraft app, Field pod) {
        Set<String> taken = draft.apps.values().stream()
                .flatMap(other -> other.all().stream())
                .filter(process -> process.workload.object().equals(app.workload.object()))
                .flatMap(process -> process.container.at("volumeMounts").items().stream())
                .map(mount -> mount.at("name").text(""))
                .collect(Collectors.toSet());
        for (Field volume : pod.at("volumes").items()) {
            String name = volume.at("name").text("");
            if (taken.contains(name)) {
                continue;
            }
            List<String> users = Stream.concat(
                            pod.at("containers").items().stream(), pod.at("initContainers").items().stream())
                    .filter(container -> container.at("volumeMounts").items().stream()
                            .anyMatch(mount -> mount.at("name").is(name)))
                    .map(container -> container.at("name").text(""))
                    .toList();
            volume.irrelevant(
                    "Pod.volumes.others",
                    users.isEmpty()
                            ? "no container mounts it"
                            : "used by " + String.join(", ", users) + " only, which no app is made of");
        }
    }

    private static void restart(AppDraft app, Field policy) {
        String to = Place.task(app.name, "restart-policy");
        if (app.workload.object().kind().equals("Pod") && policy.is("OnFailure")) {
            app.processProperties.put("restart-policy", "on-failure");
            policy.carried("Pod.restartPolicy", to);
        } else if (app.workload.object().kind().equals("Pod") && policy.is("Never")) {
            app.processProperties.put("restart-policy", "no");
            policy.carried("Pod.restartPolicy", to);
        }
    }
}
