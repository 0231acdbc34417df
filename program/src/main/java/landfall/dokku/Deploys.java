package landfall.dokku;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Limits;
import landfall.base.Problem;

/** Deploys an app from an image or a folder, and tells a failure with what the container printed. */
final class Deploys {
    private static final String UNCHANGED = "No changes detected";
    private static final String BRANCH_DEFAULT = "master";

    private final DokkuHost host;

    Deploys(DokkuHost host) {
        this.host = host;
    }

    Deployment image(String app, String image, DeployCircumstances circumstances, Consumer<String> onLine) {
        if (!circumstances.cutOff() && image.equals(host.report("git", app).get("source-image"))) {
            return present(app, false, onLine);
        }
        circumstances.logins().forEach(host::demand);
        DokkuCommand command = DokkuCommand.of("git:from-image", app, image);
        DokkuResult result = host.run(command, Limits.DEPLOY_MAX, onLine);
        if (result.succeeded()) {
            return Deployment.DEPLOYED;
        }
        if (!(result.stdout() + result.stderr()).contains(UNCHANGED)) {
            throw failed(app, command.display(), result.stdout() + "\n" + result.stderr());
        }
        return present(app, circumstances.cutOff(), onLine);
    }

    /** Pushes the folder as one commit; a folder that the host has already is not sent again. */
    Deployment folder(String app, Path folder, DeployCircumstances circumstances, Consumer<String> onLine) {
        try (AppCommit commit = AppCommit.of(folder)) {
            Map<String, String> git = host.report("git", app);
            if (commit.id().equals(git.get("sha"))) {
                return present(app, false, onLine);
            }
            circumstances.logins().forEach(host::demand);
            String branch = git.getOrDefault("computed-deploy-branch", "");
            FolderPush push = new FolderPush(
                    host.connection(),
                    app,
                    branch.isEmpty() ? BRANCH_DEFAULT : branch,
                    commit,
                    circumstances.replacesPushed());
            return switch (push.run(onLine)) {
                case FolderPush.Outcome.Deployed() -> Deployment.DEPLOYED;
                case FolderPush.Outcome.Unchanged() -> present(app, false, onLine);
                case FolderPush.Outcome.Declined(String reason, List<String> lines) ->
                    throw failed(app, "git push: " + reason, String.join("\n", lines));
                case FolderPush.Outcome.Foreign(String id, String author, String date, String subject) ->
                    throw new LandfallException(
                            ExitCode.REFUSED,
                            Problem.error(
                                    app + " was deployed by somebody else: " + author + " pushed " + id + " (\""
                                            + subject + "\") on " + date,
                                    "pushing " + folder + " would replace their commit",
                                    "Ask them. Either put their files into " + folder
                                            + ", or replace what they pushed: landfall apply --replace-pushed " + app
                                            + "."));
            };
        } catch (IOException e) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "the push of " + folder + " to " + app + " did not end properly",
                            String.valueOf(e.getMessage()),
                            "Run the same command again: it looks at what the host has and goes on."),
                    e);
        }
    }

    /** The repository has it; the app may still not run it, if an earlier run was cut off behind the commit. */
    private Deployment present(String app, boolean cutOff, Consumer<String> onLine) {
        if (!cutOff && host.isDeployed(app)) {
            return Deployment.UNCHANGED;
        }
        DokkuCommand rebuild = DokkuCommand.of("ps:rebuild", app);
        DokkuResult rebuilt = host.run(rebuild, Limits.DEPLOY_MAX, onLine);
        if (!rebuilt.succeeded()) {
            throw failed(app, rebuild.display(), rebuilt.stdout() + "\n" + rebuilt.stderr());
        }
        return Deployment.DEPLOYED;
    }

    /**
     * Restarts the app. ps:restart asks for no lock: beside a deploy it would leave two sets of containers. So where a
     * lock file is, the app is rebuilt, which stops at a deploy that runs and takes over what one left that was cut off.
     */
    DokkuResult restart(String app) {
        if (!host.run(DokkuCommand.of("apps:locked", app)).succeeded()) {
            return host.run(DokkuCommand.of("ps:restart", app));
        }
        DokkuResult result = host.run(DokkuCommand.of("ps:rebuild", app));
        if (!result.succeeded() && DeployOutput.isLocked(result.stdout() + result.stderr())) {
            throw failed(app, "ps:rebuild", result.stdout() + "\n" + result.stderr());
        }
        return result;
    }

    private LandfallException failed(String app, String command, String output) {
        String printed = Ansi.stripped(output);
        if (DeployOutput.isLocked(printed)) {
            return new LandfallException(
                    ExitCode.REFUSED,
                    Problem.error(
                            "somebody else is deploying " + app + " at this moment",
                            inProgress(app),
                            "Ask who else works on this host; when that deploy has ended, run the same command again."));
        }
        return new LandfallException(
                ExitCode.FAILED,
                Problem.error(
                        "the deploy of " + app + " failed (" + command + ")",
                        DeployOutput.failure(printed),
                        "What ran before still runs. Mend the cause and run the same command again."));
    }

    /** Dokku records which command began a build and when, not who; and not for every kind of deploy. */
    private String inProgress(String app) {
        DokkuResult result = host.run(DokkuCommand.of("builds:list", app, "--status", "running", "--format", "json"));
        String known = !result.succeeded() || !result.stdout().strip().startsWith("[")
                ? ""
                : DokkuJson.objects(result.stdout(), "builds:list").stream()
                        .map(build -> build.get("source") + " since " + build.get("started_at"))
                        .collect(Collectors.joining(", "));
        return known.isEmpty()
                ? "it holds the app's deploy lock; Dokku does not record whose it is (a run of yours that was cut"
                        + " off, perhaps)"
                : known;
    }
}
