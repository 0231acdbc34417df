package landfall.objects.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import landfall.objects.Configuration;
import landfall.objects.store.IndexRebuild;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code objects rebuild-index}: without a running server. */
@Command(
        name = "rebuild-index",
        description =
                "Makes a new index from the files, if the old one is lost or damaged; the server must be stopped.")
final class RebuildIndex implements Callable<Integer> {
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

    @Override
    public Integer call() throws IOException, Configuration.Unfit {
        Configuration.checkFileNames();
        Configuration configuration = Configuration.read(Optional.ofNullable(config), System.getenv());
        PrintWriter out = spec.commandLine().getOut();
        IndexRebuild.run(configuration.data(), Clock.systemUTC(), out::println);
        out.flush();
        return CommandLine.ExitCode.OK;
    }
}
