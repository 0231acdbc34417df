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

/** What runs before, beside and besides the app: init containers, sidecars, Jobs, CronJobs. */
final class HelpersTest {
    private static final String APP = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: shop}
            spec:
              selector: {matchLabels: {app: shop}}
              template:
                metadata: {labels: {app: shop}}
                spec:
                  initContainers: [INIT]
                  containers:
                  - name: web
                    image: example/shop:1
                    args: [serve]
                    env: [{name: MODE, value: live}]
            BESIDE
            ---
            """;

    @TempDir
    private Path temp;

    @Test
    void waitingIsSatisfied() throws IOException {
        Manifests plan = plan(
                app("{name: wait, image: busybox, command: [sh, -c, 'until nc -z db 5432; do sleep 1; done']}", ""));
        assertThat(dispositions(plan, "spec.template.spec.initContainers[0].command[2]"))
                .containsExactly(Disposition.SATISFIED);
        assertThat(plan.target().openDecisions()).isEmpty();
    }

    @Test
    void migrationsRunBeforeEachDeploy() throws IOException {
        Manifests plan = plan(app(
                "{name: migrate, image: 'example/shop:1', args: [rails, 'db:migrate'],"
                        + " env: [{name: MODE, value: live}, {name: POOL, value: '1'}]}",
                ""));
        TargetApp shop = plan.target().app("shop").orElseThrow();
        assertThat(shop.formation().predeploy()).containsExactly(List.of("env", "POOL=1", "rails", "db:migrate"));
        assertThat(dispositions(plan, "spec.template.spec.initContainers[0].args[1]"))
                .containsExactly(Disposition.CARRIED);
        assertThat(plan.target().openDecisions()).isEmpty();
    }

    @Test
    void ownersAreSetByTheStorageEntryButFilesThatAreMadeAreNot() throws IOException {
        Manifests plan = plan(app(
                "{name: own, image: busybox, command: [chown, -R, '1000', /data]},"
                        + " {name: make, image: busybox, command: [sh, -c, 'cp -r /seed /data && chown 1 /data']}",
                ""));
        assertThat(dispositions(plan, "spec.template.spec.initContainers[0].command[0]"))
                .containsExactly(Disposition.SATISFIED);
        assertThat(plan.target().openDecisions()).extracting(Decision::id).containsExactly("init-shop-make");
    }

    @Test
    void sidecarsAreToldByTheirImages() throws IOException {
        Manifests plan = plan(app("", """
                      - {name: mesh, image: "docker.io/istio/proxyv2:1.22"}
                      - {name: logs, image: "fluent/fluent-bit:3"}
                      - {name: stats, image: "prom/statsd-exporter:v0.26"}
                      - {name: login, image: "quay.io/oauth2-proxy/oauth2-proxy:v7"}
                """));
        assertThat(dispositions(plan, "spec.template.spec.containers[1].image")).containsExactly(Disposition.SATISFIED);
        assertThat(dispositions(plan, "spec.template.spec.containers[2].image")).containsExactly(Disposition.LOST);
        assertThat(dispositions(plan, "spec.template.spec.containers[3].image")).containsExactly(Disposition.LOST);
        assertThat(plan.target().openDecisions()).extracting(Decision::id).containsExactly("sidecar-shop-login");
        assertThat(plan.target().findings())
                .anyMatch(finding -> finding instanceof Finding.Lost lost
                        && lost.advice().contains("dokku logs:set shop vector-sink"));
    }

    @Test
    void aSidecarBecomesAnAppIfTheUserSaysSo() throws IOException {
        String manifests = app("", "      - {name: cache, image: \"example/cache:1\"}\n");
        assertThat(plan(manifests).target().openDecisions())
                .extracting(Decision::id)
                .containsExactly("sidecar-shop-cache");
        Manifests answered = Manifests.translate(temp, manifests, Map.of("sidecar-shop-cache", "app"));
        assertThat(answered.target().apps()).extracting(TargetApp::name).containsExactly("shop", "shop-cache");
        assertThat(answered.target().openDecisions()).isEmpty();
    }

    @Test
    void aContainerOfTheAppsOwnImageIsAProcessTypeOrAnApp() throws IOException {
        Manifests plan = plan(app("", """
                      - {name: worker, image: "example/shop:1", args: [work], env: [{name: MODE, value: live}]}
                      - {name: other, image: "example/shop:1", args: [work], env: [{name: MODE, value: test}]}
                """));
        assertThat(plan.target().apps()).extracting(TargetApp::name).containsExactly("shop", "shop-other");
        assertThat(plan.target().app("shop").orElseThrow().formation().others())
                .extracting(TargetApp.ProcessType::name)
                .containsExactly("worker");
        assertThat(plan.target().openDecisions()).isEmpty();
    }

    @Test
    void jobsThatMigrateGoBeforeTheDeployAndOthersHaveRun() throws IOException {
        Manifests plan = plan(app("", "") + job("migrate", "alembic, upgrade, head") + job("import", "load, all"));
        assertThat(plan.target().app("shop").orElseThrow().formation().predeploy())
                .containsExactly(List.of("alembic", "upgrade", "head"));
        assertThat(decision(plan, "job-import").chosen()).hasValue("done");
        assertThat(plan.target().openDecisions()).isEmpty();
    }

    @Test
    void cronJobsOfAnAppsImageAreItsTasks() throws IOException {
        Manifests plan = plan(app("", "") + cron("nightly", "example/shop:1", "args: [prune, 'it''s all']"));
        TargetApp shop = plan.target().app("shop").orElseThrow();
        assertThat(shop.cron())
                .containsExactly(
                        new TargetApp.CronTask("timeout 60 prune 'it'\\''s all'", "0 3 * * *", "forbid", true));
        assertThat(shop.cronJobs()).containsExactly("CronJob/nightly");
        assertThat(plan.target().openDecisions()).isEmpty();
    }

    @Test
    void otherCronJobsHaveAnAppWithoutProcesses() throws IOException {
        Manifests plan = plan(cron("report", "example/report:2", "command: [report, --all]"));
        TargetApp report = plan.target().app("report").orElseThrow();
        assertThat(report.processes()).isZero();
        assertThat(report.workloads()).isEmpty();
        assertThat(report.cron()).extracting(TargetApp.CronTask::command).containsExactly("timeout 60 report --all");
        assertThat(plan.target().openDecisions()).isEmpty();
    }

    @Test
    void aCronJobWithoutACommandAsksForIt() throws IOException {
        Manifests plan = plan(cron("report", "example/report:2", "workingDir: /"));
        assertThat(plan.target().openDecisions()).extracting(Decision::id).containsExactly("cron-report");
    }

    private Manifests plan(String manifests) throws IOException {
        return Manifests.translate(temp, manifests);
    }

    private static String app(String init, String beside) {
        return APP.replace("INIT", init).replace("BESIDE\n", beside);
    }

    private static String job(String name, String words) {
        return """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: NAME}
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                      containers:
                      - {name: job, image: "example/shop:1", args: [WORDS], env: [{name: MODE, value: live}]}
                ---
                """.replace("NAME", name).replace("WORDS", words);
    }

    private static String cron(String name, String image, String command) {
        return """
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: NAME}
                spec:
                  schedule: "0 3 * * *"
                  concurrencyPolicy: Forbid
                  suspend: true
                  jobTemplate:
                    spec:
                      backoffLimit: 0
                      activeDeadlineSeconds: 60
                      template:
                        spec:
                          restartPolicy: Never
                          containers:
                          - name: task
                            image: IMAGE
                            COMMAND
                ---
                """.replace("NAME", name).replace("IMAGE", image).replace("COMMAND", command);
    }

    private static Decision decision(Manifests plan, String id) {
        return plan.target().decisions().stream()
                .filter(decision -> decision.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no decision " + id));
    }

    private static List<Disposition> dispositions(Manifests plan, String path) {
        return plan.ledger().entries().stream()
                .filter(entry -> entry.object().endsWith("/Deployment/default/shop")
                        && entry.path().toString().equals(path))
                .map(entry -> entry.disposition())
                .toList();
    }
}
