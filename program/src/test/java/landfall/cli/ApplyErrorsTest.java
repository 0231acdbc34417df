package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
            """;

    @TempDir
    Path home;

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            version=0.29.0   | 4 | Dokku 0.29.0        | too old         | apt-get install dokku
            without=postgres | 4 | no postgres plugin  | plugin:install  | root installs it
            disk-full=2      | 1 | No space left       | dokku           | web
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

    private String move() throws IOException {
        MoveFolder folder = MoveFolder.at(home.resolve("move"));
        folder.write(folder.recipeFile(), RECIPE, false);
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
