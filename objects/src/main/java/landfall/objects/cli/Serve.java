package landfall.objects.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import landfall.objects.Configuration;
import landfall.objects.ObjectsServer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code objects serve}: runs until SIGTERM, then lets requests finish. */
@Command(
        name = "serve",
        description = "Runs the server until it is told to stop; requests under way may finish.",
        footerHeading = "%nSettings, in the environment or as NAME=value lines of the file:%n")
final class Serve implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "A file of NAME=value lines; the environment wins.")
    @Nullable
    Path config;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    /** The settings are part of the help. */
    @Spec(Spec.Target.SELF)
    void describe(CommandSpec self) {
        self.usageMessage()
                .footer(Configuration.SETTINGS.stream()
                        .map(setting -> "  %-26s %s%s"
                                .formatted(
                                        setting.name(),
                                        setting.meaning().replace("%", "%%"),
                                        setting.standard().isEmpty() ? "" : " (" + setting.standard() + ")"))
                        .toArray(String[]::new));
    }

    @Override
    public Integer call() throws IOException, Configuration.Unfit, InterruptedException {
        Configuration.checkFileNames();
        Configuration configuration = Configuration.read(Optional.ofNullable(config), System.getenv());
        CountDownLatch stopped = new CountDownLatch(1);
        ObjectsServer server = ObjectsServer.start(configuration, Clock.systemUTC());
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            server.close();
            stopped.countDown();
        }));
        spec.commandLine()
                .getErr()
                .println("objects: serving " + configuration.data() + " at http://" + configuration.host() + ":"
                        + server.port());
        stopped.await();
        return CommandLine.ExitCode.OK;
    }
}
