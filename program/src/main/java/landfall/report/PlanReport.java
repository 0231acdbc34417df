package landfall.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import landfall.base.Events;
import landfall.ledger.Coverage;
import landfall.target.Decision;
import landfall.target.Finding;
import landfall.target.StorageEntry;
import landfall.target.Target;
import landfall.target.TargetApp;
import landfall.target.TargetService;

/** What a plan says to its reader: what moves where, what to decide, what is lost, what changes, what to do next. */
public final class PlanReport {
    private static final int WIDTH = 116;
    private static final int MOVING_MAX = 40;
    private static final int OPEN_MAX = 12;
    private static final int LIST_MAX = 15;

    private final Target target;
    private final Coverage coverage;
    private final Outlook outlook;
    private final String next;
    private final String pointer;

    /**
     * @param next the command to run next
     * @param pointer where the rest of a list is that is cut
     */
    public PlanReport(Target target, Coverage coverage, Outlook outlook, String next, String pointer) {
        this.target = target;
        this.coverage = coverage;
        this.outlook = outlook;
        this.next = next;
        this.pointer = pointer;
    }

    public String text(Style style) {
        StringBuilder text = new StringBuilder();
        heading(text, style, "What moves where");
        List<String> moving = new ArrayList<>();
        target.apps().forEach(app -> moving.add(PlanLines.of(app)));
        target.services().forEach(service -> moving.add(PlanLines.of(service)));
        target.entries().forEach(entry -> moving.add(PlanLines.of(entry)));
        list(text, style, moving, MOVING_MAX, line -> line);
        List<Decision> open = target.openDecisions();
        if (!open.isEmpty()) {
            heading(text, style, "For you to decide");
            open.subList(0, Math.min(open.size(), OPEN_MAX)).forEach(decision -> decision(text, style, decision));
            if (open.size() > OPEN_MAX) {
                String others = open.subList(OPEN_MAX, open.size()).stream()
                        .map(Decision::id)
                        .collect(Collectors.joining(", "));
                item(text, "  ", style.dim("and " + (open.size() - OPEN_MAX) + " more (" + pointer + "): ") + others);
            }
        }
        List<Decision> settled = target.decisions().stream()
                .filter(decision -> !decision.isOpen())
                .toList();
        if (!settled.isEmpty()) {
            heading(text, style, "Decided");
            list(
                    text,
                    style,
                    settled,
                    LIST_MAX,
                    decision -> decision.id() + " = "
                            + decision.chosen().orElse("") + (decision.answer().isEmpty() ? " (default)" : "") + ": "
                            + decision.options().getOrDefault(decision.chosen().orElse(""), ""));
        }
        findings(
                text,
                style,
                Finding.Lost.class,
                "Lost, and what to do instead",
                lost -> lost.subject() + ": " + lost.what() + ". Instead: " + lost.advice());
        findings(
                text,
                style,
                Finding.Changed.class,
                "Works, but not quite as before",
                changed -> changed.subject() + ": " + changed.what());
        findings(
                text,
                style,
                Finding.Rewritten.class,
                "Values that name another place now",
                rewritten -> rewritten.app() + " " + rewritten.variable() + ": " + rewritten.before() + " -> "
                        + rewritten.after());
        forecast(text, style);
        cost(text, style);
        text.append('\n');
        item(text, "", coverageSentence());
        item(text, "", "Next: " + style.bold(next));
        return text.toString();
    }

