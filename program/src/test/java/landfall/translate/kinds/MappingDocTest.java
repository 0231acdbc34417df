package landfall.translate.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import landfall.ledger.Disposition;
import org.junit.jupiter.api.Test;

/** docs/mapping.md is what the tables of the kinds say; {@code LANDFALL_REWRITE_DOCS=1} writes it anew. */
final class MappingDocTest {
    /** A block of lines that another kind has as well is told once if it is longer than this. */
    private static final int SHARED_LINES_MIN = 6;

    private final Map<List<FieldRule>, String> told = new HashMap<>();

    @Test
    void theMappingInTheDocsIsThatOfTheTables() throws IOException {
        Path file = Path.of("../docs/mapping.md");
        String generated = document();

        if ("1".equals(System.getenv("LANDFALL_REWRITE_DOCS"))) {
            Files.writeString(file, generated);
        }

        assertThat(Files.readString(file))
                .as("docs/mapping.md; LANDFALL_REWRITE_DOCS=1 and this test write it anew")
                .isEqualTo(generated);
    }

    @Test
    void everyKindIsInTheMappingWithASentence() {
        assertThat(Kinds.all())
                .isNotEmpty()
                .allSatisfy(kind -> assertThat(kind.becomes()).as(kind.kind()).isNotBlank());
    }

    private String document() {
        StringBuilder text = new StringBuilder("""
                # What becomes of each field

                Generated from the tables in `landfall.translate.kinds` (`MappingDocTest`); not to be edited by hand. A line
                covers its field and everything below that has no line of its own; `[]` stands for the items of a list, `{}`
                for any key. Where a line names several dispositions, what is found in the object decides. A field that the
                published schema of its kind doesn't have, and every field of a kind that isn't listed, is a `decision`: it
                is never dropped in silence. The annotations of ingress-nginx have [a page of their own](ingress-nginx.md).

                | disposition | what became of the field |
                | --- | --- |
                """);
        for (Disposition disposition : Disposition.values()) {
            text.append("| `")
                    .append(disposition.word())
                    .append("` | ")
                    .append(meaning(disposition))
                    .append(" |\n");
        }
        text.append("\n## Kinds\n\n| kind | API group | becomes |\n| --- | --- | --- |\n");
        for (KindRules kind : Kinds.all()) {
            text.append("| [")
                    .append(title(kind))
                    .append("](#")
                    .append(anchor(kind))
                    .append(") | ")
                    .append(groups(kind))
                    .append(" | ")
                    .append(cell(kind.becomes()))
                    .append(" |\n");
        }
        Set<FieldRule> common = common();
        text.append("\n## Every object\n\nThese lines hold for every kind that doesn't say otherwise.\n\n");
        table(text, List.copyOf(common));
        for (KindRules kind : Kinds.all()) {
            section(text, kind, common);
        }
        return text.toString();
    }

    private void section(StringBuilder text, KindRules kind, Set<FieldRule> common) {
        text.append("\n## ").append(title(kind)).append("\n\n");
        text.append("API group: ")
                .append(groups(kind))
                .append(". Becomes: ")
                .append(kind.becomes())
                .append(".\n");
        List<FieldRule> own = kind.table().rules().stream()
                .filter(rule -> !common.contains(rule))
                .collect(Collectors.toCollection(ArrayList::new));
        Map<String, String> elsewhere = new LinkedHashMap<>();
        for (String prefix : prefixes(own)) {
            List<FieldRule> block = block(own, prefix);
            if (block.size() < SHARED_LINES_MIN) {
                continue;
            }
            String place = told.get(block);
            if (place == null) {
                told.put(block, "`" + prefix + "` of [" + title(kind) + "](#" + anchor(kind) + ")");
            } else {
                elsewhere.put(prefix, place);
                own.removeIf(rule -> isBelow(rule.path(), prefix));
            }
        }
        if (!elsewhere.isEmpty()) {
            text.append('\n');
        }
        elsewhere.forEach((prefix, place) -> text.append("Below `")
                .append(prefix)
                .append("`: as ")
                .append(place)
                .append(".\n"));
        if (!own.isEmpty()) {
            text.append('\n');
            table(text, own);
        }
    }

