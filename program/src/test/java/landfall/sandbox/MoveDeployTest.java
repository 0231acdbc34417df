package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import landfall.apply.Applier;
import landfall.apply.ChangeLog;
import landfall.base.Secret;
import landfall.dokku.DokkuCommand;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deploys of a move's apps by {@code apply}, with what stands in their way. */
class MoveDeployTest {
    @TempDir
    private Path folder;

    private TinyHost tiny;
    private MoveFolder move;
    private final List<String> told = new CopyOnWriteArrayList<>();

    /** As the journal of a move: what was begun and never ended stays open. */
    private static final class Journal implements ChangeLog {
        private final Set<String> open = new HashSet<>();

        @Override
        public synchronized void before(String task, String commands) {
            open.add(task);
        }

        @Override
        public synchronized void after(String task) {
            open.remove(task);
        }

        @Override
        public synchronized boolean isOpen(String task) {
            return open.contains(task);
        }
    }

    private final Journal journal = new Journal();

    @BeforeEach
    void start() throws Exception {
        tiny = new TinyHost(Files.createDirectories(folder.resolve("host")));
        move = MoveFolder.at(folder.resolve("move"));
        move.write(move.recipeFile(), "- tasks:\n    - dokku_app: {app: web}\n", false);
        move.writeSecrets(Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        tiny.close();
    }

    private Applier.Outcome apply(String image) {
        MoveSettings.App app = new MoveSettings.App("web", null, image, List.of(), List.of(), List.of(), List.of());
        move.writeSettings(new MoveSettings(
                "web",
                new MoveSettings.Kubernetes(null, null, "web"),
                new MoveSettings.DokkuTarget(null, null, null, null),
                Map.of(),
                List.of(app),
                List.of(),
                List.of()));
        return new Applier(move, tiny.host(), event -> told.add(event.toString()), journal).apply(false);
    }

    @Test
    void theHostIsLoggedInToARegistryOnlyToPullAndNoPasswordIsSeen() throws Exception {
        String image = "registry.test/tinyweb@sha256:" + "0123456789abcdef".repeat(4);
        assertThatThrownBy(() -> apply(image))
                .hasMessageContaining("Failed to pull image")
                .hasMessageContaining("pull access denied");
        move.writeSecrets(Map.of("registry-registry.test-user", Secret.of("puller")));
        assertThatThrownBy(() -> apply(image)).hasMessageContaining("no `registry-registry.test-password`");
        move.writeSecrets(Map.of(
                "registry-registry.test-user", Secret.of("puller"),
                "registry-registry.test-password", Secret.of("canary")));
        assertThat(apply(image).changed()).isEqualTo(1);
        assertThat(tiny.host().report("git", "web")).containsEntry("source-image", image);
        tiny.host().demand(DokkuCommand.of("registry:logout", "web", "registry.test"));
        assertThat(apply(image).changed())
                .as("nothing to pull, nothing to log in for")
                .isZero();
        assertThat(DokkuRegistry.mayPull(tiny.dokku().host(), "web", image)).isFalse();
        assertThat(told.toString()).doesNotContain("canary");
        DokkuCommand login = landfall.dokku.DokkuHost.registryLogin("web", "ghcr.io", "me", Secret.of("canary"));
        assertThat(login.line() + login.display()).doesNotContain("canary");
    }

    @Test
    void anImageThatALockKeptFromRunningIsDeployedByTheSameCommand() throws Exception {
        apply("tinyweb:v1");
        tiny.host().demand(DokkuCommand.of("config:set", "--no-restart", "web", "TEXT=second"));
        Thread other = Thread.ofVirtual().start(() -> tiny.host().run(DokkuCommand.of("ps:rebuild", "web")));
        tiny.awaitDeploying("web");
        assertThatThrownBy(() -> apply("tinyweb:v2"))
                .hasMessageContaining("somebody else is deploying web")
                .hasMessageContaining("deploy lock");
        other.join();
        assertThat(tiny.host().report("git", "web"))
                .as("as on a real host, it is on record")
                .containsEntry("source-image", "tinyweb:v2");
        String before =
                tiny.dokku().host().deploys().containers("web").getFirst().id();
        assertThat(apply("tinyweb:v2").changed()).isEqualTo(1);
        assertThat(tiny.dokku().host().deploys().containers("web").getFirst().id())
                .as("another container runs")
                .isNotEqualTo(before);
        assertThat(apply("tinyweb:v2").changed()).isZero();
    }
}
