package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import landfall.base.LandfallException;
import landfall.dokku.AppCommit;
import landfall.dokku.DeployCircumstances;
import landfall.dokku.Deployment;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;
import landfall.dokku.DokkuResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderPushTest {
    @TempDir
    private Path folder;

    private TinyHost tiny;
    private DokkuHost host;
    private Path app;
    private final List<String> printed = new CopyOnWriteArrayList<>();

    @BeforeEach
    void start() throws Exception {
        tiny = new TinyHost(Files.createDirectories(folder.resolve("host")));
        host = tiny.host();
        app = Files.createDirectories(folder.resolve("app"));
        Files.writeString(app.resolve("Dockerfile"), "FROM tinyweb:v1\nENV TEXT=pushed\nEXPOSE 5000\nCOPY . /app\n");
        Path script = Files.createDirectories(app.resolve("files")).resolve("run.sh");
        Files.writeString(script, "#!/bin/sh\necho ran\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void stop() throws Exception {
        tiny.close();
    }

    private Deployment push() {
        printed.clear();
        return host.deployFolder("web", app, printed::add);
    }

    private String ok(String... words) {
        DokkuResult result = host.run(DokkuCommand.of(words));
        assertThat(result.succeeded()).as(result.toString()).isTrue();
        return result.stdout();
    }

    @Test
    void aFolderIsPushedOnceWithItsModesAndTheBuildIsSeen() throws Exception {
        assertThat(push()).isEqualTo(Deployment.DEPLOYED);
        assertThat(printed)
                .contains("-----> Building web from Dockerfile", "       web starting on 5000")
                .anyMatch(line -> line.contains("=====> Application deployed:"));
        assertThat(tiny.get(5000)).startsWith("pushed");
        assertThat(ok("enter", "web", "web", "sh", "-c", "/app/files/run.sh")).isEqualTo("ran\n");
        try (AppCommit commit = AppCommit.of(app)) {
            assertThat(host.report("git", "web")).containsEntry("sha", commit.id());
        }
        Files.setLastModifiedTime(app.resolve("Dockerfile"), java.nio.file.attribute.FileTime.fromMillis(0));
        assertThat(push()).isEqualTo(Deployment.UNCHANGED);
        assertThat(printed).isEmpty();
        Files.setPosixFilePermissions(app.resolve("files/run.sh"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(push()).isEqualTo(Deployment.DEPLOYED);
    }

    @Test
    void aFailedBuildAndAFailedCheckSayWhyAndLeaveTheOldServing() throws Exception {
        push();
        Files.writeString(app.resolve("Dockerfile"), "FROM tinyweb:v1\nRUN exit 3\n");
        assertThatThrownBy(this::push)
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("pre-receive hook declined")
                .hasMessageContaining("App build failed")
                .hasMessageContaining("What ran before still runs");
        Files.writeString(app.resolve("Dockerfile"), "FROM tinyweb:v1\nENV CRASH=yes\n");
        assertThatThrownBy(this::push)
                .hasMessageContaining("the container printed:\ni will die")
                .hasMessageContaining("Could not start due to 1 failed checks");
        assertThat(tiny.get(5000)).startsWith("pushed");
        Files.writeString(app.resolve("Dockerfile"), "FROM tinyweb:v1\nENV TEXT=mended\nEXPOSE 5000\n");
        assertThat(push()).isEqualTo(Deployment.DEPLOYED);
        assertThat(tiny.get(5000)).startsWith("mended");
    }

    @Test
    void theAppsDeployBranchIsPushedToAndAnImageInBetweenIsReplaced() throws Exception {
        ok("apps:create", "web");
        ok("git:set", "web", "deploy-branch", "live");
        assertThat(push()).isEqualTo(Deployment.DEPLOYED);
        assertThat(push()).isEqualTo(Deployment.UNCHANGED);
        assertThat(host.deployImage("web", "tinyweb:v2", line -> {})).isEqualTo(Deployment.DEPLOYED);
        assertThat(host.deployImage("web", "tinyweb:v2", line -> {})).isEqualTo(Deployment.UNCHANGED);
        assertThat(push()).isEqualTo(Deployment.DEPLOYED);
        assertThat(tiny.get(5000)).startsWith("pushed");
    }

    @Test
    void aDeployThatSomebodyElseRunsIsNotRaced() throws Exception {
        push();
        ok("config:set", "--no-restart", "web", "TEXT=slow", "SLOW=yes");
        Thread other = Thread.ofVirtual().start(() -> host.run(DokkuCommand.of("ps:rebuild", "web")));
        Files.writeString(app.resolve("more"), "more");
        tiny.awaitDeploying("web");
        assertThatThrownBy(this::push).hasMessageContaining("somebody else is deploying web");
        other.join();
        assertThat(push()).isEqualTo(Deployment.DEPLOYED);
    }

    @Test
    void aPushThatIsCutOffAnywhereIsMadeWholeByTheNext() throws Exception {
        push();
        int round = 0;
        int whole = 0;
        List<String> faults = List.of("drop=2:before", "drop=2:during:1", "drop=2:during:4", "drop-input=250");
        for (String fault : faults) {
            String text = "round" + ++round;
            Files.writeString(
                    app.resolve("Dockerfile"), "FROM tinyweb:v1\nENV TEXT=" + text + "\nEXPOSE 5000\nCOPY . /app\n");
            tiny.dokku().misbehave(DokkuFault.parse(fault).toArray(DokkuFault[]::new));
            try {
                // Cut behind the host's last word, it is whole.
                assertThat(push()).as(fault).isEqualTo(Deployment.DEPLOYED);
                whole++;
            } catch (LandfallException e) {
                assertThat(e).as(fault).hasMessageContaining("did not end properly");
            }
            tiny.dokku().misbehave();
            pushOnceTheHostIsFree();
            assertThat(tiny.get(5000)).as(fault).startsWith(text);
            assertThat(push()).as(fault).isEqualTo(Deployment.UNCHANGED);
        }
        assertThat(whole).as("most are cut where it matters").isLessThanOrEqualTo(1);
    }

    /** The host may still be at the deploy whose client has gone. */
    private void pushOnceTheHostIsFree() throws Exception {
        long end = System.nanoTime() + 30_000_000_000L;
        while (true) {
            try {
                push();
                return;
            } catch (LandfallException e) {
                assertThat(e).hasMessageContaining("somebody else is deploying web");
                assertThat(System.nanoTime()).isLessThan(end);
                tiny.awaitNoDeploy("web");
            }
        }
    }

    @Test
    void aRestartDoesNotRunBesideADeployAndALeftLockDoesNotStopIt() throws Exception {
        push();
        Thread other = Thread.ofVirtual().start(() -> host.run(DokkuCommand.of("ps:rebuild", "web")));
        tiny.awaitDeploying("web");
        assertThatThrownBy(() -> host.restart("web")).hasMessageContaining("somebody else is deploying web");
        other.join();
        ok("apps:lock", "web");
        assertThat(host.restart("web").succeeded()).isTrue();
        assertThat(host.restart("web").succeeded()).isTrue();
        assertThat(tiny.get(5000)).startsWith("pushed");
    }

    @Test
    void whatGitCannotHoldOrMustNotSendIsRefusedByName() throws Exception {
        Files.createSymbolicLink(app.resolve("inside"), Path.of("files/run.sh"));
        Files.writeString(app.resolve(".gitignore"), "*.log\n!keep.log\n");
        Files.writeString(app.resolve("x.log"), "x");
        try (AppCommit commit = AppCommit.of(app)) {
            String before = commit.id();
            Files.writeString(app.resolve("x.log"), "y");
            try (AppCommit again = AppCommit.of(app)) {
                assertThat(again.id()).isEqualTo(before);
            }
        }
        Path outside = app.resolve("outside");
        for (String target : List.of("/etc/passwd", "../app2/secret", "files/../../x")) {
            Files.createSymbolicLink(outside, Path.of(target));
            assertThatThrownBy(() -> AppCommit.of(app))
                    .hasMessageContaining(outside.toString())
                    .hasMessageContaining("out of the app's folder");
            Files.delete(outside);
        }
        Files.createDirectories(app.resolve("sub/.git"))
                .resolve("config")
                .toFile()
                .createNewFile();
        assertThatThrownBy(() -> AppCommit.of(app)).hasMessageContaining("git takes no such name");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThatThrownBy(() -> AppCommit.of(empty)).hasMessageContaining("no file to deploy");
    }

    @Test
    void gitItselfPushesAsToARealHostAndItsCommitIsNotReplacedSilently() throws Exception {
        assumeThat(new File("/usr/bin/git")).exists();
        assumeThat(new File("/usr/bin/ssh")).exists();
        Path work = folder.resolve("work");
        git(folder, "init", "-q", "-b", "main", work.toString());
        Files.copy(app.resolve("Dockerfile"), work.resolve("Dockerfile"));
        git(work, "add", ".");
        git(work, "-c", "user.name=Jane", "-c", "user.email=jane@example.org", "commit", "-qm", "Her change");
        String remote = "ssh://" + tiny.dokku().destination() + "/web";
        assertThat(git(work, "push", remote, "main"))
                .contains("remote: -----> Building web from Dockerfile", "* [new branch]      main -> main")
                .contains("Set main as deploy-branch");
        assertThat(git(work, "push", remote, "main")).contains("Everything up-to-date");
        assertThat(git(work, "push", remote, "main:other"))
                .contains("deploy did not complete, you must push to main")
                .contains("* [new branch]      main -> other");
        assertThat(git(work, "ls-remote", remote)).contains("refs/heads/main");
        assertThat(git(work, "push", remote.replace("/web", "/Bad_Name"), "main"))
                .contains("App name must begin with lowercase");
        assertThatThrownBy(this::push)
                .hasMessageContaining("deployed by somebody else: Jane <jane@example.org>")
                .hasMessageContaining("Her change")
                .hasMessageContaining("--replace-pushed web");
        DeployCircumstances replacing = new DeployCircumstances(false, true, List.of());
        assertThat(host.deployFolder("web", app, replacing, line -> {})).isEqualTo(Deployment.DEPLOYED);
        assertThat(git(work, "push", "--force", remote, "main")).contains("Application deployed");
        Files.copy(app.resolve("files/run.sh"), work.resolve("run.sh"));
        Files.delete(app.resolve("files/run.sh"));
        Files.delete(app.resolve("files"));
        assertThat(push()).as("the same files in another commit").isEqualTo(Deployment.UNCHANGED);
    }

    private String git(Path place, String... words) throws Exception {
        List<String> argv = new ArrayList<>(List.of("git"));
        argv.addAll(List.of(words));
        ProcessBuilder builder =
                new ProcessBuilder(argv).directory(place.toFile()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.put("HOME", folder.toString());
        environment.put("GIT_CONFIG_NOSYSTEM", "1");
        environment.put(
                "GIT_SSH_COMMAND",
                "ssh -F none -i " + tiny.dokku().clientKeyFile() + " -o IdentitiesOnly=yes -o UserKnownHostsFile="
                        + tiny.dokku().knownHostsFile());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }
}