    /** Every path that has lines below it, the shortest first. */
    private static List<String> prefixes(List<FieldRule> rules) {
        Set<String> prefixes = new LinkedHashSet<>();
        for (FieldRule rule : rules) {
            String path = rule.path();
            for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
                prefixes.add(path.substring(0, dot));
            }
        }
        return prefixes.stream()
                .sorted((one, other) -> one.length() == other.length()
                        ? one.compareTo(other)
                        : Integer.compare(one.length(), other.length()))
                .toList();
    }

    private static List<FieldRule> block(List<FieldRule> rules, String prefix) {
        return rules.stream()
                .filter(rule -> isBelow(rule.path(), prefix))
                .map(rule -> new FieldRule(
                        rule.path().substring(prefix.length()),
                        rule.usual(),
                        rule.isDefault(),
                        rule.note(),
                        rule.advice(),
                        rule.decision(),
                        rule.harmless()))
                .toList();
    }

    private static boolean isBelow(String path, String prefix) {
        return path.startsWith(prefix + ".");
    }

    /** The lines that most kinds have word for word: those of metadata. */
    private static Set<FieldRule> common() {
        Map<FieldRule, Integer> counted = new LinkedHashMap<>();
        for (KindRules kind : Kinds.all()) {
            kind.table().rules().forEach(rule -> counted.merge(rule, 1, Integer::sum));
        }
        int most = Kinds.all().size() / 2;
        return counted.entrySet().stream()
                .filter(entry -> entry.getValue() > most)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static void table(StringBuilder text, List<FieldRule> rules) {
        text.append("| field | disposition | where to, or why |\n| --- | --- | --- |\n");
        for (FieldRule rule : rules) {
            String dispositions = rule.usual().stream()
                    .map(disposition -> "`" + disposition.word() + "`")
                    .collect(Collectors.joining(", "));
            StringBuilder note = new StringBuilder(cell(rule.note().replace("%s", "the object")));
            if (!rule.advice().isEmpty()) {
                note.append("; instead: ").append(cell(rule.advice()));
            }
            new TreeMap<>(rule.harmless())
                    .forEach((value, why) -> note.append("; at `")
                            .append(cell(value))
                            .append("`: ")
                            .append(cell(why)));
            text.append("| `")
                    .append(cell(rule.path()))
                    .append("` | ")
                    .append(dispositions)
                    .append(" | ")
                    .append(note)
                    .append(" |\n");
        }
    }

    private static String meaning(Disposition disposition) {
        return switch (disposition) {
            case CARRIED -> "it means the same on the other side";
            case ADAPTED -> "it is there in another form";
            case SATISFIED -> "Dokku or the new host does it already";
            case IRRELEVANT -> "it has no meaning on one host";
            case DECISION -> "somebody must decide; the plan asks";
            case LOST -> "Dokku can't do it; the report says what to do instead";
        };
    }

    /** With its group where another listed kind has the same name. */
    private static String title(KindRules kind) {
        long same = Kinds.all().stream()
                .filter(other -> other.kind().equals(kind.kind()))
                .count();
        Optional<String> group =
                kind.groups().stream().filter(name -> !name.isEmpty()).findFirst();
        return kind.kind() + (same > 1 ? " (" + group.orElse("core") + ")" : "");
    }

    /** As GitHub makes them of headings. */
    private static String anchor(KindRules kind) {
        return title(kind)
                .toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9 -]", "")
                .replace(' ', '-');
    }

    private static String groups(KindRules kind) {
        return kind.groups().stream()
                .map(group -> group.isEmpty() ? "core" : "`" + group + "`")
                .collect(Collectors.joining(", "));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
