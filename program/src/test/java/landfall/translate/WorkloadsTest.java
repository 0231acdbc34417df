package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import landfall.ledger.Disposition;
import landfall.target.Decision;
import landfall.target.Finding;
import landfall.target.TargetApp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind that runs pods: which become apps, which process types of one, and which are no part of the service. */
final class WorkloadsTest {
    @TempDir
    private Path temp;

    @Test
    void workloadsOfOneImageAndEnvironmentBecomeProcessTypesOfTheOneThatServes() throws IOException {
        Manifests plan = plan(
                """
                apiVersion: v1
                kind: Service
                metadata: {name: shop}
                spec: {selector: {app: shop}, ports: [{port: 80, targetPort: 3000}]}
                ---
                """ + rails("shop", "puma", 2, "") + rails("shop-worker", "sidekiq", 3, "{limits: {memory: 512Mi}}")
                        + rails("clock", "clockwork", 1, ""));
        TargetApp shop = plan.target().app("shop").orElseThrow();
        assertThat(plan.target().apps()).hasSize(1);
        assertThat(shop.workloads()).containsExactly("Deployment/shop", "Deployment/clock", "Deployment/shop-worker");
        assertThat(shop.formation().main()).isEqualTo("web");
        assertThat(shop.processes()).isEqualTo(2);
        assertThat(shop.formation().others())
                .extracting(
                        TargetApp.ProcessType::name,
                        TargetApp.ProcessType::processes,
                        TargetApp.ProcessType::command,
                        TargetApp.ProcessType::limits)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "clock", 1, List.of("bundle", "exec", "clockwork"), Map.of()),
                        org.assertj.core.groups.Tuple.tuple(
                                "worker", 3, List.of("bundle", "exec", "sidekiq"), Map.of("memory", "512m")));
        assertThat(decision(plan, "processes-shop").chosen()).hasValue("join");
    }

    @Test
    void theUserMayKeepThemApart() throws IOException {
        Manifests plan = Manifests.translate(
                temp,
                rails("mail-worker", "sidekiq", 1, "") + rails("mail-clock", "clockwork", 1, ""),
                Map.of("processes-mail-clock", "separate"));
        assertThat(plan.target().apps()).extracting(TargetApp::name).containsExactly("mail-clock", "mail-worker");
    }

    @Test
    void anAppThatServesNobodyHasNoWeb() throws IOException {
        Manifests plan = plan(rails("mail-worker", "sidekiq", 1, "") + rails("mail-clock", "clockwork", 1, ""));
        TargetApp mail = plan.target().app("mail").orElseThrow();
        assertThat(mail.formation().main()).isEqualTo("clock");
        assertThat(mail.formation().others())
                .extracting(TargetApp.ProcessType::name)
                .containsExactly("worker");
    }

    @Test
    void otherSettingsAreAnotherApp() throws IOException {
        Manifests plan = plan(rails("mail-worker", "sidekiq", 1, "")
                + rails("mail-clock", "clockwork", 1, "").replace("production", "staging"));
        assertThat(plan.target().apps()).hasSize(2);
    }

    @Test
    void barePodsAndOldControllersAreApps() throws IOException {
        Manifests plan = plan("""
                apiVersion: v1
                kind: Pod
                metadata: {name: Bare.Pod}
                spec:
                  containers: [{name: web, image: "example/web:1", ports: [{containerPort: 80}]}]
                ---
                apiVersion: v1
                kind: ReplicationController
                metadata: {name: old}
                spec:
                  replicas: 2
                  selector: {app: old}
                  template:
                    metadata: {labels: {app: old}}
                    spec: {containers: [{name: web, image: "example/old:1"}]}
                """);
        assertThat(plan.target().apps()).extracting(TargetApp::name).containsExactly("bare-pod", "old");
        assertThat(plan.target().app("old").orElseThrow().processes()).isEqualTo(2);
        assertThat(plan.target().openDecisions()).isEmpty();
    }

    @Test
    void whatAControllerMadeIsItsMakers() throws IOException {
        Manifests plan = plan(rails("mail", "sidekiq", 1, "") + """
                apiVersion: apps/v1
                kind: ReplicaSet
                metadata:
                  name: mail-5f7
                  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: mail, uid: x, controller: true}]
                spec:
                  replicas: 1
                  template: {spec: {containers: [{name: web, image: "example/shop:1"}]}}
                """);
        assertThat(plan.target().apps()).hasSize(1);
        assertThat(dispositions(plan, "ReplicaSet/mail-5f7", "spec.replicas")).containsExactly(Disposition.IRRELEVANT);
    }

    @Test
    void agentsOfNodesStayThereAndOtherDaemonSetsRunOnce() throws IOException {
        Manifests plan = plan(daemon("logs", "fluent/fluent-bit:3", "/var/log")
                + daemon("gate", "example/gate:1", "")
                + daemon("spy", "example/spy:1", "/proc"));
        assertThat(plan.target().apps()).extracting(TargetApp::name).containsExactly("gate");
        assertThat(plan.target().app("gate").orElseThrow().processes()).isEqualTo(1);
        assertThat(plan.target().findings())
                .anyMatch(finding -> finding instanceof Finding.Lost lost
                        && lost.subject().equals("DaemonSet/logs")
                        && lost.advice().contains("vector-sink"));
        assertThat(decision(plan, "node-agent-spy").isOpen()).isTrue();
    }

    @Test
    void aPatchForKustomizeIsToldFromAWorkload() throws IOException {
        Manifests plan = plan("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: shop}
                spec: {template: {spec: {containers: [{name: web, resources: {limits: {cpu: "1"}}}]}}}
                """);
        assertThat(plan.target().apps()).isEmpty();
        assertThat(decision(plan, "incomplete-deployment-shop").question()).contains("kubectl kustomize");
    }

    @Test
    void aContainerThatMustNotOverlapIsStoppedFirst() throws IOException {
        Manifests plan =
                plan(rails("mail", "sidekiq", 1, "").replace("replicas:", "strategy: {type: Recreate}\n  replicas:"));
        assertThat(plan.target().app("mail").orElseThrow().formation().stopsFirst())
                .isTrue();
    }

    @Test
    void aTerminalIsKeptAndSaid() throws IOException {
        Manifests plan = plan(rails("mail", "sidekiq", 1, "")
                .replace("command:", "stdin: true\n        tty: true\n        command:"));
        assertThat(plan.target().app("mail").orElseThrow().dockerOptions()).contains("-i", "-t");
        assertThat(plan.target().findings())
                .anyMatch(finding -> finding instanceof Finding.Changed changed
                        && changed.what().contains("ends at once when it is closed"));
    }

    @Test
    void namesThatDokkuRefusesAreMadeFit() {
        assertThat(AppName.of("My_App.v2", "app")).isEqualTo("my-app-v2");
        assertThat(AppName.of("${NAME}", "app")).isEqualTo("name");
        assertThat(AppName.of("a".repeat(80), "app")).hasSize(63).startsWith("aaa");
        assertThat(AppName.of("a".repeat(80), "app")).isNotEqualTo(AppName.of("a".repeat(81), "app"));
    }

    @Test
    void autoscalersFindTheProcessTypeTheyScale() throws IOException {
        Manifests plan = plan(rails("mail-worker", "sidekiq", 1, "") + rails("mail-clock", "clockwork", 1, "") + """
                apiVersion: keda.sh/v1alpha1
                kind: ScaledObject
                metadata: {name: queue}
                spec:
                  scaleTargetRef: {name: mail-worker}
                  minReplicaCount: 0
                  maxReplicaCount: 30
                  triggers: [{type: rabbitmq, metadata: {queueName: mail}}]
                """);
        assertThat(plan.target().findings())
                .anyMatch(finding -> finding instanceof Finding.Lost lost
                        && lost.what().equals("scaling worker up to 30 by rabbitmq"));
        assertThat(plan.target().openDecisions()).isEmpty();
    }

    @Test
    void knativeAnswersOnItsPortAndSleepsNoMore() throws IOException {
        Manifests plan = plan("""
                apiVersion: serving.knative.dev/v1
                kind: Service
                metadata: {name: hello}
                spec:
                  template:
                    metadata:
                      annotations: {autoscaling.knative.dev/min-scale: "2", autoscaling.knative.dev/target: "10"}
                    spec:
                      timeoutSeconds: 120
                      containers: [{image: "example/hello:1", env: [{name: TARGET, value: world}]}]
                  traffic: [{latestRevision: true, percent: 100}]
                """);
        TargetApp hello = plan.target().app("hello").orElseThrow();
        assertThat(hello.processes()).isEqualTo(2);
        assertThat(hello.ports()).containsExactly(new TargetApp.Port("http", 80, 8080));
        assertThat(hello.web().nginx()).containsEntry("proxy-read-timeout", "120s");
        assertThat(plan.target().openDecisions()).isEmpty();
        assertThat(dispositions(plan, "Service/hello", "spec.traffic[0].percent"))
                .containsExactly(Disposition.SATISFIED);
    }

    private Manifests plan(String manifests) throws IOException {
        return Manifests.translate(temp, manifests);
    }

    private static Decision decision(Manifests plan, String id) {
        return plan.target().decisions().stream()
                .filter(decision -> decision.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no decision " + id + " among "
                        + plan.target().decisions().stream().map(Decision::id).toList()));
    }

    private static List<Disposition> dispositions(Manifests plan, String object, String path) {
        return plan.ledger().entries().stream()
                .filter(entry -> entry.object().endsWith("/" + object.replace("/", "/default/"))
                        && entry.path().toString().equals(path))
                .map(entry -> entry.disposition())
                .toList();
    }

    private static String rails(String name, String program, int replicas, String resources) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: NAME}
                spec:
                  replicas: REPLICAS
                  selector: {matchLabels: {app: NAME}}
                  template:
                    metadata: {labels: {app: NAME}}
                    spec:
                      containers:
                      - name: main
                        image: example/shop:1
                        command: [bundle, exec, PROGRAM]
                        env: [{name: RAILS_ENV, value: production}]
                        resources: RESOURCES
                ---
                """.replace("NAME", name)
                .replace("REPLICAS", String.valueOf(replicas))
                .replace("PROGRAM", program)
                .replace("RESOURCES", resources.isEmpty() ? "{}" : resources);
    }

    private static String daemon(String name, String image, String folder) {
        return """
                apiVersion: apps/v1
                kind: DaemonSet
                metadata: {name: NAME}
                spec:
                  selector: {matchLabels: {app: NAME}}
                  template:
                    metadata: {labels: {app: NAME}}
                    spec:
                      containers: [{name: main, image: "IMAGE"}]
                VOLUMES
                ---
                """.replace("NAME", name).replace("IMAGE", image).replace(
                "VOLUMES", folder.isEmpty() ? "" : "      volumes: [{name: host, hostPath: {path: " + folder + "}}]");
    }
}
