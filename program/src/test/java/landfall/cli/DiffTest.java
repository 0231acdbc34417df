package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code landfall diff} and a recipe without a migration, by the real command line against an emulated host. */
final class DiffTest {
    private static final String RECIPE = """
            - inputs:
                - {name: api_key, required: true, sensitive: true}
              tasks:
                - dokku_app: {app: web}
                - dokku_service_create: {service: postgres, name: web-db}
                - dokku_service_link: {app: web, service: postgres, name: web-db}
                - dokku_config: {app: web, config: {API_KEY: "{{ .api_key }}", MODE: live}}
                - dokku_domains: {app: web, domains: [web.example.com]}
                - dokku_ports: {app: web, port_mappings: [{scheme: http, host: 80, container: 5000}]}
                - dokku_ps_scale: {app: web, scale: {web: 1}, skip_deploy: true}
            """;

    @TempDir
    Path home;

    @Test
    void aDiffShowsWhatApplyWouldChangeAndApartFromThatWhatTheRecipeDoesNotSay() throws Exception {
        Path recipe = Files.writeString(home.resolve("web.yml"), RECIPE);
        Path values = Files.writeString(home.resolve("values.json"), "{\"api_key\": \"canary\"}");
        String[] diff = {"diff", recipe.toString(), "--vars-file", values.toString(), "--json"};
        try (RecipeHost host = new RecipeHost(home)) {
            List<Map<String, Object>> before = events(host.landfall(5, diff));
            assertThat(named(before, "step"))
                    .extracting(step -> step.get("step"))
                    .contains("dokku_app web", "dokku_service_create postgres web-db", "dokku_ports web");
            assertThat(host.byHand("apps:list", "--format", "json")).doesNotContain("web");

            String[] apply = {"apply", recipe.toString(), "--vars-file", values.toString(), "--json"};
            assertThat(summary(events(host.landfall(0, apply)))).containsEntry("unchanged", 0);
            assertThat(summary(events(host.landfall(0, apply))))
                    .containsEntry("changed", 0)
                    .containsEntry("drift", 0);
            assertThat(home.resolve("web.landfall/journal.jsonl")).content().doesNotContain("canary");
            assertThat(home.resolve("web.landfall/secrets.yml")).doesNotExist();

            Map<String, Object> clean = summary(events(host.landfall(0, diff)));
            assertThat(clean).containsEntry("wouldChange", 0).containsEntry("drift", 0);
            assertThat((Integer) clean.get("roundTrips")).isLessThanOrEqualTo(2);

            typeDrift(host);
            LandfallProcess.Ended drifted = host.landfall(0, diff);
            assertThat(drifted.out()).doesNotContain("hidden", "canary");
            List<Map<String, Object>> events = events(drifted);
            assertThat(named(events, "drift"))
                    .extracting(event -> event.get("message"))
                    .containsExactlyInAnyOrder(
                            "+ app web: variable DEBUG",
                            "+ app web: domain extra.example.com",
                            "+ app web: port http:8080:5000",
                            "+ app web: mount /uploads (of /var/lib/dokku/data/storage/uploads)",
                            "+ app web: docker option run --env TOKEN=***",
                            "+ app web: process worker (2 of them)",
                            "+ app web: nginx property client-max-body-size (7m)",
                            "+ postgres web-db: link other");
            assertThat(summary(events)).containsEntry("wouldChange", 0);
            assertThat((Integer) summary(events).get("roundTrips")).isLessThanOrEqualTo(2);

            assertThat(summary(events(host.landfall(0, apply)))).containsEntry("changed", 0);
            assertThat(host.byHand("domains:report", "web", "--domains-app-vhosts"))
                    .as("drift is left alone")
                    .contains("extra.example.com");

            host.byHand("config:set", "--no-restart", "web", "MODE=test");
            String text = host.landfall(5, "diff", recipe.toString(), "--vars-file", values.toString())
                    .out();
            assertThat(text)
                    .containsSubsequence(
                            "Apply would change:",
                            "~ dokku_config web (2 variables): to set: MODE",
                            "On the host, not in the recipe; left alone:",
                            "+ app web: variable DEBUG",
                            "1 would change, 6 as the recipe says, 8 on the host and not in the recipe (left alone)");
        }
    }

