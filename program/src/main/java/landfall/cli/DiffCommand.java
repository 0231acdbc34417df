package landfall.cli;

import java.time.Clock;
import java.util.concurrent.Callable;
import landfall.apply.HostDiff;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.dokku.DokkuHost;
import landfall.move.MoveJournal;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code landfall diff}: in what the Dokku host differs from the recipe. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description =
                "Shows what apply would change on the Dokku host, and what the host has of the recipe's apps and services"
                        + " that the recipe doesn't say. Only reads.",
        footer = {
            "",
            "Exit codes: 0 apply would change nothing, whatever else the host has; 5 it would; 1, 2, 4 as elsewhere."
        })
final class DiffCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final RecipeArgument move = new RecipeArgument();

    @Override
    public Integer call() {
        MoveFolder folder = move.open();
        Log.to(folder.logFile());
        MoveSettings settings = folder.settings();
        Events events = output.events();
        HostDiff.Outcome outcome;
        try (SshConnection connection = HostConnection.open(settings, move.hostKey())) {
            MoveJournal journal = MoveJournal.open(folder.journalFile(), Clock.systemUTC());
            outcome = HostDiff.of(folder, new DokkuHost(connection), journal);
        }
        if (!outcome.changes().isEmpty()) {
            events.note("Apply would change:");
            outcome.changes().forEach(change -> events.step(change.name(), "would change", change.why()));
        }
        DriftLines.tell(outcome.drift(), events);
        events.emit(new Events.Event(
                "summary",
                Events.fields(
                        "wouldChange",
                        outcome.changes().size(),
                        "unchanged",
                        outcome.unchanged(),
                        "drift",
                        outcome.drift().size(),
                        "waiting",
                        outcome.waiting(),
                        "roundTrips",
                        outcome.roundTrips(),
                        "executions",
                        outcome.executions(),
                        "message",
                        message(outcome))));
        return (outcome.changes().isEmpty() ? ExitCode.DONE : ExitCode.DIFFERS).code();
    }

    private static String message(HostDiff.Outcome outcome) {
        String waiting =
                outcome.waiting().isEmpty() ? "" : ", waiting for data: " + String.join(", ", outcome.waiting());
        return outcome.changes().size() + " would change, " + outcome.unchanged() + " as the recipe says"
                + DriftLines.summary(outcome.drift()) + waiting;
    }
}
