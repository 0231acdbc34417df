package landfall.report;

import java.util.ArrayList;
import java.util.List;
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

    private final Target target;
    private final Coverage coverage;
    private final String next;

    /** @param next the command to run next */
    public PlanReport(Target target, Coverage coverage, String next) {
        this.target = target;
        this.coverage = coverage;
        this.next = next;
    }

    public String text(Style style) {
        StringBuilder text = new StringBuilder();
        heading(text, style, "What moves where");
        target.apps().forEach(app -> item(text, "  ", line(app)));
        target.services().forEach(service -> item(text, "  ", line(service)));
        target.entries().forEach(entry -> item(text, "  ", line(entry)));
        List<Decision> open = target.openDecisions();
        if (!open.isEmpty()) {
            heading(text, style, "For you to decide");
            open.forEach(decision -> decision(text, style, decision));
        }
        List<Decision> settled = target.decisions().stream()
                .filter(decision -> !decision.isOpen())
                .toList();
        if (!settled.isEmpty()) {
            heading(text, style, "Decided");
            settled.forEach(decision -> item(
                    text,
                    "  ",
                    decision.id() + " = "
                            + decision.chosen().orElse("") + (decision.answer().isEmpty() ? " (default)" : "") + ": "
                            + decision.options().getOrDefault(decision.chosen().orElse(""), "")));
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
        text.append('\n');
        item(text, "", coverageSentence());
        item(text, "", "Next: " + style.bold(next));
        return text.toString();
    }

    public void events(Events events) {
        for (TargetApp app : target.apps()) {
            events.emit(new Events.Event("app", Events.fields("app", app.name(), "message", line(app))));
        }
        for (TargetService service : target.services()) {
            events.emit(new Events.Event(
                    "service",
                    Events.fields("service", service.name(), "type", service.type(), "message", line(service))));
        }
        for (StorageEntry entry : target.entries()) {
            events.emit(new Events.Event("entry", Events.fields("entry", entry.name(), "message", line(entry))));
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
            StringBuilder text,
            Style style,
            Class<F> type,
            String heading,
            java.util.function.Function<F, String> sentence) {
        List<F> found = target.findings().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
        if (!found.isEmpty()) {
            heading(text, style, heading);
            found.forEach(finding -> item(text, "  ", sentence.apply(finding)));
        }
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

    private static String line(TargetApp app) {
        List<String> parts = new ArrayList<>();
        parts.add("app " + app.name() + " from "
                + String.join(", ", app.workloads().isEmpty() ? app.cronJobs() : app.workloads()) + " (" + app.image() + "), "
                + app.processes() + (app.processes() == 1 ? " process" : " processes"));
        if (!app.web().domains().isEmpty()) {
            parts.add("serves " + String.join(", ", app.web().domains()));
        }
        if (!app.cron().isEmpty()) {
            parts.add(app.cron().size() + (app.cron().size() == 1 ? " cron task" : " cron tasks"));
        }
        if (!app.waitsFor().isEmpty()) {
            parts.add("starts when " + String.join(", ", app.waitsFor()) + " holds its data");
        }
        if (!app.bridges().isEmpty()) {
            parts.add("bridged from "
                    + app.bridges().stream()
                            .map(bridge -> "Service/" + bridge.service() + " to port " + bridge.dokkuPort())
                            .collect(Collectors.joining(", ")));
        } else {
            parts.add("runs on both sides until DNS moves");
        }
        return String.join("; ", parts);
    }

    private static String line(TargetService service) {
        return service.type() + " service " + service.name()
                + service.imageVersion().map(version -> " " + version).orElse("")
                + service.move()
                        .map(move -> "; database " + move.sourceDatabase() + " of " + move.workload() + " becomes "
                                + service.database() + ", role " + move.role())
                        .orElse("; starts empty");
    }

    private static String line(StorageEntry entry) {
        return "storage entry " + entry.name()
                + entry.source()
                        .map(source -> "; files of claim " + source.claim() + ", at " + source.appPath() + " of "
                                + source.app())
                        .orElse("; starts empty");
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
