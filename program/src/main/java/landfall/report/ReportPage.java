package landfall.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import landfall.kube.KubeObject;
import landfall.ledger.Disposition;
import landfall.ledger.Ledger;
import landfall.target.Finding;
import landfall.target.Target;

/**
 * {@code report.html}: one file that opens from disk and loads nothing. What matters stands in it as plain HTML; the
 * ledger is drawn by a script from JSON in the page. The page allows no other script to run and nothing to be fetched.
 */
public final class ReportPage {
    private final Target target;
    private final Ledger ledger;
    private final List<KubeObject> objects;
    private final Outlook outlook;
    private final Map<String, String> files;
    private final String next;

    /**
     * @param files the move folder's files, path to text
     * @param next the command to run next
     */
    public ReportPage(
            Target target,
            Ledger ledger,
            List<KubeObject> objects,
            Outlook outlook,
            Map<String, String> files,
            String next) {
        this.target = target;
        this.ledger = ledger;
        this.objects = List.copyOf(objects);
        this.outlook = outlook;
        this.files = Map.copyOf(files);
        this.next = next;
    }

    public String html() {
        Discretion discretion = Discretion.about(objects);
        LedgerData data = new LedgerData(ledger, new TargetText(files, discretion), discretion);
        String script = resource("report.js");
        StringBuilder page = new StringBuilder(1 << 16);
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src")
                .append(" 'unsafe-inline'; script-src 'sha256-")
                .append(digest(script))
                .append("'; base-uri 'none'; form-action 'none'\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
                .append(Html.escape(target.move()))
                .append(": from Kubernetes to Dokku</title>\n<style>\n")
                .append(resource("report.css"))
                .append("</style>\n</head>\n<body>\n");
        page.append(new ReportSummary(target, outlook, next, data, discretion).html());
        drawings(page);
        ledger(page, data);
        rewritten(page, discretion);
        glossary(page);
        page.append(
                "<footer>Written by <code>landfall plan</code>. It holds no secret values: they are shown as …. The same"
                        + " account, field by field, is in <code>ledger.jsonl</code>.</footer>\n");
        page.append("<script type=\"application/json\" id=\"data\">")
                .append(data.json())
                .append("</script>\n<script>")
                .append(script)
                .append("</script>\n</body>\n</html>\n");
        return page.toString();
    }

    private void drawings(StringBuilder page) {
        page.append("<section id=\"drawing\"><h2>Before and after</h2>\n<div class=\"pictures\">\n");
        page.append("<figure><figcaption>Kubernetes, namespace <b>")
                .append(Html.escape(target.namespace()))
                .append("</b></figcaption><div class=\"scroll\" tabindex=\"0\">")
                .append(ClusterPicture.of(objects, target).svg("The cluster before the move"))
                .append("</div></figure>\n<figure><figcaption>Dokku</figcaption><div class=\"scroll\" tabindex=\"0\">")
                .append(HostPicture.of(target).svg("The Dokku host after the move"))
                .append(
                        "</div></figure>\n</div>\n<p class=\"hint\">Lines lead from who asks to who answers. A database's own Service"
                                + " is not drawn.</p></section>\n");
    }

    private static void ledger(StringBuilder page, LedgerData data) {
        page.append("<section id=\"ledger\"><h2>The ledger</h2>\n<p>")
                .append(count(data.total()))
                .append(" fields were read. Each has one line here: what became of it, and why.");
        if (data.kept() < data.total()) {
            page.append(" <strong>This page holds ")
                    .append(count(data.kept()))
                    .append(
                            " of them</strong>, what is lost or to be decided first; all are in <code>ledger.jsonl</code>.");
        }
        page.append(
                        "</p>\n<noscript><p class=\"card\">Searching needs JavaScript. The same lines are in"
                                + " <code>ledger.jsonl</code>, and <code>landfall ledger</code> answers for one field.</p></noscript>\n")
                .append(
                        "<div class=\"search\"><input id=\"filter\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\""
                                + " placeholder=\"Object, field, place or note\" aria-label=\"Search the ledger\">"
                                + "<div id=\"chips\" class=\"chips\" role=\"group\" aria-label=\"Dispositions\">");
        for (Disposition disposition : Disposition.values()) {
            page.append(String.format(
                    Locale.ROOT,
                    "<button type=\"button\" class=\"chip %1$s\" data-disposition=\"%2$d\" aria-pressed=\"false\">%1$s <b>%3$s</b></button>",
                    disposition.word(),
                    LedgerData.number(disposition),
                    count(data.count(disposition))));
        }
        page.append("""
                </div></div>
                <p id="found" class="hint" aria-live="polite"></p>
                <div id="rows"></div>
                <button type="button" id="more" hidden>Show more</button></section>
                """);
    }

    private void rewritten(StringBuilder page, Discretion discretion) {
        List<Finding.Rewritten> values = target.findings().stream()
                .filter(Finding.Rewritten.class::isInstance)
                .map(Finding.Rewritten.class::cast)
                .toList();
        if (values.isEmpty()) {
            return;
        }
        page.append("<section id=\"values\"><h2>Values that name another place now</h2>\n<div class=\"values\">\n");
        for (Finding.Rewritten value : values.subList(0, Math.min(values.size(), ReportSummary.ITEMS_MAX))) {
            page.append("<div class=\"card value\"><h3>")
                    .append(Html.escape(value.app()))
                    .append(" <code>")
                    .append(Html.escape(value.variable()))
                    .append("</code></h3><pre class=\"before\">")
                    .append(Html.escape(discretion.line(value.before())))
                    .append("</pre><pre class=\"after\">")
                    .append(Html.escape(discretion.line(value.after())))
                    .append("</pre></div>\n");
        }
        page.append("</div>");
        ReportSummary.rest(page, values.size());
        page.append("</section>\n");
    }

    private static void glossary(StringBuilder page) {
        page.append("<section id=\"glossary\"><h2>The six dispositions</h2>\n<dl class=\"glossary\">\n");
        for (Disposition disposition : Disposition.values()) {
            page.append("<div><dt><span class=\"tag ")
                    .append(disposition.word())
                    .append("\">")
                    .append(disposition.word())
                    .append("</span></dt><dd>")
                    .append(Html.escape(meaning(disposition)))
                    .append("</dd></div>\n");
        }
        page.append("</dl></section>\n");
    }

    private static String meaning(Disposition disposition) {
        return switch (disposition) {
            case CARRIED -> "It means the same on the other side.";
            case ADAPTED -> "It is there in another form.";
            case SATISFIED -> "Dokku or the new host does it already.";
            case IRRELEVANT -> "It has no meaning on one host.";
            case DECISION -> "Somebody must decide; the plan asks. Unknown fields are decisions too.";
            case LOST -> "Dokku can't do it. The report says what to do instead.";
        };
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    private static String resource(String name) {
        try (InputStream file =
                Objects.requireNonNull(ReportPage.class.getResourceAsStream("/landfall/report/" + name))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("this is a bug: " + name + " can't be read", e);
        }
    }

    private static String digest(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this is a bug: every Java has SHA-256", e);
        }
    }
}
