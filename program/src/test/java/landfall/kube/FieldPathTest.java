package landfall.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FieldPathTest {
    @Test
    void indexesStandInBracketsAndKeysWithDotsAreQuoted() {
        FieldPath path = FieldPath.keys("spec", "template", "spec", "containers")
                .index(0)
                .key("image");
        assertThat(path).hasToString("spec.template.spec.containers[0].image");
        assertThat(FieldPath.keys("metadata", "annotations", "nginx.ingress.kubernetes.io/proxy-body-size"))
                .hasToString("metadata.annotations[\"nginx.ingress.kubernetes.io/proxy-body-size\"]");
        assertThat(FieldPath.keys("data", "a \"quoted\"\nkey\\")).hasToString("data[\"a \\\"quoted\\\"\\nkey\\\\\"]");
        assertThat(FieldPath.keys("")).hasToString("[\"\"]");
        assertThat(FieldPath.ROOT).hasToString("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a..b",
                ".a",
                "a.",
                "a[",
                "a[x]",
                "a[1",
                "a[\"b",
                "a[\"b\"",
                "a[1]b",
                "a[\"\\q\"]",
                "a[-1]",
                "a[9999999999]"
            })
    void whatIsNoPathIsRefusedWithTheTextInTheMessage(String text) {
        assertThatThrownBy(() -> FieldPath.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }

    @Test
    void whatIsPrintedIsReadBackForRandomKeys() {
        long seed = 20261122;
        Random random = new Random(seed);
        String characters = "ab./[]\"\\ \n\t\r\u0001é–0-_$@:";
        for (int round = 0; round < 5_000; round++) {
            FieldPath path = FieldPath.ROOT;
            for (int step = random.nextInt(6); step > 0; step--) {
                if (random.nextInt(4) == 0) {
                    path = path.index(random.nextInt(1000));
                } else {
                    StringBuilder key = new StringBuilder();
                    for (int length = random.nextInt(6); length > 0; length--) {
                        key.append(characters.charAt(random.nextInt(characters.length())));
                    }
                    path = path.key(key.toString());
                }
            }
            assertThat(FieldPath.parse(path.toString()))
                    .as("seed %d, %s", seed, path)
                    .isEqualTo(path);
            assertThat(FieldPath.parse(path.toString())).hasSameHashCodeAs(path);
        }
    }

    @Test
    void endingsAndBeginningsAreComparedByWholeSteps() {
        FieldPath path = FieldPath.parse("spec.containers[0].image");
        assertThat(path.endsWith(FieldPath.parse("[0].image"))).isTrue();
        assertThat(path.endsWith(FieldPath.parse("image"))).isTrue();
        assertThat(path.endsWith(FieldPath.parse("mage"))).isFalse();
        assertThat(path.endsWith(FieldPath.parse("x.spec.containers[0].image"))).isFalse();
        assertThat(path.startsWith(FieldPath.parse("spec.containers"))).isTrue();
        assertThat(path.startsWith(FieldPath.parse("spec.container"))).isFalse();
        assertThat(path.startsWith(FieldPath.ROOT)).isTrue();
        assertThat(FieldPath.parse("items[3]").then(path)).hasToString("items[3].spec.containers[0].image");
    }
}