    public void events(Events events) {
        for (TargetApp app : target.apps()) {
            events.emit(new Events.Event("app", Events.fields("app", app.name(), "message", PlanLines.of(app))));
        }
        for (TargetService service : target.services()) {
            events.emit(new Events.Event(
                    "service",
                    Events.fields(
                            "service", service.name(), "type", service.type(), "message", PlanLines.of(service))));
        }
        for (StorageEntry entry : target.entries()) {
            events.emit(
                    new Events.Event("entry", Events.fields("entry", entry.name(), "message", PlanLines.of(entry))));
        }
        for (Decision decision : target.decisions()) {
            events.emit(new Events.Event(
                    "decision",
                    Events.fields(
                            "id",
                            decision.id(),
                            "question",
                            decision.question(),
                            "options",
                            decision.options(),
                            "chosen",
                            decision.chosen().orElse(""),
                            "open",
                            decision.isOpen(),
                            "raisedBy",
                            decision.raisedBy())));
        }
        for (Finding finding : target.findings()) {
            events.emit(
                    switch (finding) {
                        case Finding.Lost lost ->
                            new Events.Event(
                                    "lost",
                                    Events.fields(
                                            "subject", lost.subject(), "what", lost.what(), "advice", lost.advice()));
                        case Finding.Changed changed ->
                            new Events.Event(
                                    "changed", Events.fields("subject", changed.subject(), "what", changed.what()));
                        case Finding.Rewritten rewritten ->
                            new Events.Event(
                                    "rewritten",
                                    Events.fields(
                                            "app", rewritten.app(),
                                            "variable", rewritten.variable(),
                                            "before", rewritten.before(),
                                            "after", rewritten.after()));
                    });
        }
        for (Forecast.Line line : outlook.forecast().lines()) {
            events.emit(new Events.Event(
                    "forecast",
                    Events.fields("app", line.app(), "pause", line.pause().word(), "why", line.why())));
        }
        events.emit(new Events.Event("cost", outlook.cost().fields()));
        events.emit(new Events.Event(
                "summary",
                Events.fields(
                        "leaves", coverage.leaves(),
                        "settled", coverage.settled(),
                        "unknown", coverage.unknown(),
                        "openDecisions", target.openDecisions().size(),
                        "next", next)));
    }

    private String coverageSentence() {
        String unknown = coverage.unknown() == 0
                ? "none is unknown."
                : coverage.unknown() + " are unknown and go nowhere until you decide.";
        return "Fields read: " + coverage.leaves() + "; " + unknown;
    }

    private <F extends Finding> void findings(
            StringBuilder text, Style style, Class<F> type, String heading, Function<F, String> sentence) {
        List<F> found = target.findings().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
        if (!found.isEmpty()) {
            heading(text, style, heading);
            list(text, style, found, LIST_MAX, sentence);
        }
    }

    private <T> void list(StringBuilder text, Style style, List<T> items, int most, Function<T, String> sentence) {
        items.subList(0, Math.min(items.size(), most)).forEach(item -> item(text, "  ", sentence.apply(item)));
        if (items.size() > most) {
            item(text, "  ", style.dim("and " + (items.size() - most) + " more: " + pointer));
        }
    }

    /** One line an app; apps with the same to say stand together. */
    private void forecast(StringBuilder text, Style style) {
        if (outlook.forecast().lines().isEmpty()) {
            return;
        }
        heading(text, style, "Pause to expect");
        Map<String, List<String>> apps = new LinkedHashMap<>();
        for (Forecast.Line line : outlook.forecast().lines()) {
            apps.computeIfAbsent(line.pause().word() + ": " + line.why(), ignored -> new ArrayList<>())
                    .add(line.app());
        }
        list(
                text,
                style,
                List.copyOf(apps.entrySet()),
                LIST_MAX,
                entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey());
        outlook.forecast().notes().forEach(note -> item(text, "  ", note));
    }

    private void cost(StringBuilder text, Style style) {
        heading(text, style, "Size and cost");
        for (List<String> row : outlook.cost().rows()) {
            String limits = row.get(2).isEmpty() ? "" : ", limits " + row.get(2);
            item(text, "  ", row.get(0) + ": requested " + row.get(1) + limits);
        }
        outlook.cost().sentences().forEach(sentence -> item(text, "  ", sentence));
    }

    private static void heading(StringBuilder text, Style style, String heading) {
        text.append(text.isEmpty() ? "" : "\n").append(style.bold(heading)).append('\n');
    }

    private static void decision(StringBuilder text, Style style, Decision decision) {
        item(text, "  ", style.warn(decision.id()) + ": " + decision.question());
        decision.options()
                .forEach((option, consequence) ->
                        item(text, "      ", "--answer " + decision.id() + "=" + option + "   " + consequence));
    }

    /** Wraps a paragraph so that it stays readable on a terminal; further lines stand two blanks in. */
    private static void item(StringBuilder text, String indent, String paragraph) {
        StringBuilder line = new StringBuilder(indent);
        boolean isFirst = true;
        for (String word : paragraph.split(" ", -1)) {
            if (!isFirst && line.length() + word.length() + 1 > WIDTH) {
                text.append(line).append('\n');
                line = new StringBuilder(indent + "  ");
                isFirst = true;
            }
            line.append(isFirst ? "" : " ").append(word);
            isFirst = false;
        }
        text.append(line).append('\n');
    }
}
