package landfall.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected values are what sigs.k8s.io/yaml 1.6.0 printed for the same scalars. */
final class YamlScalarsTest {
    private static @Nullable Object plain(String text) throws ParseFailure {
        return YamlScalars.resolve(null, true, text, 1, 1).value();
    }

    @ParameterizedTest
    @CsvSource({
        "0644, 420",
        "-0644, -420",
        "0o14, 12",
        "0O7, 7",
        "0x1F, 31",
        "0X1f, 31",
        "+0x1F, 31",
        "0b11, 3",
        "-0b11, -3",
        "0B11, 3",
        "+12, 12",
        "1_000, 1000",
        "1__0, 10",
        "0_7, 7",
        "0_, 0",
        "0x_1f, 31",
        "+_1, 1",
        "-0, 0",
        "0, 0"
    })
    void aWholeNumberIsOneInEveryFormThatKubectlKnows(String text, long value) throws ParseFailure {
        assertThat(plain(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({
        "089, 89",
        "0888, 888",
        "1e3, 1000",
        "1e+3, 1000",
        "1.e3, 1000",
        "1.0, 1",
        "0.10, 0.1",
        ".5, 0.5",
        "+.5, 0.5",
        "-.5, -0.5",
        "5., 5",
        "1_0.5, 10.5",
        "18446744073709551616, 18446744073709551616",
        "-9223372036854775809, -9223372036854775808",
        "100000000000000000000000, 1e23",
        "1e21, 1e21"
    })
    void whatIsNoWholeNumberOf64BitsIsAFloat(String text, double value) throws ParseFailure {
        assertThat(plain(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"})
    void yesIsTrueInEachSpelling(String text) throws ParseFailure {
        assertThat(plain(text)).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"})
    void noIsFalseInEachSpelling(String text) throws ParseFailure {
        assertThat(plain(text)).isEqualTo(false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "~", "null", "Null", "NULL"})
    void nothingIsNullInEachSpelling(String text) throws ParseFailure {
        assertThat(plain(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tRUE",
                "12:30:45",
                "1:20",
                "2024-01-01",
                "2024-01-01T00:00:00Z",
                "0x",
                "1e999",
                ".e",
                "0o8",
                "_1",
                "=",
                "<<",
                "é",
                "500m",
                "128Mi",
                "1.2.3",
                "-",
                "+",
                "."
            })
    void theRestIsText(String text) throws ParseFailure {
        assertThat(plain(text)).isEqualTo(text);
    }

    @Test
    void aNumberAboveALongButWithin64BitsStaysWhole() throws ParseFailure {
        assertThat(plain("18446744073709551615")).isEqualTo(new BigInteger("18446744073709551615"));
        assertThat(plain("9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
    }

    @Test
    void quotedScalarsAreText() throws ParseFailure {
        for (String text : new String[] {"yes", "0644", "", "~", "1e3"}) {
            assertThat(YamlScalars.resolve(null, false, text, 1, 1).value()).isEqualTo(text);
        }
    }

    @Test
    void aTagDecides() throws ParseFailure {
        Map<String[], Object> expected = Map.of(
                new String[] {"str", "123"},
                "123",
                new String[] {"int", "3"},
                3L,
                new String[] {"float", "0x10"},
                16L,
                new String[] {"bool", "yes"},
                true,
                new String[] {"binary", "aGk="},
                "hi",
                new String[] {"timestamp", "2024-01-01"},
                "2024-01-01");
        for (Map.Entry<String[], Object> entry : expected.entrySet()) {
            String[] scalar = entry.getKey();
            assertThat(YamlScalars.resolve("tag:yaml.org,2002:" + scalar[0], false, scalar[1], 1, 1)
                            .value())
                    .as(scalar[0])
                    .isEqualTo(entry.getValue());
        }
        assertThat(YamlScalars.resolve("!vault", true, "12", 1, 1).value()).isEqualTo("12");
    }

    @ParameterizedTest
    @ValueSource(strings = {".nan", ".inf", "-.Inf", "+.INF"})
    void whatJsonCannotSayIsRefusedAsKubectlDoes(String text) {
        assertThatThrownBy(() -> plain(text)).isInstanceOf(ParseFailure.class).hasMessageContaining(text);
    }

    @Test
    void aValueThatDoesNotFitItsTagIsRefused() {
        assertThatThrownBy(() -> YamlScalars.resolve("tag:yaml.org,2002:int", true, "abc", 3, 5))
                .isInstanceOfSatisfying(ParseFailure.class, failure -> {
                    assertThat(failure.line()).isEqualTo(3);
                    assertThat(failure.what()).contains("!!int");
                });
    }

    @Test
    void theRawTextIsKept() throws ParseFailure {
        assertThat(YamlScalars.resolve(null, true, "0644", 7, 1)).isEqualTo(new Node.Scalar(420L, "0644", 7));
    }
}
