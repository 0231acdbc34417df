package landfall.report;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.ledger.Disposition;
import landfall.ledger.Ledger;
import landfall.ledger.LedgerEntry;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The ledger as the page's script reads it: compact, bounded, and safe inside a script element. Texts that repeat
 * (rules, notes, places) stand once and are named by their number.
 */
final class LedgerData {
    /** Beyond these a page is no help any more; ledger.jsonl has all of them. */
    static final int FIELDS_MAX = 20_000;

    private static final int SOURCE_CHARACTERS_MAX = 3_000_000;
    private static final int TARGET_CHARACTERS_MAX = 2_000_000;

    /** What is kept first where not all fits: what somebody must read. */
    private static final List<Disposition> MOST_WANTED = List.of(
            Disposition.LOST,
            Disposition.DECISION,
            Disposition.ADAPTED,
            Disposition.CARRIED,
            Disposition.SATISFIED,
            Disposition.IRRELEVANT);

    private static final List<Disposition> WORDS = List.of(Disposition.values());

    private record Field(FieldPath path, LedgerEntry entry) {}

    private final Discretion discretion;
    private final TargetText targetText;
    private final Map<Disposition, Integer> counts = new EnumMap<>(Disposition.class);
    private final Map<Disposition, Integer> room = new EnumMap<>(Disposition.class);
    private final Map<KubeObject, List<Field>> fields = new LinkedHashMap<>();
    private final Numbered rules = new Numbered();
    private final Numbered notes = new Numbered();
    private final Numbered places = new Numbered();
    private int total;
    private int kept;

    LedgerData(Ledger ledger, TargetText targetText, Discretion discretion) {
        this.targetText = targetText;
        this.discretion = discretion;
        ledger.forEachEntry((object, path, entry) -> counts.merge(entry.disposition(), 1, Integer::sum));
        int left = FIELDS_MAX;
        for (Disposition disposition : MOST_WANTED) {
            int taken = Math.min(left, counts.getOrDefault(disposition, 0));
            room.put(disposition, taken);
            left -= taken;
        }
        ledger.forEachEntry(this::keep);
    }

    private void keep(KubeObject object, FieldPath path, LedgerEntry entry) {
        total++;
        int left = room.getOrDefault(entry.disposition(), 0);
        if (left > 0) {
            room.put(entry.disposition(), left - 1);
            fields.computeIfAbsent(object, ignored -> new ArrayList<>()).add(new Field(path, entry));
            kept++;
        }
    }

    int count(Disposition disposition) {
        return counts.getOrDefault(disposition, 0);
    }

    /** Its number in the script's list of words. */
    static int number(Disposition disposition) {
        return WORDS.indexOf(disposition);
    }

    int total() {
        return total;
    }

    int kept() {
        return kept;
    }

    /** JSON in which no {@code <} stands, so that no value can end the script element. */
    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JsonFactory.builder().build().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeArrayPropertyStart("objects");
            int characters = 0;
            for (Map.Entry<KubeObject, List<Field>> object : fields.entrySet()) {
                characters += object(json, object.getKey(), object.getValue(), characters < SOURCE_CHARACTERS_MAX);
            }
            json.writeEndArray();
            rules.write(json, "rules");
            notes.write(json, "notes");
            places(json);
            json.writeEndObject();
        }
        return text.toString()
                .replace("<", "\\u003c")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /** @return characters of source text written */
    private int object(JsonGenerator json, KubeObject object, List<Field> found, boolean hasRoom) {
        Optional<SourceText> source = hasRoom ? Optional.of(SourceText.of(object, discretion)) : Optional.empty();
        int characters = 0;
        json.writeStartObject();
        json.writeStringProperty("id", object.id());
        json.writeStringProperty("file", object.file());
        if (source.isPresent()) {
            StringBuilder text = new StringBuilder();
            json.writeArrayPropertyStart("numbers");
            for (SourceText.Line line : source.get().lines()) {
                json.writeNumber(line.number());
                text.append(text.isEmpty() ? "" : "\n").append(line.text());
            }
            json.writeEndArray();
            json.writeStringProperty("text", text.toString());
            characters = text.length();
        }
        json.writeArrayPropertyStart("fields");
        for (Field field : found) {
            LedgerEntry entry = field.entry();
            json.writeStartArray();
            json.writeString(entry.path().toString());
            json.writeNumber(number(entry.disposition()));
            json.writeNumber(rules.of(entry.rule()));
            json.writeNumber(notes.of(discretion.line(entry.note())));
            json.writeNumber(entry.line());
            json.writeNumber(source.map(text -> text.indexOf(field.path())).orElse(-1));
            entry.to().forEach(place -> json.writeNumber(places.of(place)));
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
        return characters;
    }

    private void places(JsonGenerator json) {
        int characters = 0;
        json.writeArrayPropertyStart("places");
        for (String place : places.texts()) {
            json.writeStartArray();
            json.writeString(place);
            Optional<TargetText.Snippet> snippet =
                    characters < TARGET_CHARACTERS_MAX ? targetText.at(place) : Optional.empty();
            if (snippet.isPresent()) {
                String lines = String.join("\n", snippet.get().lines());
                characters += lines.length();
                json.writeString(snippet.get().file());
                json.writeNumber(snippet.get().first());
                json.writeNumber(snippet.get().hit());
                json.writeString(lines);
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    /** Texts by the order in which they were first met. */
    private static final class Numbered {
        private final Map<String, Integer> numbers = new HashMap<>();
        private final List<String> texts = new ArrayList<>();

        int of(String text) {
            Integer number = numbers.get(text);
            if (number == null) {
                number = texts.size();
                numbers.put(text, number);
                texts.add(text);
            }
            return number;
        }

        List<String> texts() {
            return texts;
        }

        void write(JsonGenerator json, String name) {
            json.writeArrayPropertyStart(name);
            texts.forEach(json::writeString);
            json.writeEndArray();
        }
    }
}
