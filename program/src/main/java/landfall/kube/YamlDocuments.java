package landfall.kube;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlVersionException;

/**
 * Reads the documents of a YAML text. The text is cut at its {@code ---} lines first — at the beginning of a line these
 * always end a document — so that a document that doesn't parse leaves the others readable.
 */
final class YamlDocuments {
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setLabel("manifest")
            .setUseMarks(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .build();

    private final List<Document> documents = new ArrayList<>();
    private final BiConsumer<String, Integer> duplicateKeys;
    private int number;

    private YamlDocuments(BiConsumer<String, Integer> duplicateKeys) {
        this.duplicateKeys = duplicateKeys;
    }

    /** A piece of the text and the line before its first, so that a line in it plus this is the file's. */
    private record Piece(String text, int linesBefore) {}

    static List<Document> read(
            String text, BiConsumer<String, Integer> duplicateKeys, Consumer<ParseFailure> failures) {
        YamlDocuments reading = new YamlDocuments(duplicateKeys);
        for (Piece piece : pieces(text)) {
            try {
                reading.read(piece);
            } catch (ParseFailure failure) {
                failures.accept(failure);
                reading.number++;
            }
        }
        return reading.documents;
    }

    private static List<Piece> pieces(String text) {
        List<Piece> pieces = new ArrayList<>();
        int start = 0;
        int linesBefore = 0;
        int line = 0;
        boolean directives = false;
        for (int at = 0; at < text.length(); line++) {
            if (at > start && isSeparator(text, at) && !directives) {
                pieces.add(new Piece(text.substring(start, at), linesBefore));
                start = at;
                linesBefore = line;
            }
            // Directives belong to the document whose "---" follows them.
            directives = text.charAt(at) == '%' || (directives && !isSeparator(text, at));
            int lineEnd = text.indexOf('\n', at);
            at = lineEnd < 0 ? text.length() : lineEnd + 1;
        }
        pieces.add(new Piece(start == 0 ? text : text.substring(start), linesBefore));
        return pieces;
    }

    private static boolean isSeparator(String text, int at) {
        return text.startsWith("---", at) && (at + 3 == text.length() || Character.isWhitespace(text.charAt(at + 3)));
    }

    private void read(Piece piece) throws ParseFailure {
        TreeBuilder builder = new TreeBuilder(duplicateKeys);
        try {
            Iterator<Event> events =
                    new Parse(SETTINGS).parseString(piece.text()).iterator();
            while (events.hasNext()) {
                Event event = events.next();
                switch (event.getEventId()) {
                    case DocumentStart -> builder = new TreeBuilder(duplicateKeys);
                    case DocumentEnd -> {
                        Node root = builder.root();
                        if (root != null) {
                            documents.add(new Document(number, root));
                        }
                        number++;
                    }
                    default -> feed(builder, event, piece.linesBefore());
                }
            }
        } catch (MarkedYamlEngineException e) {
            throw failure(piece, e);
        } catch (YamlVersionException e) {
            ParseFailure failure = new ParseFailure(
                    piece.linesBefore() + 1,
                    0,
                    "this asks for a version of YAML that does not exist",
                    "%YAML 1.1 or 1.2 was expected",
                    "Remove the %YAML line.");
            failure.initCause(e);
            throw failure;
        } catch (YamlEngineException e) {
            ParseFailure failure = new ParseFailure(
                    piece.linesBefore() + 1,
                    0,
                    "this YAML does not parse",
                    sentence(e.getMessage()),
                    "Correct the file.");
            failure.initCause(e);
            throw failure;
        }
    }

    private static void feed(TreeBuilder builder, Event event, int linesBefore) throws ParseFailure {
        int line = linesBefore + event.getStartMark().map(Mark::getLine).orElse(0) + 1;
        int column = event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
        switch (event.getEventId()) {
            case MappingStart -> builder.startMap(anchor(((MappingStartEvent) event).getAnchor()), line, column);
            case SequenceStart -> builder.startList(anchor(((SequenceStartEvent) event).getAnchor()), line, column);
            case MappingEnd, SequenceEnd -> builder.end();
            case Alias -> builder.alias(((AliasEvent) event).getAlias().getValue(), line, column);
            case Scalar -> {
                ScalarEvent scalar = (ScalarEvent) event;
                boolean mergeKey = scalar.isPlain()
                        && scalar.getTag().isEmpty()
                        && scalar.getValue().equals("<<");
                builder.scalar(
                        YamlScalars.resolve(
                                scalar.getTag().orElse(null), scalar.isPlain(), scalar.getValue(), line, column),
                        mergeKey,
                        anchor(scalar.getAnchor()),
                        column);
            }
            case StreamStart, StreamEnd, DocumentStart, DocumentEnd, Comment -> {}
        }
    }

    private static @Nullable String anchor(Optional<Anchor> anchor) {
        return anchor.map(Anchor::getValue).orElse(null);
    }

    private static ParseFailure failure(Piece piece, MarkedYamlEngineException e) {
        Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
        int line = mark.map(Mark::getLine).orElse(0);
        int column = mark.map(Mark::getColumn).orElse(0);
        String lineText = piece.text().lines().skip(line).findFirst().orElse("");
        ParseFailure failure;
        if (isTab(lineText, column)) {
            failure = new ParseFailure(
                    piece.linesBefore() + line + 1,
                    lineText.indexOf('\t') + 1,
                    "there is a tab where YAML wants spaces",
                    "YAML is indented with spaces only",
                    "Replace the tab by spaces.");
        } else {
            failure = new ParseFailure(
                    piece.linesBefore() + line + 1,
                    column + 1,
                    "this YAML does not parse",
                    sentence(e.getProblem()) + context(piece, e, line),
                    "Correct it there or on the line before, for example by quoting a value that contains “: ” or “#”.");
        }
        failure.initCause(e);
        return failure;
    }

    /** What was being read, and where that began: a quote that is never closed is found only at the file's end. */
    private static String context(Piece piece, MarkedYamlEngineException e, int problemLine) {
        if (e.getContext() == null) {
            return "";
        }
        int begun = e.getContextMark().map(Mark::getLine).orElse(problemLine);
        String since = begun == problemLine ? "" : " that begins in line " + (piece.linesBefore() + begun + 1);
        return " " + e.getContext() + since;
    }

    /** True if the place, or what stands between the line's beginning and its first character, is a tab. */
    private static boolean isTab(String line, int column) {
        return (column < line.length() && line.charAt(column) == '\t')
                || line.substring(0, line.length() - line.stripLeading().length())
                                .indexOf('\t')
                        >= 0;
    }

    private static String sentence(@Nullable String message) {
        return message == null
                ? ""
                : message.lines()
                        .findFirst()
                        .orElse("")
                        .replaceAll(" *\\(Do not use . for indentation\\)", "")
                        .replaceAll("\\.$", "")
                        .strip();
    }
}
