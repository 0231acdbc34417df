package landfall.move;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Quantities;
import landfall.postgres.Choices;
import landfall.postgres.Survey;
import landfall.postgres.Survey.Finding;
import landfall.postgres.Survey.Verdict;
import landfall.recipe.MoveSettings;

/** The survey of both databases as events, and what it means for going on. */
final class SurveyReport {
    private final Sides sides;
    private final Events events;

    SurveyReport(Sides sides, Events events) {
        this.sides = sides;
        this.events = events;
    }

    /** What move.yaml says about this database. */
    static Choices choices(MoveSettings.Database database) {
        Map<String, Choices.Identity> identities = new TreeMap<>();
        database.choices()
                .identities()
                .forEach((table, word) ->
                        Choices.Identity.of(word).ifPresent(identity -> identities.put(table, identity)));
        return new Choices(database.choices().plain(), identities);
    }

    private Survey.Result look() {
        MoveSettings.Database database = sides.settings().databases().getFirst();
        return Survey.run(
                sides.database(Side.CLUSTER),
                sides.database(Side.DOKKU),
                sides.naming(),
                database.role(),
                choices(database),
                sides::targetFreeBytes,
                sides.schemaTool());
    }

    /** Everything found, and the exit code that says what it means: done, decisions, or a gate that refuses. */
    ExitCode tell() {
        Survey.Result result = look();
        result.findings().forEach(this::tell);
        int blockers = result.of(Verdict.BLOCKER).size();
        int decisions = result.of(Verdict.DECISION).size();
        events.emit(new Events.Event(
                "survey",
                Events.fields(
                        "tables",
                        result.tables().size(),
                        "bytes",
                        result.bytes(),
                        "blockers",
                        blockers,
                        "decisions",
                        decisions,
                        "message",
                        result.tables().size() + " tables, " + Quantities.bytes(result.bytes()) + "; "
                                + blockers + " blockers, " + decisions
                                + " to decide. Nothing was changed on either side.")));
        return blockers > 0 ? ExitCode.REFUSED : decisions > 0 ? ExitCode.DECISIONS_OPEN : ExitCode.DONE;
    }

    /**
     * Before the copy: stops on what stops it.
     *
     * @param acceptsFindings whether the user has said that findings to decide don't
     */
    void demand(boolean acceptsFindings) {
        events.step(MoveScript.SURVEY, "begin", "");
        Survey.Result result = look();
        result.findings().stream()
                .filter(finding -> finding.verdict() != Verdict.OK)
                .forEach(this::tell);
        List<Problem> blockers = problems(result, Verdict.BLOCKER);
        if (!blockers.isEmpty()) {
            events.step(MoveScript.SURVEY, "failed", blockers.size() + " blockers");
            throw new LandfallException(ExitCode.REFUSED, blockers);
        }
        List<Problem> open = problems(result, Verdict.DECISION);
        if (!open.isEmpty() && !acceptsFindings) {
            events.step(MoveScript.SURVEY, "failed", open.size() + " findings to decide");
            List<Problem> told = new ArrayList<>(open);
            told.add(Problem.error(
                    "the survey's findings are yours to judge",
                    "what they name is not carried, or not as it is",
                    "Mend them, or go on with `landfall sync --accept-findings`."));
            throw new LandfallException(ExitCode.DECISIONS_OPEN, told);
        }
        events.step(MoveScript.SURVEY, "done", result.tables().size() + " tables, " + Quantities.bytes(result.bytes()));
    }

    private static List<Problem> problems(Survey.Result result, Verdict verdict) {
        return result.of(verdict).stream()
                .map(finding -> Problem.error(finding.subject(), finding.what(), finding.fix()))
                .toList();
    }

    private void tell(Finding finding) {
        events.emit(new Events.Event(
                "finding",
                Events.fields(
                        "verdict", finding.verdict().word(),
                        "theme", finding.theme(),
                        "subject", finding.subject(),
                        "what", finding.what(),
                        "fix", finding.fix(),
                        "message",
                                finding.verdict().word() + ": " + finding.subject() + ": " + finding.what()
                                        + (finding.fix().isEmpty() ? "" : "\n    " + finding.fix()))));
    }
}
