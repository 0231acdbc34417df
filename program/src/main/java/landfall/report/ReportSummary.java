package landfall.report;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import landfall.ledger.Disposition;
import landfall.target.Decision;
import landfall.target.Finding;
import landfall.target.Target;
import landfall.target.TargetApp;

/** The page's first screen: what moves where, what to decide, what is lost, what changes, pause and cost. */
final class ReportSummary {
    /** Longer lists are cut, and say so. */
    static final int ITEMS_MAX = 200;

    private final Target target;
    private final Outlook outlook;
    private final String next;
    private final LedgerData data;
    private final Discretion discretion;
    private final StringBuilder page = new StringBuilder();

    ReportSummary(Target target, Outlook outlook, String next, LedgerData data, Discretion discretion) {
        this.target = target;
        this.outlook = outlook;
        this.next = next;
        this.data = data;
        this.discretion = discretion;
    }

    String html() {
        head();
        page.append("<main class=\"first\">\n");
        moves();
        decisions();
        page.append("<div class=\"column\">\n");
        lost();
        forecast();
        page.append("</div>\n<div class=\"column\">\n");
        changed();
        cost();
        page.append("</div>\n</main>\n");
        return page.toString();
    }

    private void head() {
        List<Decision> open = target.openDecisions();
        long lost = target.findings().stream()
                .filter(Finding.Lost.class::isInstance)
                .count();
        page.append("<header><p class=\"from\">Kubernetes → Dokku</p><h1>")
                .append(Html.escape(target.move()))
                .append("</h1>\n<ul class=\"figures\">");
        figure(target.apps().size(), target.apps().size() == 1 ? "app" : "apps", "");
        figure(target.services().size(), target.services().size() == 1 ? "datastore" : "datastores", "");
        figure(target.entries().size(), "storage", "");
        figure(
                open.size(),
                open.size() == 1 ? "open decision" : "open decisions",
                open.isEmpty() ? "good" : "decision");
        figure(lost, "lost", lost == 0 ? "good" : "lost");
        page.append("</ul>\n");
        bar();
        page.append(
                        "<nav><a href=\"#drawing\">Before and after</a><a href=\"#ledger\">Ledger</a><a href=\"#values\">Values</a>"
                                + "<a href=\"#glossary\">Dispositions</a></nav>\n<p class=\"next\">Next: <code>")
                .append(Html.escape(next))
                .append("</code></p></header>\n");
    }

    private void figure(long number, String name, String look) {
        page.append(String.format(
                Locale.ROOT, "<li class=\"%s\"><b>%s</b> %s</li>", look, ReportPage.count(number), Html.escape(name)));
    }

    /** All fields by disposition: flex-grow gives each its share, whatever the width. */
    private void bar() {
        page.append("<div class=\"bar\" role=\"img\" aria-label=\"Fields by disposition\">");
        for (Disposition disposition : Disposition.values()) {
            if (data.count(disposition) > 0) {
                page.append(String.format(
                        Locale.ROOT,
                        "<span class=\"%s\" style=\"flex-grow:%d\" title=\"%s: %s\"></span>",
                        disposition.word(),
                        data.count(disposition),
                        disposition.word(),
                        ReportPage.count(data.count(disposition))));
            }
        }
        page.append("</div><p class=\"hint\">")
                .append(ReportPage.count(data.total()))
                .append(" fields read, each accounted for: ");
        String separator = "";
        for (Disposition disposition : Disposition.values()) {
            if (data.count(disposition) == 0) {
                continue;
            }
            page.append(separator)
                    .append("<span class=\"key ")
                    .append(disposition.word())
                    .append("\">")
                    .append(ReportPage.count(data.count(disposition)))
                    .append(' ')
                    .append(disposition.word())
                    .append("</span>");
            separator = " ";
        }
        page.append("</p>\n");
    }

    private void moves() {
        page.append("<section class=\"wide\"><h2>What moves where</h2>\n<table class=\"moves\"><tbody>\n");
        for (TargetApp app : target.apps()) {
            row("app", app.name(), PlanLines.of(app));
        }
        target.services().forEach(service -> row("data", service.name(), PlanLines.of(service)));
        target.entries().forEach(entry -> row("data", entry.name(), PlanLines.of(entry)));
        page.append("</tbody></table></section>\n");
    }

    private void row(String look, String name, String line) {
        page.append("<tr><th scope=\"row\"><span class=\"name ")
                .append(look)
                .append("\">")
                .append(Html.escape(name))
                .append("</span></th><td>")
                .append(prose(line))
                .append("</td></tr>\n");
    }

    private void decisions() {
        List<Decision> open = target.openDecisions();
        page.append("<section class=\"wide\"><h2>For you to decide <span class=\"number\">")
                .append(open.size())
                .append("</span></h2>\n");
        if (open.isEmpty()) {
            page.append("<p class=\"none\">Nothing is open.</p>\n");
        }
        open.subList(0, Math.min(open.size(), ITEMS_MAX)).forEach(this::decision);
        rest(page, open.size());
        List<Decision> settled = target.decisions().stream()
                .filter(decision -> !decision.isOpen())
                .toList();
        if (!settled.isEmpty()) {
            page.append("<details class=\"settled\"><summary>Decided, by you or by default: ")
                    .append(settled.size())
                    .append("</summary><ul class=\"findings\">\n");
            for (Decision decision : settled.subList(0, Math.min(settled.size(), ITEMS_MAX))) {
                String chosen = decision.chosen().orElse("");
                page.append("<li><code>")
                        .append(Html.escape(decision.id()))
                        .append("</code> ")
                        .append(prose(decision.question()))
                        .append(" <b>")
                        .append(Html.escape(chosen))
                        .append(decision.answer().isEmpty() ? " (default)" : "")
                        .append("</b>: ")
                        .append(prose(decision.options().getOrDefault(chosen, "")))
                        .append("</li>\n");
            }
            page.append("</ul>");
            rest(page, settled.size());
            page.append("</details>\n");
        }
        page.append("</section>\n");
    }

