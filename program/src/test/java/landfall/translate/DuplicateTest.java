package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Objects that stand twice in the manifests. */
final class DuplicateTest {
    private static final String FIRST = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: shop, labels: {a: b, c: d}}
            """;

    @Test
    void anObjectThatStandsTwiceWordForWordIsNoQuestion() {
        Planned planned = Planned.of(FIRST + "---\n" + FIRST.replace("{a: b, c: d}", "{c: d, a: b}"));
        assertThat(planned.open()).isEmpty();
    }

    @Test
    void twoObjectsOfOneNameThatDifferAreAQuestion() {
        Planned planned = Planned.of(FIRST + "---\n" + FIRST.replace("a: b", "a: x"));
        assertThat(planned.open()).contains("duplicate-configmap-shop");
    }
}
