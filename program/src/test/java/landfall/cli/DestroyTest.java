package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import landfall.move.MoveJournal;
import landfall.move.MoveState;
import landfall.sandbox.DokkuFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code landfall destroy} by the real command line against an emulated host. */
final class DestroyTest {
    private static final String RECIPE = """
            - tasks:
                - dokku_app: {app: web}
                - dokku_app: {app: worker}
                - dokku_app: {app: theirs}
                - dokku_service_create: {service: postgres, name: web-db}
                - dokku_service_link: {app: web, service: postgres, name: web-db}
                - dokku_service_link: {app: theirs, service: postgres, name: web-db}
                - dokku_network: {name: web-net}
                - dokku_storage_entry: {name: web-files}
                - dokku_storage_mount: {app: web, entry_name: web-files, container_dir: /files}
                - dokku_storage_mount: {app: theirs, entry_name: web-files, container_dir: /files}
                - dokku_config: {app: theirs, config: {OURS: "1"}}
            """;

    @TempDir
    Path home;

    private String recipe = "";

    @Test
    void destroyUndoesWhatApplyCreatedAndNothingElseAlsoAfterAnInterruption() throws Exception {
        recipe = Files.writeString(home.resolve("web.yml"), RECIPE).toString();
        try (RecipeHost host = new RecipeHost(home)) {
            host.byHand("apps:create", "theirs");
            host.byHand("config:set", "--no-restart", "theirs", "KEY=kept");
            host.byHand("apps:create", "foreign");
            host.landfall(0, "apply", recipe);
            host.byHand("postgres:link", "web-db", "foreign", "--no-restart");

            assertThat(host.landfall(4, "destroy", recipe, "--yes").err())
                    .contains("postgres web-db is used by foreign, which is not Landfall's", "Nothing was destroyed");
            assertThat(host.byHand("apps:list")).contains("web", "worker");
            host.byHand("postgres:unlink", "web-db", "foreign", "--no-restart");

            assertThat(host.landfall(2, "destroy", recipe).err()).contains("not confirmed", "--yes");
            String shown = host.landfall(0, "destroy", recipe, "--dry-run").out();
            assertThat(shown)
                    .contains(
                            "its files stay on the host in /var/lib/dokku/data/storage/web-files",
                            "Settings of apps that were there before stay: dokku_config theirs (1 variables)",
                            "dokku postgres:unlink web-db theirs",
                            "dokku storage:unmount theirs web-files --container-dir /files",
                            "dokku apps:destroy --force web",
                            "dokku postgres:destroy web-db --force",
                            "dokku --force network:destroy web-net",
                            "dokku storage:destroy web-files --force")
                    .containsPattern("its data dies: [0-9]+ (kB|MB) of databases")
                    .doesNotContain("apps:destroy --force theirs", "foreign");
            assertThat(host.byHand("apps:list")).contains("web", "worker");

            cutOffOnce(host);
            String again = host.landfall(0, "destroy", recipe, "--yes").out();
            assertThat(again).contains("undone");

            assertThat(host.byHand("apps:list").lines().toList())
                    .containsExactly("=====> My Apps", "foreign", "theirs");
            assertThat(host.byHand("config:keys", "theirs").lines().toList()).containsExactly("KEY", "OURS");
            assertThat(host.byHand("postgres:list")).doesNotContain("web-db");
            assertThat(host.byHand("network:list")).doesNotContain("web-net");
            assertThat(host.byHand("storage:list-entries")).doesNotContain("web-files");

            assertThat(host.landfall(0, "destroy", recipe, "--yes").out()).contains("nothing to destroy");
            host.byHand("apps:create", "web");
            assertThat(host.landfall(0, "destroy", recipe, "--yes").out())
                    .as("a namesake made later is not ours")
                    .contains("nothing to destroy");
            assertThat(host.byHand("apps:list")).contains("web");
            host.byHand("apps:destroy", "--force", "web");

            assertThat(host.landfall(0, "apply", recipe).out()).contains("9 changed, 2 unchanged");
        }
    }

    /** The connection ends while the service is destroyed, at the latest. */
    private void cutOffOnce(RecipeHost host) {
        host.dokku().misbehave();
        host.landfall(0, "destroy", recipe, "--dry-run");
        int looks = host.dokku().commandsGiven();
        host.dokku().misbehave(new DokkuFault.Drop(looks + 4, DokkuFault.Moment.AFTER));
        LandfallProcess.Ended cut = host.landfall(1, "destroy", recipe, "--yes");
        host.dokku().misbehave();
        assertThat(cut.err()).contains("Run the same command again");
        assertThat(host.byHand("storage:list-entries")).contains("web-files");
    }

    @Test
    void whileDataOrUsersDependOnTheHostNothingIsDestroyed() throws Exception {
        recipe = Files.writeString(home.resolve("web.yml"), RECIPE).toString();
        // Refused before the host is looked at: nobody answers at this address.
        LandfallProcess.run(home, "diff", recipe, "--host", "dokku@127.0.0.1:1");
        MoveJournal journal = MoveJournal.open(home.resolve("web.landfall/journal.jsonl"), Clock.systemUTC());
        journal.advance(MoveState.PLANNED, MoveState.APPLIED);
        journal.advance(MoveState.APPLIED, MoveState.COPYING);
        journal.advance(MoveState.COPYING, MoveState.FOLLOWING);
        assertThat(refusal()).contains("the move is following", "landfall abandon");
        journal.advance(MoveState.FOLLOWING, MoveState.SWITCHING);
        journal.advance(MoveState.SWITCHING, MoveState.SWITCHED);
        assertThat(refusal()).contains("Users are on Dokku", "landfall rollback");
    }

    private String refusal() {
        LandfallProcess.Ended ended = LandfallProcess.run(home, "destroy", recipe, "--yes");
        assertThat(ended.exit()).as(ended.err()).isEqualTo(4);
        return ended.err();
    }
}
