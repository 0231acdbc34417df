package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Units of Kubernetes and Docker. */
final class QuantityTest {
    @ParameterizedTest
    @CsvSource({"100m, 0.1", "1, 1", "0.5, 0.5", "1500m, 1.5", "2e1, 20", ".25, 0.25", "0, none", "lots, none"})
    void cpusAreExact(String kubernetes, String docker) {
        assertThat(Quantity.cpus(kubernetes).orElse("none")).isEqualTo(docker);
    }

    @ParameterizedTest
    @CsvSource({
        "128Mi, 128m",
        "1.5Gi, 1536m",
        "1Gi, 1024m",
        "500M, 500000000b",
        "64Ki, 64k",
        "1048576, 1m",
        "1e9, 1000000000b",
        "1024M, 1000000k",
        "-1, none",
        "12 Mi, none"
    })
    void memoryIsExact(String kubernetes, String docker) {
        assertThat(Quantity.memory(kubernetes).orElse("none")).isEqualTo(docker);
    }
}
