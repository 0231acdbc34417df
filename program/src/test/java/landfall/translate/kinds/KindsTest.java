package landfall.translate.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import landfall.kube.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every field of the published schemas has a rule or a written refusal, and no rule speaks of a field that isn't. */
final class KindsTest {
    static List<String> kinds() {
        return Schema.kinds();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyFieldOfThePublishedSchemaHasALine(String kind) {
        KindRules rules = rules(kind);
        FieldTree tree = FieldTree.of(rules.table());
        List<String> missing = new ArrayList<>();
        for (String path : schema(kind).paths()) {
            if (nearest(tree, path) == null) {
                missing.add(path);
            }
        }
        assertThat(missing).as(kind).isEmpty();
    }

    @Test
    void noLineSpeaksOfAFieldThatNoVersionOfTheKindHas() {
        for (KindRules rules : Kinds.all()) {
            List<Schema> schemas = Schema.kinds().stream()
                    .filter(kind -> rules(kind).equals(rules))
                    .map(KindsTest::schema)
                    .toList();
            assertThat(schemas).as(rules.kind()).isNotEmpty();
            List<String> paths =
                    schemas.stream().flatMap(schema -> schema.paths().stream()).toList();
            for (FieldRule rule : rules.table().rules()) {
                if (rule.path().equals("status")) {
                    // Said of every object; some kinds have none.
                    continue;
                }
                assertThat(paths).as(rules.kind() + " " + rule.path()).anyMatch(path -> covers(rule.path(), path));
            }
        }
    }

    private static boolean covers(String rule, String path) {
        String plain = path.replace("[]", "").replace("{}", ".{}");
        String wanted = rule.replace("[]", "").replace("{}", ".{}");
        return plain.equals(wanted) || plain.startsWith(wanted + ".");
    }

    private static @Nullable FieldRule nearest(FieldTree tree, String path) {
        FieldRule nearest = null;
        FieldTree at = tree;
        for (String key : path.replace("[]", "").replace("{}", ".{}").split("\\.", -1)) {
            at = at == null ? null : at.below(key);
            if (at != null && at.rule() != null) {
                nearest = at.rule();
            }
        }
        return nearest;
    }

    private static KindRules rules(String kind) {
        String[] words = kind.split(" ", -1);
        String group = words[0].contains("/") ? words[0].substring(0, words[0].indexOf('/')) : "";
        return Kinds.of(group, words[1]).orElseThrow(() -> new AssertionError("no rules for " + kind));
    }

    private static Schema schema(String kind) {
        String[] words = kind.split(" ", -1);
        return Schema.of(words[0], words[1]).orElseThrow();
    }
}
