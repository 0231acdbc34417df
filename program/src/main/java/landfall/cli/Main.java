package landfall.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.logging.LogManager;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line: what there is, how errors are told, how the program ends. */
@Command(
        name = "landfall",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Moves a running service from Kubernetes to Dokku: apps, PostgreSQL, files. With proof, and a way back.",
        footer = {
            "",
            "Try it:  landfall demo",
            "Use it:  landfall plan k8s/ -o move/ && landfall apply move/ && landfall sync move/",
            "",
            "Exit codes: 0 done; 1 failed, running it again goes on; 2 wrong usage or bad input, nothing was touched;",
            "            3 decisions are open; 4 a gate refused; 5 diff found a difference; 130 interrupted."
        },
        subcommands = {
            AssessCommand.class,
            PlanCommand.class,
            ApplyCommand.class,
            DiffCommand.class,
            DestroyCommand.class,
            SurveyCommand.class,
            SyncCommand.class,
            VerifyCommand.class,
            CutoverCommand.class,
            RollbackCommand.class,
            FinishCommand.class,
            AbandonCommand.class,
            StatusCommand.class,
            LedgerCommand.class,
            CorpusCommand.class,
            DemoCommand.class,
            SandboxCommand.class,
            HelpCommand.class
        })
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything runs
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    static int run(String... arguments) {
        // Libraries log through java.util.logging; the terminal belongs to the report (see Log).
        LogManager.getLogManager().reset();
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setErr(err);
        commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        commandLine.setExpandAtFiles(false);
        commandLine.setParameterExceptionHandler((exception, args) -> {
            err.println("landfall: " + exception.getMessage());
            CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
            err.println("See `" + exception.getCommandLine().getCommandSpec().qualifiedName() + " --help`.");
            return ExitCode.BAD_INPUT.code();
        });
        commandLine.setExecutionExceptionHandler((exception, failed, result) -> failed(exception, failed, err));
        return commandLine.execute(arguments);
    }

    private static int failed(Exception exception, CommandLine failed, PrintWriter err) {
        Output output = outputOf(failed);
        if (exception instanceof LandfallException landfall) {
            tell(landfall.problems(), output, err);
            if (output.debug) {
                exception.printStackTrace(err);
            }
            return landfall.exitCode().code();
        }
        System.getLogger("landfall").log(System.Logger.Level.ERROR, "unexpected", exception);
        String message = exception.getMessage() == null
                ? exception.getClass().getSimpleName()
                : exception.getClass().getSimpleName() + ": " + exception.getMessage();
        tell(
                List.of(
                        Problem.error(
                                "unexpected error: " + message,
                                "",
                                "Nothing is lost; running the same command again goes on. With --debug it shows where it happened.")),
                output,
                err);
        if (output.debug) {
            exception.printStackTrace(err);
        }
        return ExitCode.FAILED.code();
    }

    private static void tell(List<Problem> problems, Output output, PrintWriter err) {
        for (Problem problem : problems) {
            err.println("landfall: " + problem.sentence());
            if (output.json) {
                output.events()
                        .emit(new Events.Event(
                                "problem",
                                Events.fields(
                                        "severity",
                                        problem.severity().name().toLowerCase(java.util.Locale.ROOT),
                                        "what",
                                        problem.what(),
                                        "why",
                                        problem.why(),
                                        "nextStep",
                                        problem.nextStep(),
                                        "origin",
                                        problem.origin() == null
                                                ? ""
                                                : problem.origin().toString(),
                                        "message",
                                        problem.sentence())));
            }
        }
    }

    private static Output outputOf(CommandLine failed) {
        return outputIn(failed.getCommandSpec()).orElseGet(Output::new);
    }

    /** A command's output options, or those of a group of options that it has. */
    private static Optional<Output> outputIn(CommandSpec spec) {
        return spec.mixins().values().stream()
                .map(mixin -> mixin.userObject() instanceof Output output ? Optional.of(output) : outputIn(mixin))
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
