package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.DokkuFault;
import landfall.sandbox.EmulatedDokku;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code landfall apply} says when the host lets it down: once, in words, and the next run goes on. */
final class ApplyErrorsTest {
    private static final String RECIPE = """
            - tasks:
                - dokku_app: {app: web}
                - dokku_config: {app: web, config: {A: one}}
                - dokku_domains: {app: web, domains: [web.example], state: set}
                - dokku_service_create: {service: postgres, name: web-db}
                - dokku_git_from_image: {app: web, image: "ghcr.io/v-sekai/uro-web:1"}
            """;

    @TempDir
    Path home;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            version=0.29.0   | 4 | Dokku 0.29.0        | too old         | apt-get install dokku
            without=postgres | 4 | no postgres plugin  | plugin:install  | root installs it
            disk-full=2      | 4 | disk of 127.        | No space left   | docker system prune
            disk-full=27     | 1 | No space left       | dokku           | run the same command again
            fail-checks=1    | 1 | the deploy of web failed | restarted 3 times | What ran before still runs
            deploy-lock=web  | 4 | somebody else is deploying web | deploy lock | when that deploy has ended
            refuse-connections=1 | 1 | hung up before the login | sshd    | Check the port
            refuse-keys=1    | 1 | Permission denied (publickey) | id_ed25519 (SHA256: | ssh-keys:add
            """)
    void aHostThatCannotIsToldInOneMessageAndTheNextRunGoesOn(
            String fault, int exit, String what, String more, String next) throws Exception {
        Path state = Files.createDirectories(home.resolve("sandbox"));
        ProcessRegistry registry = ProcessRegistry.in(state);
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku =
                        EmulatedDokku.start(state, addresses, new Containers(state, addresses, registry), registry)) {
            String move = move();
            dokku.misbehave(DokkuFault.parse(fault).toArray(DokkuFault[]::new));
            LandfallProcess.Ended ended = apply(dokku, move);
            assertThat(ended.err()).contains(what, more, next).doesNotContain("\tat ", "Exception");
            assertThat(Arrays.stream(ended.err().split("\n")).filter(line -> line.contains(what)))
                    .as(ended.err())
                    .hasSize(1);
            assertThat(ended.exit()).as(ended.err()).isEqualTo(exit);
            dokku.misbehave();
            assertThat(apply(dokku, move).exit()).isZero();
            LandfallProcess.Ended third = apply(dokku, move);
            assertThat(third.out() + third.err()).contains("0 changed");
        }
    }

    @Test
    void whatTheMachineCannotGiveIsToldBeforeAnythingIsMade() throws Exception {
        try (RecipeHost host = new RecipeHost(home)) {
            String move = move("""
                    - tasks:
                        - dokku_app: {app: web}
                        - dokku_resource_limit: {app: web, resources: {cpu: "4096"}}
                        - dokku_resource_reserve: {app: web, resources: {memory: "9000000g"}}
                    """);
            assertThat(host.landfall(4, "apply", move, "--yes").err())
                    .contains("web is limited to 4096.0 processors", "docker starts no container with more");
            assertThat(host.byHand("apps:list")).doesNotContain("web");
            move = move("""
                    - tasks:
                        - dokku_app: {app: web}
                        - dokku_resource_reserve: {app: web, resources: {memory: "9000000g"}}
                    """);
            assertThat(host.landfall(0, "apply", move, "--yes").out())
                    .contains("the recipe reserves 9", "of memory, and 127.", "Lower the reservations");
            assertThat(host.landfall(0, "apply", move, "--yes").out()).contains("0 changed");
        }
    }

    @Test
    void anImageThatIsNotThereIsToldWithTheRegistrysWords() throws Exception {
        try (RecipeHost host = new RecipeHost(home)) {
            String move = move(RECIPE.replace("ghcr.io/v-sekai/uro-web:1", "nowhere.example/none:1"));
            assertThat(host.landfall(1, "apply", move, "--yes").err())
                    .contains(
                            "the deploy of web failed", "Failed to pull image: nowhere.example/none:1", "run the same");
            assertThat(host.landfall(0, "apply", move(RECIPE), "--yes").out()).contains("1 changed, 4 unchanged");
        }
    }

    private LandfallProcess.Ended apply(EmulatedDokku dokku, String move) {
        return LandfallProcess.run(
                home,
                "apply",
                move,
                "--yes",
                "--host",
                dokku.destination(),
                "--identity",
                dokku.clientKeyFile().toString(),
                "--known-hosts",
                dokku.knownHostsFile().toString());
    }

    private String move() {
        return move(RECIPE);
    }

    private String move(String recipe) {
        MoveFolder folder = MoveFolder.at(home.resolve("move"));
        folder.write(folder.recipeFile(), recipe, false);
        folder.writeSecrets(Map.of());
        folder.writeSettings(new MoveSettings(
                "web",
                new MoveSettings.Kubernetes(null, null, "web"),
                new MoveSettings.DokkuTarget(null, null, null, null),
                Map.of(),
                List.of(),
                List.of(),
                List.of()));
        return folder.path().toString();
    }
}
