package landfall.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import landfall.base.Events;
import landfall.base.Secret;
import landfall.dokku.DokkuHost;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.EmulatedDokku;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole apply against the emulated Dokku host. */
class ApplierTest {
    private static final String RECIPE = """
            - name: vsekai
              inputs:
                - {name: uro_secret, required: true, sensitive: true}
              tasks:
                - dokku_app: {app: uro}
                - dokku_service_create: {service: postgres, name: uro-db, config_options: "-c wal_level=logical"}
                - dokku_storage_entry: {name: uro-shared-files}
                - dokku_storage_mount: {app: uro, entry_name: uro-shared-files, container_dir: /app/shared_files}
                - dokku_service_link: {app: uro, service: postgres, name: uro-db}
                - dokku_config:
                    app: uro
                    config: {DATABASE_URL: "postgres://uro:{{ .uro_secret }}@dokku-postgres-uro-db:5432/uro_db", B: "two words"}
                - dokku_domains: {app: uro, domains: [vsekai.example.com], state: set}
                - dokku_ports: {app: uro, port_mappings: [{scheme: http, host: 30400, container: 4000}], state: set}
                - dokku_nginx_property: {app: uro, property: client-max-body-size, value: 200m}
                - dokku_checks_property: {app: uro, property: wait-to-retire, value: "30"}
                - dokku_resource_limit: {app: uro, resources: {memory: 512m, cpu: "1"}}
                - dokku_ps_scale: {app: uro, scale: {web: 1}, skip_deploy: true}
            """;

    @TempDir
    Path folder;

    @Test
    void aSecondApplyChangesNothingAndNoSecretIsShown() throws Exception {
        MoveFolder move = MoveFolder.at(folder.resolve("move"));
        move.write(move.recipeFile(), RECIPE, false);
        move.writeSecrets(Map.of("uro-secret", Secret.of("canary'x")));
        move.writeSettings(new MoveSettings(
                "vsekai",
                new MoveSettings.Kubernetes(null, null, "vsekai"),
                new MoveSettings.DokkuTarget(null, null, null, null),
                Map.of(),
                List.of(),
                List.of(),
                List.of()));
        Path state = Files.createDirectories(folder.resolve("sandbox"));
        ProcessRegistry registry = ProcessRegistry.in(state);
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku =
                        EmulatedDokku.start(state, addresses, new Containers(state, addresses, registry), registry);
                SshConnection connection = SshConnection.connect(
                        SshTarget.parse(dokku.destination()),
                        new SshOptions(dokku.clientKeyFile(), dokku.knownHostsFile(), null))) {
            List<String> told = new ArrayList<>();
            Events events = event -> told.add(event.toString());
            DokkuHost host = new DokkuHost(connection);
            Applier applier = new Applier(move, host, events, ChangeLog.NONE);

            Applier.Outcome dry = applier.apply(true);
            assertThat(dry.commands()).contains("apps:create uro");
            assertThat(host.appExists("uro")).isFalse();
            Applier.Outcome first = applier.apply(false);
            assertThat(first.changed()).isGreaterThanOrEqualTo(10);
            Applier.Outcome second = applier.apply(false);
            assertThat(second.commands()).isEmpty();
            assertThat(second.changed()).isZero();
            assertThat(second.unchanged()).isEqualTo(12);
            assertThat(host.report("ports", "uro")).containsEntry("map", "http:30400:4000");
            assertThat(told.toString() + dry.commands() + first.commands()).doesNotContain("canary");
            assertThat(host.postgresDsn("uro-db").reveal()).contains("@dokku-postgres-uro-db:5432/uro_db");
        }
    }

    @Test
    void everythingThatCannotBeAppliedIsToldAtOnce() {
        String recipe = """
                - tasks:
                    - dokku_app: {app: uro, colour: red}
                    - dokku_cron_property: {app: uro}
                    - dokku_ps_scale: {app: uro, scale: {web: -1}}
                    - dokku_config: {app: uro, config: {A: 'canary\\'}}
                """;
        assertThatThrownBy(() -> RecipeFile.parse(recipe, "recipe.yml", Map.of()))
                .isInstanceOfSatisfying(landfall.base.LandfallException.class, e -> {
                    assertThat(e.problems()).hasSize(4);
                    assertThat(e.problems().toString())
                            .contains("dokku_app.colour", "dokku_cron_property", "not a count", "ends in")
                            .doesNotContain("canary");
                });
    }
}