    private void decision(Decision decision) {
        page.append("<article class=\"card decision\"><h3><code>")
                .append(Html.escape(decision.id()))
                .append("</code></h3><p>")
                .append(prose(decision.question()))
                .append("</p><ul class=\"options\">");
        decision.options()
                .forEach((option, consequence) -> page.append("<li><code>--answer ")
                        .append(Html.escape(decision.id() + "=" + option))
                        .append("</code><span>")
                        .append(prose(consequence))
                        .append("</span></li>"));
        page.append("</ul>");
        if (!decision.raisedBy().isEmpty()) {
            List<String> fields = decision.raisedBy().stream().distinct().toList();
            int shown = Math.min(3, fields.size());
            page.append("<p class=\"hint\">Raised by ")
                    .append(Html.escape(String.join("; ", fields.subList(0, shown))))
                    .append(fields.size() > shown ? " and " + (fields.size() - shown) + " more" : "")
                    .append("</p>");
        }
        page.append("</article>\n");
    }

    private void lost() {
        List<Finding.Lost> found = findings(Finding.Lost.class);
        list(
                "Lost, and what to do instead",
                "lost",
                found,
                lost -> "<b>" + Html.escape(lost.subject()) + "</b> " + prose(lost.what())
                        + "<span class=\"instead\">Instead: " + prose(lost.advice()) + "</span>");
    }

    private void changed() {
        List<Finding.Changed> found = findings(Finding.Changed.class);
        list(
                "Works, but not quite as before",
                "changed",
                found,
                changed -> "<b>" + Html.escape(changed.subject()) + "</b> " + prose(changed.what()));
    }

    private <F> void list(String heading, String look, List<F> found, Function<F, String> item) {
        page.append("<section><h2>")
                .append(heading)
                .append(" <span class=\"number\">")
                .append(found.size())
                .append("</span></h2>\n");
        if (found.isEmpty()) {
            page.append("<p class=\"none\">Nothing.</p>\n");
        } else {
            page.append("<ul class=\"findings ").append(look).append("\">\n");
            found.subList(0, Math.min(found.size(), ITEMS_MAX))
                    .forEach(finding ->
                            page.append("<li>").append(item.apply(finding)).append("</li>\n"));
            page.append("</ul>");
            rest(page, found.size());
        }
        page.append("</section>\n");
    }

    private void forecast() {
        page.append("<section><h2>Pause to expect</h2>\n<table class=\"forecast\"><tbody>\n");
        List<Forecast.Line> lines = outlook.forecast().lines();
        for (Forecast.Line line : lines.subList(0, Math.min(lines.size(), ITEMS_MAX))) {
            page.append("<tr><th scope=\"row\">")
                    .append(Html.escape(line.app()))
                    .append("</th><td><b>")
                    .append(Html.escape(line.pause().word()))
                    .append("</b> <span>")
                    .append(prose(line.why()))
                    .append("</span></td></tr>\n");
        }
        page.append("</tbody></table>");
        rest(page, lines.size());
        outlook.forecast()
                .notes()
                .forEach(note ->
                        page.append("<p class=\"hint\">").append(prose(note)).append("</p>"));
        page.append("</section>\n");
    }

    private void cost() {
        page.append(
                "<section><h2>Size and cost</h2>\n<table class=\"cost\"><thead><tr><td></td><th>requested</th><th>limits"
                        + "</th><th>proposed host</th></tr></thead><tbody>\n");
        for (List<String> row : outlook.cost().rows()) {
            page.append("<tr><th scope=\"row\">")
                    .append(Html.escape(row.getFirst()))
                    .append("</th>");
            row.subList(1, row.size())
                    .forEach(cell ->
                            page.append("<td>").append(Html.escape(cell)).append("</td>"));
            page.append("</tr>\n");
        }
        page.append("</tbody></table>\n");
        List<String> sentences = outlook.cost().sentences();
        for (int at = 0; at < sentences.size(); at++) {
            page.append(at == 0 ? "<p>" : "<p class=\"hint\">")
                    .append(prose(sentences.get(at)))
                    .append("</p>\n");
        }
        page.append("</section>\n");
    }

    private <F extends Finding> List<F> findings(Class<F> type) {
        return target.findings().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    private String prose(String text) {
        return Html.prose(discretion.words(text));
    }

    static void rest(StringBuilder page, int size) {
        if (size > ITEMS_MAX) {
            page.append("<p class=\"hint\">and ")
                    .append(ReportPage.count(size - ITEMS_MAX))
                    .append(" more: <code>landfall plan --json</code> tells all of them.</p>\n");
        }
    }
}
