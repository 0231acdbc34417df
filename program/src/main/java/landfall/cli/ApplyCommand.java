package landfall.cli;

import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import landfall.apply.Applier;
import landfall.apply.ChangeLog;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.dokku.DokkuHost;
import landfall.move.MoveJournal;
import landfall.move.MoveLock;
import landfall.move.MoveState;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall apply}: brings the Dokku host to what the move's recipe says. */
@Command(
        name = "apply",
        mixinStandardHelpOptions = true,
        description =
                "Creates apps, services, storage and settings on the Dokku host. A second run changes nothing; apps that"
                        + " wait for a database are deployed by `sync`.")
final class ApplyCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final RecipeArgument move = new RecipeArgument();

    @Option(names = "--dry-run", description = "Look at the host, print the exact commands, change nothing.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask before changing the host.")
    private boolean yes;

    @Option(
            names = "--replace-pushed",
            paramLabel = "APP",
            description =
                    "Deploy this app's folder though somebody pushed a commit of their own to it; may be repeated.")
    private List<String> replaced = List.of();

    @Override
    public Integer call() {
        MoveFolder folder = move.open();
        Log.to(folder.logFile());
        MoveSettings settings = folder.settings();
        List<String> open = settings.openDecisions();
        if (!open.isEmpty()) {
            throw new LandfallException(
                    ExitCode.DECISIONS_OPEN,
                    Problem.error(
                            "decisions are open: " + String.join(", ", open),
                            "nothing is applied before they are made",
                            "Answer them in " + folder.settingsFile() + "."));
        }
        Events events = output.events();
        try (MoveLock _ = MoveLock.acquire(folder, "apply", false, events);
                SshConnection connection = HostConnection.open(settings, move.hostKey())) {
            if (!dryRun
                    && output.terminal()
                    && !output.json()
                    && !Confirmation.given(output, yes, "Change " + connection.target() + "?")) {
                return ExitCode.REFUSED.code();
            }
            MoveJournal journal = MoveJournal.open(folder.journalFile(), Clock.systemUTC());
            Applier applier = new Applier(
                    folder, new DokkuHost(connection), events, dryRun ? ChangeLog.NONE : journal, Set.copyOf(replaced));
            if (!dryRun) {
                journal.madeOn(connection.target().toString());
            }
            Applier.Outcome outcome = applier.apply(dryRun);
            if (!dryRun && (journal.state() == MoveState.PLANNED || journal.state() == MoveState.ABANDONED)) {
                journal.advance(journal.state(), MoveState.APPLIED);
            }
            if (dryRun) {
                outcome.commands().forEach(command -> events.note("dokku " + command));
                DriftLines.tell(outcome.drift(), events);
            }
            events.emit(new Events.Event("summary", summary(outcome)));
        }
        return ExitCode.DONE.code();
    }

    private java.util.Map<String, Object> summary(Applier.Outcome outcome) {
        String waiting =
                outcome.waiting().isEmpty() ? "" : ", waiting for data: " + String.join(", ", outcome.waiting());
        return Events.fields(
                "changed",
                dryRun ? 0 : outcome.changed(),
                "unchanged",
                outcome.unchanged(),
                "wouldChange",
                dryRun ? outcome.changed() : 0,
                "waiting",
                outcome.waiting(),
                "drift",
                outcome.drift().size(),
                "roundTrips",
                outcome.roundTrips(),
                "executions",
                outcome.executions(),
                "message",
                (dryRun ? outcome.changed() + " would change, " : outcome.changed() + " changed, ")
                        + outcome.unchanged() + " unchanged"
                        + DriftLines.summary(outcome.drift()) + waiting);
    }
}
