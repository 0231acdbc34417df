package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import landfall.dokku.DokkuJson;
import landfall.dokku.DokkuResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Landfall relies on in a Dokku host's settings, written once: of the emulated host by default, of a real one with
 * {@code LANDFALL_DOKKU=dokku@host:port} (see {@link ConformanceHost}).
 */
class DokkuConformanceTest {
    private static ConformanceHost host;

    @BeforeAll
    static void open(@TempDir Path folder) throws Exception {
        host = ConformanceHost.open(folder);
    }

    @AfterAll
    static void close() throws Exception {
        host.close();
    }

    @Test
    void versionAnswersOneLineThatNamesDokku() {
        List<String> lines = host.done("version").stdout().lines().toList();

        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).matches("dokku version [0-9]+\\.[0-9]+\\.[0-9]+.*");
    }

    @Test
    void pluginsAreListedAsJsonWithNameVersionAndWhetherEnabled() {
        List<Map<String, Object>> plugins =
                DokkuJson.objects(host.done("plugin:list", "--format", "json").stdout(), "plugin:list");

        assertThat(plugins)
                .anySatisfy(plugin -> assertThat(plugin)
                        .containsEntry("name", "apps")
                        .containsEntry("enabled", true)
                        .containsKey("version"));
    }

    @Test
    void anUnknownCommandSaysSoAndExitsOne() {
        DokkuResult result = host.run("landfall:nonsense", "x");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.stderr()).contains("`landfall:nonsense x` is not a dokku command.");
    }

    @Test
    void anAbsentAppIsExitTwentyAndAnExistingNameIsTaken() {
        String app = host.newApp();

        assertThat(host.run("apps:exists", app).exit()).isZero();
        assertThat(host.run("apps:create", app).stderr()).contains("Name is already taken");
        DokkuResult absent = host.run("apps:exists", host.newName());
        assertThat(absent.appMissing()).isTrue();
        assertThat(host.run("ports:report", host.newName(), "--format", "json").appMissing())
                .isTrue();
        assertThat(DokkuJson.texts(host.done("apps:list", "--format", "json").stdout(), "apps:list"))
                .contains(app);
        assertThat(host.report("apps", app)).containsEntry("locked", "false").containsEntry("deploy-source", "");
    }

    @Test
    void invalidAppNamesAreRefused() {
        for (String name : List.of("Upper", "under_score", "a b", "-dash")) {
            assertThat(host.run("apps:create", name).exit()).as(name).isIn(1, 2);
        }
    }

    @Test
    void importedValuesAreReadBackAsTheyAre() {
        String app = host.newApp();
        Map<String, String> values = new LinkedHashMap<>();
        values.put("QUOTES", "it's \"quoted\" so");
        values.put("LINES", "one\ntwo\n");
        values.put("SIGNS", "$HOME `id` \\n #x !y & | ; * {a,b}");
        values.put("TEXT", "Grüße ✓ \t.");
        values.put("EMPTY", "");
        values.put("LONG", "x".repeat(100_000));

        host.imported(app, values);

        assertThat(host.config(app)).containsAllEntriesOf(values);
        assertThat(host.done("config:keys", app).stdout().lines()).containsExactlyInAnyOrderElementsOf(values.keySet());
        assertThat(host.done("config:get", app, "LINES").stdout()).startsWith("one\ntwo\n");
    }

    @Test
    void encodedValuesArriveAsTheyAreAndAnAbsentKeyCanBeUnset() {
        String app = host.newApp();

        host.done("config:set", "--no-restart", "--encoded", app, "A=bGluZTEKbGluZTI=");
        host.done("config:unset", "--no-restart", app, "ABSENT");

        assertThat(host.config(app)).containsExactly(Map.entry("A", "line1\nline2"));
        assertThat(host.run("config:get", app, "ABSENT").exit()).isEqualTo(1);
    }

    @Test
    void aValueThatEndsInAQuoteOrABackslashIsNotReadBackAsItWas() {
        String app = host.newApp();

        host.imported(app, Map.of("A", "ends in \"", "B", "x"));

        assertThat(host.config(app).get("A"))
                .as("Landfall refuses such values; a Dokku that keeps them needs no refusal")
                .isNotEqualTo("ends in \"");
    }

    @Test
    void wordsAreSplitByQuotesButNotForGitCommands() {
        String app = host.newApp();

        host.line("config:set --no-restart " + app + " 'A=two words' B=\"$HOME; id\"", new byte[0]);
        host.line("git:set " + app + " deploy-branch 'a b'", new byte[0]);

        assertThat(host.config(app)).containsEntry("A", "two words").containsEntry("B", "$HOME; id");
        assertThat(host.report("git", app)).containsEntry("deploy-branch", "'a");
        assertThat(host.line("dokku version", new byte[0]).exit()).isEqualTo(1);
    }

    @Test
    void domainsAreSetAddedRemovedAndRefused() {
        String app = host.newApp();
        String domain = app + ".example.com";

        host.done("domains:set", app, domain, "www." + domain);
        assertThat(host.report("domains", app)).containsEntry("app-vhosts", domain + " www." + domain);
        host.done("domains:add", app, domain);
        host.done("domains:remove", app, "www." + domain);
        host.done("domains:remove", app, "www." + domain);

        assertThat(host.report("domains", app))
                .containsEntry("app-vhosts", domain)
                .containsEntry("app-enabled", "true")
                .containsKey("global-vhosts");
        assertThat(host.run("domains:set", app, "not a domain!").exit()).isEqualTo(1);
    }

    @Test
    void portMappingsAreSetAndReportedAndAKnownOneIsNotAddedTwice() {
        String app = host.newApp();
        assertThat(host.report("ports", app)).containsEntry("map", "").containsKey("map-detected");

        host.done("ports:set", app, "http:18080:5000", "http:18081:5000");

        Map<String, String> report = host.report("ports", app);
        assertThat(report.getOrDefault("map", "").split(" "))
                .containsExactlyInAnyOrder("http:18080:5000", "http:18081:5000");
        assertThat(host.run("ports:add", app, "http:18080:5000").exit()).isEqualTo(1);
        assertThat(host.run("ports:set", app, "http:99999:5000").exit()).isEqualTo(1);
        host.done("ports:clear", app);
        assertThat(host.report("ports", app)).containsEntry("map", "");
    }

    @Test
    void propertiesAreKeptAsGivenAndUnknownOnesRefused() {
        String app = host.newApp();

        host.done("checks:set", app, "wait-to-retire", "30");
        host.done("nginx:set", app, "client-max-body-size", "50m");
        host.done("ps:set", app, "stop-timeout-seconds", "10");

        assertThat(host.report("checks", app)).containsEntry("wait-to-retire", "30");
        assertThat(host.report("nginx", app)).containsEntry("client-max-body-size", "50m");
        assertThat(host.report("ps", app)).containsEntry("stop-timeout-seconds", "10");
        for (String family : List.of("checks", "nginx", "ps")) {
            assertThat(host.run(family + ":set", app, "nonsense", "1").exit())
                    .as(family)
                    .isEqualTo(1);
        }
        host.done("nginx:set", app, "client-max-body-size");
        assertThat(host.report("nginx", app)).containsEntry("client-max-body-size", "");
    }

    @Test
    void checksAreSwitchedForAllProcesses() {
        String app = host.newApp();

        host.done("checks:disable", app);
        assertThat(host.report("checks", app)).containsEntry("disabled-list", "_all_");
        host.done("checks:enable", app);
        assertThat(host.report("checks", app)).containsEntry("disabled-list", "none");
    }

    @Test
    void resourcesAreReportedByTypeAndKindUnchecked() {
        String app = host.newApp();

        host.done("resource:limit", "--memory", "256m", "--cpu", "1", app);
        host.done("resource:reserve", "--memory", "128m", "--process-type", "worker", app);

        assertThat(host.report("resource", app))
                .containsEntry("_default_.limit.memory", "256m")
                .containsEntry("_default_.limit.cpu", "1")
                .containsEntry("worker.reserve.memory", "128m");
        assertThat(host.run("resource:limit", "--memory", "lots", app).exit())
                .as("Landfall checks sizes, since Dokku doesn't")
                .isZero();
        host.done("resource:limit-clear", app);
        assertThat(host.report("resource", app)).doesNotContainKey("_default_.limit.memory");
    }

    @Test
    void scaleIsJsonWithTypeAndQuantityAndTakesWhatCannotRun() {
        String app = host.newApp();

        host.done("ps:scale", app, "web=2", "worker=1");

        assertThat(DokkuJson.objects(
                        host.done("ps:scale", "--format", "json", app).stdout(), "ps:scale"))
                .anySatisfy(process ->
                        assertThat(process).containsEntry("process_type", "web").containsEntry("quantity", 2))
                .anySatisfy(process -> assertThat(process).containsEntry("process_type", "worker"));
        assertThat(host.run("ps:scale", app, "web=-1").exit())
                .as("Landfall checks counts, since Dokku doesn't")
                .isZero();
    }

    @Test
    void dockerOptionsAreListedByPhase() {
        String app = host.newApp();

        host.done("docker-options:add", app, "deploy", "--shm-size 64m");

        Map<String, Object> report = DokkuJson.object(
                host.done("docker-options:report", app, "--format", "json").stdout(), "docker-options:report");
        assertThat(report).containsEntry("deploy-list", List.of("--shm-size 64m"));
    }

    @Test
    void storageEntriesAreCreatedMountedAndListed() {
        String app = host.newApp();
        String entry = host.newName();
        host.atTheEnd("storage:destroy", entry, "--force");

        host.done("storage:create", entry);
        host.done("storage:mount", app, entry, "--container-dir", "/data");

        assertThat(DokkuJson.objects(
                        host.done("storage:list-entries", "--format", "json").stdout(), "storage:list-entries"))
                .anySatisfy(each -> assertThat(each).containsEntry("name", entry));
        assertThat(DokkuJson.objects(
                        host.done("storage:list", app, "--format", "json").stdout(), "storage:list"))
                .anySatisfy(mount -> assertThat(mount)
                        .containsEntry("entry_name", entry)
                        .containsEntry("container_path", "/data")
                        .containsKey("host_path"));
        assertThat(host.run("storage:destroy", entry, "--force").exit())
                .as("mounted")
                .isEqualTo(1);
        host.done("storage:unmount", app, entry, "--container-dir", "/data");
    }

    @Test
    void networksAreCreatedOnceAndAttached() {
        String app = host.newApp();
        String network = host.newName();
        host.atTheEnd("--force", "network:destroy", network);

        assertThat(host.run("network:exists", network).exit()).isEqualTo(1);
        host.done("network:create", network);
        host.done("network:set", app, "attach-post-create", network);

        assertThat(host.run("network:exists", network).exit()).isZero();
        assertThat(host.run("network:create", network).exit()).isEqualTo(1);
        assertThat(host.report("network", app)).containsEntry("attach-post-create", network);
        host.done("network:set", app, "attach-post-create");
    }

    @Test
    void aLockIsAFileThatIsReported() {
        String app = host.newApp();

        assertThat(host.run("apps:locked", app).exit()).isEqualTo(1);
        host.done("apps:lock", app);
        assertThat(host.report("apps", app)).containsEntry("locked", "true");
        host.done("apps:unlock", app);
        assertThat(host.run("apps:unlock", app).exit()).isEqualTo(1);
    }

    @Test
    void aReportWithoutAnAppHasALineOfJsonForEach() {
        String app = host.newApp();
        String text = host.done("apps:report", "--format", "json").stdout();

        assertThat(text.lines())
                .allSatisfy(line ->
                        assertThat(DokkuJson.strings(line, "apps:report")).containsKey("dir"));
        assertThat(text).contains("/home/dokku/" + app);
    }

    @Test
    void theShellTakesManyCommandsAndTellsNoExitCode() {
        String app = host.newApp();
        byte[] lines = ("apps:exists " + app + "\napps:exists " + host.newName() + "\nversion\n")
                .getBytes(StandardCharsets.UTF_8);

        DokkuResult result = host.run(lines, "shell");

        assertThat(result.exit()).isZero();
        assertThat(result.stdout()).contains("dokku version ");
        assertThat(result.stderr()).contains("does not exist");
    }
}
