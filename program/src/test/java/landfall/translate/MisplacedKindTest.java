package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import landfall.base.Problems;
import landfall.kube.KubeObject;
import landfall.kube.ManifestReader;
import landfall.ledger.Ledger;
import landfall.target.Target;
import org.junit.jupiter.api.Test;

/** A kind in an API group that doesn't have it: no cluster ever took it. */
final class MisplacedKindTest {
    @Test
    void anIngressOfTheGroupAppsIsADecisionThatSaysWhereItBelongs() {
        String yaml = """
                apiVersion: apps/v1
                kind: Ingress
                metadata: {name: front}
                spec: {rules: [{host: example.org}]}
                """;
        List<KubeObject> objects = ManifestReader.read(
                        List.of("-"), new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), new Problems())
                .objects();
        Ledger ledger = Ledger.open(objects);
        Target target = Translator.translate(objects, ledger, "move", "default", Answers.NONE);
        assertThat(target.openDecisions()).singleElement().satisfies(decision -> {
            assertThat(decision.id()).isEqualTo("api-version-ingress-front");
            assertThat(decision.question()).contains("networking.k8s.io");
        });
        assertThat(ledger.coverage().unknown()).isZero();
    }
}
