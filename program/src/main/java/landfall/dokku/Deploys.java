package landfall.dokku;

import java.nio.file.Path;
import java.util.function.Consumer;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Limits;
import landfall.base.Problem;

/** Deploys an app from an image or a folder, and tells a failure with what the container printed. */
final class Deploys {
    private static final String UNCHANGED = "No changes detected";
    private static final String LOCKED = "deploy lock";
    private static final int OUTPUT_CHARACTERS_MAX = 4000;

    private final DokkuHost host;

    Deploys(DokkuHost host) {
        this.host = host;
    }

    Deployment image(String app, String image, Consumer<String> onLine) {
        DokkuCommand command = DokkuCommand.of("git:from-image", app, image);
        return judged(app, command, host.run(command, Limits.DEPLOY_MAX, onLine), onLine);
    }

    Deployment archive(String app, Path folder, Consumer<String> onLine) {
        FolderTar tar = FolderTar.of(folder);
        DokkuCommand command = DokkuCommand.of("git:from-archive", app, "--");
        return judged(app, command, host.runWithBody(command, tar::writeTo, onLine), onLine);
    }

    private Deployment judged(String app, DokkuCommand command, DokkuResult result, Consumer<String> onLine) {
        if (result.succeeded()) {
            return Deployment.DEPLOYED;
        }
        String said = result.stdout() + result.stderr();
        if (!said.contains(UNCHANGED)) {
            throw failed(app, command, result);
        }
        if (host.isDeployed(app)) {
            return Deployment.UNCHANGED;
        }
        // An earlier run got as far as the repository: Dokku sees nothing new, yet nothing runs.
        DokkuCommand rebuild = DokkuCommand.of("ps:rebuild", app);
        DokkuResult rebuilt = host.run(rebuild, Limits.DEPLOY_MAX, onLine);
        if (!rebuilt.succeeded()) {
            throw failed(app, rebuild, rebuilt);
        }
        return Deployment.DEPLOYED;
    }

    private static LandfallException failed(String app, DokkuCommand command, DokkuResult result) {
        String output = containerOutput(Ansi.stripped(result.stdout() + "\n" + result.stderr()));
        if (output.isEmpty() && (result.stdout() + result.stderr()).contains(LOCKED)) {
            return new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "another deploy of " + app + " is running on the host",
                            result.tail(),
                            "Wait until it has ended and run the same command again."));
        }
        return new LandfallException(
                ExitCode.FAILED,
                Problem.error(
                        "the deploy of " + app + " failed (`dokku " + command.display() + "`, exit " + result.exit()
                                + ")",
                        output.isEmpty() ? result.tail() : "the container printed:\n" + output,
                        "What ran before still runs. Mend the cause and run the same command again."));
    }

    /** What stands between Dokku's "Start of … container output" and "End of …", the end of it if it is long. */
    static String containerOutput(String printed) {
        StringBuilder text = new StringBuilder();
        boolean inside = false;
        for (String line : printed.split("\n", -1)) {
            if (line.contains("=====> Start of ") && line.contains("container output")) {
                inside = true;
            } else if (line.contains("=====> End of ") && line.contains("container output")) {
                inside = false;
            } else if (inside) {
                text.append(line.strip()).append('\n');
            }
        }
        String all = text.toString().strip();
        return all.length() <= OUTPUT_CHARACTERS_MAX ? all : "…" + all.substring(all.length() - OUTPUT_CHARACTERS_MAX);
    }
}
