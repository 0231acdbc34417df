package landfall.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.sandbox.Sandbox;
import landfall.sandbox.SandboxManners;
import landfall.sandbox.SandboxProcess;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** An emulated cluster and Dokku host to try things on. */
@Command(
        name = "sandbox",
        mixinStandardHelpOptions = true,
        description = "Runs an emulated cluster and Dokku host on this machine, with real servers inside.",
        subcommands = {SandboxCommand.Start.class, SandboxCommand.Stop.class, SandboxCommand.Status.class})
final class SandboxCommand {
    private SandboxCommand() {}

    /** Starts it and prints where everything is. */
    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Example:",
                "  landfall sandbox start /tmp/sandbox",
                "  kubectl --kubeconfig /tmp/sandbox/kubeconfig get pods -n vsekai"
            },
            description = "Starts it in a folder and prints its addresses when all is ready.")
    static final class Start implements Callable<Integer> {
        @Parameters(paramLabel = "DIR", description = "Folder of its state.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
        private Path folder;

        @Option(
                names = "--manifests",
                paramLabel = "PATH",
                description = "What runs in the cluster: a file or folder. Default: the V-Sekai example.")
        private @Nullable Path manifests;

        @Option(
                names = "--misbehave",
                paramLabel = "HOW",
                description = "What the Dokku host does wrong: drop=7, drop=7:during:2, drop=7:after, drop-output=4096,"
                        + " drop-input=100, reboot=5, slow=20, refuse-connections=2, refuse-keys=1, disk-full=9,"
                        + " deploy-lock=web, fail-checks=1, truncate-json=2, version=0.29.0, without=postgres, or seed=42;"
                        + " real-time=20 has every command take a real host's time, 20 ms away. Several by commas.")
        private String manners = "";

        @Mixin
        private final Output output = new Output();

        @Override
        public Integer call() throws IOException, InterruptedException {
            Path given = manifests != null
                    ? manifests
                    : Path.of(System.getProperty("landfall.home", "."), "examples", "v-sekai", "k8s");
            if (!Files.exists(given)) {
                throw new LandfallException(
                        ExitCode.BAD_INPUT,
                        Problem.error(
                                "no manifests at " + given, "there is no such file or folder", "Give --manifests."));
            }
            checkManners();
            String addresses = new SandboxProcess(folder).start(List.of(given), manners, line -> {
                if (!output.json()) {
                    System.err.println("sandbox: " + line);
                }
            });
            output.out().print(addresses);
            output.out().flush();
            return ExitCode.DONE.code();
        }

        private void checkManners() {
            try {
                SandboxManners.parse(manners);
            } catch (IllegalArgumentException e) {
                throw new LandfallException(
                        ExitCode.BAD_INPUT,
                        Problem.error(
                                "--misbehave " + manners + " is not understood",
                                String.valueOf(e.getMessage()),
                                "See landfall sandbox start --help for what there is."),
                        e);
            }
        }
    }

    /** Ends it. */
    @Command(
            name = "stop",
            mixinStandardHelpOptions = true,
            description = "Ends all that runs in it, also after it was killed. Data stays.")
    static final class Stop implements Callable<Integer> {
        @Parameters(paramLabel = "DIR", description = "Folder of its state.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
        private Path folder;

        @Mixin
        private final Output output = new Output();

        @Override
        public Integer call() throws IOException, InterruptedException {
            boolean ran = new SandboxProcess(folder).stop();
            output.out().println(ran ? "stopped" : "nothing was running");
            output.out().flush();
            return ExitCode.DONE.code();
        }
    }

    /** Tells whether it runs. */
    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Prints its addresses; exits with 1 if it does not run.")
    static final class Status implements Callable<Integer> {
        @Parameters(paramLabel = "DIR", description = "Folder of its state.")
        @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
        private Path folder;

        @Mixin
        private final Output output = new Output();

        @Override
        public Integer call() throws IOException {
            Path addresses = folder.resolve(Sandbox.ADDRESSES_FILE);
            boolean running = new SandboxProcess(folder).running().isPresent() && Files.exists(addresses);
            output.out().print(running ? Files.readString(addresses) : "not running\n");
            output.out().flush();
            return running ? ExitCode.DONE.code() : ExitCode.FAILED.code();
        }
    }
}
