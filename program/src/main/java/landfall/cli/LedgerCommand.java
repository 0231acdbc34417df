package landfall.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.ledger.LedgerEntry;
import landfall.ledger.LedgerFile;
import landfall.ledger.LedgerSearch;
import landfall.recipe.MoveFolder;
import landfall.report.TargetText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code landfall ledger}: what became of a field. */
@Command(
        name = "ledger",
        mixinStandardHelpOptions = true,
        description = "Answers what became of a field of an object.",
        footer = {
            "",
            "Examples:",
            "  landfall ledger move Deployment/uro containers[0].image",
            "  landfall ledger move uro spec.replicas",
            "  landfall ledger move uro resources --manifests k8s/",
            "  landfall ledger move v1/Secret/vsekai/uro-secrets stringData --json",
            "",
            "Values of Secrets, and of variables named like passwords, are shown as ….",
            "Exit codes: 0 found; 2 no such object or field."
        })
public final class LedgerCommand implements Callable<Integer> {
    /** Of more fields than this only the account is shown. */
    private static final int DETAILED_MAX = 8;

    @Parameters(index = "0", paramLabel = "MOVE", description = "The move's folder.")
    Path folder = Path.of("");

    @Parameters(index = "1", paramLabel = "OBJECT", description = "A name, kind/name, or the full id.")
    String object = "";

    @Parameters(
            index = "2",
            paramLabel = "PATH",
            description = "The field: its whole path, the path's ending, or a map or list above fields.")
    String path = "";

    @Option(
            names = "--manifests",
            paramLabel = "PATH",
            description = "The manifests the plan was made of: the field's lines there are shown as well.")
    List<String> manifests = new ArrayList<>();

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        MoveFolder move = MoveFolder.existing(folder);
        Path file = move.ledgerFile();
        List<LedgerEntry> found = LedgerSearch.find(read(file), object, path);
        if (found.isEmpty()) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(file.toString()),
                            "no field " + path + " of " + object,
                            "",
                            "Every field read is in that file: look for the object's name in it."));
        }
        Events events = output.events();
        LedgerSnippets snippets = LedgerSnippets.of(move, manifests);
        for (LedgerEntry entry : found) {
            if (output.json()) {
                events.emit(event(entry, snippets));
            } else {
                print(output.out(), entry, found.size() <= DETAILED_MAX ? Optional.of(snippets) : Optional.empty());
            }
        }
        output.out().flush();
        return ExitCode.DONE.code();
    }

    private static List<LedgerEntry> read(Path file) {
        try {
            return LedgerFile.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private void print(PrintStream out, LedgerEntry entry, Optional<LedgerSnippets> snippets) {
        var style = output.style();
        out.println(style.bold(entry.object()) + " " + entry.path());
        out.println("  read from    " + entry.file() + ":" + entry.line()
                + (entry.document() > 0 ? " (document " + entry.document() + ")" : ""));
        out.println("  disposition  " + entry.disposition().word());
        out.println("  went to      " + (entry.to().isEmpty() ? "nowhere" : String.join(", ", entry.to())));
        out.println("  rule         " + entry.rule());
        if (!entry.note().isEmpty()) {
            out.println("  note         " + entry.note());
        }
        snippets.ifPresent(all -> {
            all.source(entry).ifPresent(snippet -> print(out, snippet));
            all.target(entry).forEach(snippet -> print(out, snippet));
        });
    }

    /** The lines, the one that is meant marked. */
    private void print(PrintStream out, TargetText.Snippet snippet) {
        var style = output.style();
        out.println(style.dim("  " + snippet.file()));
        for (int at = 0; at < snippet.lines().size(); at++) {
            String number = snippet.first() == 0 ? "" : String.valueOf(snippet.first() + at);
            String line = String.format(
                    Locale.ROOT,
                    "  %s %5s | %s",
                    at == snippet.hit() ? ">" : " ",
                    number,
                    snippet.lines().get(at));
            out.println(at == snippet.hit() ? line.stripTrailing() : style.dim(line.stripTrailing()));
        }
    }

    private static Events.Event event(LedgerEntry entry, LedgerSnippets snippets) {
        return new Events.Event(
                "field",
                Events.fields(
                        "object", entry.object(),
                        "file", entry.file(),
                        "document", entry.document(),
                        "line", entry.line(),
                        "path", entry.path().toString(),
                        "disposition", entry.disposition().word(),
                        "to", entry.to(),
                        "rule", entry.rule(),
                        "note", entry.note(),
                        "source",
                                snippets.source(entry).map(LedgerCommand::text).orElse(""),
                        "target",
                                snippets.target(entry).stream()
                                        .map(LedgerCommand::text)
                                        .toList()));
    }

    private static String text(TargetText.Snippet snippet) {
        return String.join("\n", snippet.lines());
    }
}