    private static void typeDrift(RecipeHost host) {
        host.byHand("config:set", "--no-restart", "web", "DEBUG=hidden");
        host.byHand("domains:add", "web", "extra.example.com");
        host.byHand("ports:add", "web", "http:8080:5000");
        host.byHand("storage:create", "uploads");
        host.byHand("storage:mount", "web", "uploads", "--container-dir", "/uploads");
        host.byHand("docker-options:add", "web", "run", "--env TOKEN=hidden");
        host.byHand("ps:scale", "--skip-deploy", "web", "worker=2");
        host.byHand("nginx:set", "web", "client-max-body-size", "7m");
        host.byHand("apps:create", "other");
        host.byHand("postgres:link", "web-db", "other", "--no-restart");
    }

    @SuppressWarnings("unchecked") // an event is an object
    static List<Map<String, Object>> events(LandfallProcess.Ended ended) {
        JsonMapper mapper = JsonMapper.builder().build();
        return ended.out()
                .lines()
                .map(line -> (Map<String, Object>) mapper.readValue(line, Map.class))
                .toList();
    }

    static List<Map<String, Object>> named(List<Map<String, Object>> events, String name) {
        return events.stream().filter(event -> name.equals(event.get("event"))).toList();
    }

    static Map<String, Object> summary(List<Map<String, Object>> events) {
        return named(events, "summary").getLast();
    }

    @Test
    void aRecipeOfItsOwnDeploysItsImageOnceEverythingElseIsThere() throws Exception {
        String text = """
                - tasks:
                    - dokku_app: {app: web}
                    - dokku_git_from_image: {app: web, image: "ghcr.io/v-sekai/uro-web:1"}
                    - dokku_network: {name: web-net}
                    - dokku_network_property: {app: web, property: attach-post-create, value: web-net}
                    - dokku_ports: {app: web, port_mappings: [{scheme: http, host: 80, container: 3000}], state: set}
                    - dokku_config: {app: web, config: {PORT: "3000"}}
                """;
        Path recipe = Files.writeString(home.resolve("web.yml"), text);
        try (RecipeHost host = new RecipeHost(home)) {
            String dry =
                    host.landfall(0, "apply", recipe.toString(), "--dry-run").out();
            assertThat(dry)
                    .containsSubsequence("dokku network:create", "dokku config:import", "dokku git:from-image web")
                    .doesNotContain("ps:restart");
            host.landfall(0, "apply", recipe.toString());
            assertThat(host.byHand("ps:report", "web", "--deployed").strip()).isEqualTo("true");
            assertThat(host.landfall(0, "apply", recipe.toString()).out()).contains("0 changed, 6 unchanged");
            assertThat(host.landfall(0, "diff", recipe.toString()).out()).contains("0 would change, 6 as the recipe");

            Files.writeString(recipe, text.replace("uro-web:1", "uro-web:2").replace("\"3000\"", "\"3000\", A: b"));
            assertThat(host.landfall(5, "diff", recipe.toString()).out())
                    .containsSubsequence("dokku_config web", "dokku_git_from_image web ghcr.io/v-sekai/uro-web:2")
                    .doesNotContain("restart");
            assertThat(host.landfall(0, "apply", recipe.toString()).out()).contains("2 changed, 4 unchanged");
            assertThat(host.landfall(0, "diff", recipe.toString()).out()).contains("0 would change, 6 as the recipe");
        }
    }

    @Test
    void aRecipeOfAMoveIsNotTakenForOneOfItsOwn() throws Exception {
        Path move = Files.createDirectories(home.resolve("move"));
        Files.writeString(move.resolve("move.yaml"), "version: 1\n");
        Path recipe = Files.writeString(move.resolve("recipe.yml"), RECIPE);
        LandfallProcess.Ended ended = LandfallProcess.run(home, "apply", recipe.toString(), "--dry-run");
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.err()).contains("belongs to a move", "Give the folder");
        assertThat(move.resolve("recipe.landfall")).doesNotExist();
    }
}
