package landfall.cli;

import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;
import landfall.apply.Destroyer;
import landfall.apply.Inventory;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.dokku.DokkuHost;
import landfall.move.Creations;
import landfall.move.MoveJournal;
import landfall.move.MoveLock;
import landfall.move.MoveState;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall destroy}: removes from the Dokku host what apply created there. */
@Command(
        name = "destroy",
        mixinStandardHelpOptions = true,
        description =
                "Removes from the Dokku host what apply created there, the data in it included, and nothing else. The"
                        + " move's journal says what that is. Settings of apps that were there before stay.")
final class DestroyCommand implements Callable<Integer> {
    @Mixin
    private final Output output = new Output();

    @Mixin
    private final RecipeArgument move = new RecipeArgument();

    @Option(names = "--dry-run", description = "Look at the host, print the exact commands, change nothing.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask for the move's name.")
    private boolean yes;

    @Override
    public Integer call() {
        MoveFolder folder = move.open();
        Log.to(folder.logFile());
        MoveSettings settings = folder.settings();
        Events events = output.events();
        try (MoveLock _ = MoveLock.acquire(folder, "destroy", false, events)) {
            MoveJournal journal = MoveJournal.open(folder.journalFile(), Clock.systemUTC());
            checkState(journal.state());
            try (SshConnection connection = HostConnection.open(settings, move.hostKey())) {
                return run(settings.move(), connection, journal, events);
            }
        }
    }

    private int run(String name, SshConnection connection, MoveJournal journal, Events events) {
        Inventory inventory = Creations.on(connection.target().toString(), journal);
        Destroyer destroyer = new Destroyer(new DokkuHost(connection), inventory, events, journal);
        Destroyer.Outline outline = destroyer.outline();
        tell(outline, inventory, journal.state(), events);
        int found = outline.losses().size();
        if (dryRun) {
            outline.commands().forEach(command -> events.note("dokku " + command));
        } else if (found > 0) {
            if (!Confirmation.typed(output, yes, name, "Destroy this on " + connection.target() + "?")) {
                return ExitCode.REFUSED.code();
            }
            destroyer.destroy(outline);
        } else {
            destroyer.destroy(outline);
        }
        if (!dryRun && journal.state() == MoveState.APPLIED) {
            journal.advance(MoveState.APPLIED, MoveState.ABANDONED);
        }
        events.emit(new Events.Event(
                "summary",
                Events.fields(
                        "destroyed",
                        dryRun ? 0 : found,
                        "wouldDestroy",
                        dryRun ? found : 0,
                        "gone",
                        outline.gone().size(),
                        "message",
                        found == 0
                                ? "nothing to destroy: what apply created on this host is gone"
                                : found + (dryRun ? " would be undone" : " undone"))));
        return ExitCode.DONE.code();
    }

    private void tell(Destroyer.Outline outline, Inventory inventory, MoveState state, Events events) {
        outline.losses().forEach((name, why) -> events.step(name, "would change", why));
        if (state == MoveState.FINISHED && !outline.losses().isEmpty()) {
            events.note("This move is finished: its users are on these apps.");
        }
        if (!outline.doubtful().isEmpty()) {
            events.note(
                    "Left alone, since an apply ended while it made them, or the host refused it, and whose they are"
                            + " is not known: " + String.join(", ", outline.doubtful()));
        }
        if (!outline.kept().isEmpty()) {
            events.note("Settings of apps that were there before stay: " + String.join(", ", outline.kept()));
        }
        if (!inventory.elsewhere().isEmpty()) {
            events.note("Not looked at: what was created on " + String.join(", ", inventory.elsewhere()));
        }
    }

    /** Between sync and finish the copy, the bridge or the users depend on what apply created. */
    private void checkState(MoveState state) {
        String nextStep = switch (state) {
            case PLANNED, APPLIED, ABANDONED, FINISHED -> "";
            case COPYING, FOLLOWING -> "Run `landfall abandon " + move.shown() + "` first.";
            case SWITCHING ->
                "Run `landfall cutover " + move.shown() + "` to end the switch, `landfall rollback` to go back, then"
                        + " `landfall abandon`.";
            case SWITCHED ->
                "Users are on Dokku: run `landfall rollback " + move.shown() + "`, then `landfall abandon`.";
            case RETURNING -> "Run `landfall rollback " + move.shown() + "` to its end, then `landfall abandon`.";
        };
        if (!nextStep.isEmpty()) {
            throw new LandfallException(
                    ExitCode.REFUSED,
                    Problem.error(
                            "nothing is destroyed",
                            "the move is " + state.name().toLowerCase(Locale.ROOT)
                                    + ": data or users depend on what apply" + " created",
                            nextStep));
        }
    }
}
