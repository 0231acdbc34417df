package landfall.ledger;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.kube.FieldPath;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ledger.jsonl}: one leaf per line, the same ledger always the same bytes. */
public final class LedgerFile {
    private static final JsonFactory JSON_LINES =
            JsonFactory.builder().rootValueSeparator("\n").build();
    private static final JsonMapper MAPPER = new JsonMapper();

    private LedgerFile() {}

    /** Writes every entry, line by line. A leaf that is still open is a bug: the file would hide it. */
    public static void write(Path file, Ledger ledger) throws IOException {
        if (ledger.hasOpen()) {
            throw new IllegalStateException("this is a bug: the ledger is written while leaves are open");
        }
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
                JsonGenerator lines = JSON_LINES.createGenerator(ObjectWriteContext.empty(), writer)) {
            ledger.forEachEntry(entry -> write(lines, entry));
            if (ledger.coverage().leaves() > 0) {
                lines.writeRaw('\n');
            }
        } catch (JacksonException e) {
            throw new IOException("writing " + file + " failed: " + e.getOriginalMessage(), e);
        }
    }

    private static void write(JsonGenerator line, LedgerEntry entry) {
        line.writeStartObject();
        line.writeStringProperty("object", entry.object());
        line.writeStringProperty("file", entry.file());
        line.writeNumberProperty("document", entry.document());
        line.writeNumberProperty("line", entry.line());
        line.writeStringProperty("path", entry.path().toString());
        line.writeStringProperty("disposition", entry.disposition().word());
        line.writeArrayPropertyStart("to");
        entry.to().forEach(line::writeString);
        line.writeEndArray();
        line.writeStringProperty("rule", entry.rule());
        line.writeStringProperty("note", entry.note());
        line.writeEndObject();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws LandfallException naming file and line if it is not a ledger
     */
    public static List<LedgerEntry> read(Path file) throws IOException {
        List<LedgerEntry> entries = new ArrayList<>();
        // Most texts stand in many lines: sharing them lets a ledger of a large estate be read in a small heap.
        Map<String, String> texts = new HashMap<>();
        UnaryOperator<String> shared = text -> texts.computeIfAbsent(text, same -> same);
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            String line = lines.readLine();
            for (int number = 1; line != null; number++) {
                entries.add(entry(file, number, line, shared));
                line = lines.readLine();
            }
        }
        return entries;
    }

    private static LedgerEntry entry(Path file, int number, String line, UnaryOperator<String> shared) {
        try {
            JsonNode json = MAPPER.readTree(line);
            List<String> to = new ArrayList<>();
            json.required("to").forEach(place -> to.add(shared.apply(place.stringValue())));
            return new LedgerEntry(
                    shared.apply(json.required("object").stringValue()),
                    shared.apply(json.required("file").stringValue()),
                    json.required("document").intValue(),
                    json.required("line").intValue(),
                    FieldPath.parse(json.required("path").stringValue()),
                    Disposition.ofWord(json.required("disposition").stringValue()),
                    to,
                    shared.apply(json.required("rule").stringValue()),
                    shared.apply(json.required("note").stringValue()));
        } catch (JacksonException | IllegalArgumentException e) {
            Problem problem = Problem.error(
                    new Origin(file.toString(), number),
                    "this line is not an entry of a ledger",
                    "a complete line of ledger.jsonl was expected, as landfall plan writes it",
                    "Run landfall plan again: it writes the ledger anew.");
            throw new LandfallException(ExitCode.BAD_INPUT, problem, e);
        }
    }
}
