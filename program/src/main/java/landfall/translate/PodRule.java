package landfall.translate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import landfall.target.Place;

/** The pod template of an app or a database: everything outside its main container. */
final class PodRule {
    private static final Pattern WAITS = Pattern.compile(
            "(?s).*\\b(nc|netcat|pg_isready|wait-for|wait-for-it|wait4x|dockerize|nslookup|until|redis-cli|mysqladmin|telnet)\\b.*");

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
        grace.number().ifPresent(seconds -> {
            app.processProperties.put("stop-timeout-seconds", String.valueOf(seconds));
            grace.carried("Pod.terminationGracePeriodSeconds", Place.task(app.name, "stop-timeout-seconds"));
        });
        AccountRule.apply(draft, app.name, pod);
        for (Field secret : pod.at("imagePullSecrets").items()) {
            draft.ask(
                    "registry-" + app.name,
                    "The image of " + app.name + " is pulled with a login. Has the Dokku host one?",
                    Draft.options("yes", "I log the host in with `dokku registry:login` before `landfall apply`"),
                    secret);
            secret.decision("Pod.imagePullSecrets", "registry-" + app.name, "log the Dokku host in to the registry");
        }
        for (Field init : pod.at("initContainers").items()) {
            init(draft, app, init);
        }
        for (Field container : pod.at("containers").items()) {
            if (!container.path().equals(app.container.path())) {
                String name = container.at("name").text("");
                draft.refuse(
                        "sidecar-" + app.name + "-" + name,
                        "The container " + name + " runs beside " + app.name
                                + " in its pods. Landfall moves the first container only, so far.",
                        "Pod.containers",
                        "a second container of the pod",
                        container);
            }
        }
        for (String list : List.of("initContainers", "imagePullSecrets")) {
            if (pod.at(list).items().isEmpty()) {
                pod.at(list).irrelevant("Pod." + list, "empty");
            }
        }
    }

    private static void init(Draft draft, AppDraft app, Field init) {
        String words = String.join(" ", init.at("command").texts()) + " "
                + String.join(" ", init.at("args").texts());
        Optional<Field> awaited = draft.index.services().stream()
                .filter(service -> draft.databaseOf(service).isPresent()
                        || draft.appOf(service).isPresent())
                .filter(service -> Pattern.compile("(?<![A-Za-z0-9-])"
                                + Pattern.quote(service.object().name()) + "(?![A-Za-z0-9-])")
                        .matcher(words)
                        .find())
                .findFirst();
        if (awaited.isPresent() && WAITS.matcher(words).matches()) {
            init.satisfied(
                    "Pod.initContainers.wait",
                    "waits for " + awaited.get().object().shortName()
                            + ": Dokku starts the app after its services, and Landfall after their data");
            return;
        }
        String name = init.at("name").text("");
        draft.refuse(
                "init-" + app.name + "-" + name,
                "The init container " + name + " of " + app.name
                        + " does something before each start that Landfall doesn't understand.",
                "Pod.initContainers",
                "not run on Dokku; put it into app.json as scripts.dokku.predeploy if it is needed",
                init);
    }
}
