package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import landfall.base.Problems;
import landfall.base.Secret;
import landfall.kube.KubeObject;
import landfall.kube.ManifestReader;
import landfall.ledger.Ledger;
import landfall.target.Target;
import landfall.target.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Environment variables: order, references, expansion, what Dokku would corrupt. */
final class VariablesTest {
    @TempDir
    private Path temp;

    @Test
    void variablesAreWhatTheKubeletMakesOfThem() throws IOException {
        Map<String, Value> environment =
                environment("""
                - {name: A, value: one}
                - {name: B, value: "$(A)-$(NOPE)-$$(A)"}
                - {name: FROM_MAP, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}
                - {name: colour, value: own}
                - {name: API_TOKEN, value: plain-but-secret-by-name}
                - {name: LINES, value: "one\\ntwo\\n\\n"}
                """).app("shop").orElseThrow().environment();
        assertThat(environment)
                .containsEntry("A", new Value.Plain("one"))
                .containsEntry("B", new Value.Plain("one-$(NOPE)-$(A)"))
                .containsEntry("FROM_MAP", new Value.Plain("blue"))
                .containsEntry("colour", new Value.Plain("own"))
                .containsEntry("LINES", new Value.Plain("one\ntwo\n\n"))
                .containsEntry("API_TOKEN", new Value.Hidden("shop_API_TOKEN", Secret.of("plain-but-secret-by-name")))
                .containsEntry("TEMPLATE", new Value.Hidden("shop_TEMPLATE", Secret.of("Hello {{name}}")));
    }

    @Test
    void aValueThatDokkuReadsBackWrongIsRefusedByName() throws IOException {
        Target target = environment("""
                - {name: QUOTED, value: 'say "hi"'}
                - {name: FOLDER, value: 'C:\\'}
                - {name: FINE, value: '"hi" she said'}
                """);
        assertThat(target.app("shop").orElseThrow().environment())
                .containsKey("FINE")
                .doesNotContainKeys("QUOTED", "FOLDER");
        assertThat(target.openDecisions())
                .extracting(decision -> decision.id())
                .contains("value-shop-quoted", "value-shop-folder");
    }

    @Test
    void aMissingSecretIsADecisionAndAnOptionalOneIsNot() throws IOException {
        Target target = environment("""
                - {name: KEY, valueFrom: {secretKeyRef: {name: nowhere, key: key}}}
                - {name: OTHER, valueFrom: {secretKeyRef: {name: elsewhere, key: key, optional: true}}}
                """);
        assertThat(target.decisions())
                .extracting(decision -> decision.id())
                .contains("missing-nowhere-shop")
                .doesNotContain("missing-elsewhere-shop");
        assertThat(target.app("shop").orElseThrow().environment())
                .containsKey("KEY")
                .doesNotContainKey("OTHER");
    }

    @Test
    void aServiceIsFoundWhereAHostStandsAndNotInOrdinaryWords() throws IOException {
        Target target = environment("""
                - {name: MODE, value: shop}
                - {name: SELF_URL, value: "http://shop:8080/path"}
                - {name: SELF_HOST, value: shop.default.svc.cluster.local}
                """);
        assertThat(target.app("shop").orElseThrow().environment())
                .containsEntry("MODE", new Value.Plain("shop"))
                .containsEntry("SELF_URL", new Value.Plain("http://shop.web:3000/path"))
                .containsEntry("SELF_HOST", new Value.Plain("shop.web"));
        assertThat(target.openDecisions()).extracting(decision -> decision.id()).contains("port-shop-shop");
    }

    @Test
    void aSensitiveValueIsShownOnlyAsFarAsItsPlace() {
        assertThat(shown("postgres://uro:pa/ss@word@postgres:5432/uro_prod?sslpassword=x"))
                .isEqualTo("postgres://uro:***@postgres:5432/uro_prod");
        assertThat(shown("https://hooks:8080/services/T000/secret?token=secret"))
                .isEqualTo("https://hooks:8080/***");
        assertThat(shown("https://secret:secret@hooks")).isEqualTo("https://***@hooks");
        assertThat(shown("https://secret@hooks")).isEqualTo("***");
        assertThat(shown("host=postgres password=secret")).isEqualTo("***");
    }

    private static String shown(String value) {
        return VariableRule.shown(new AppDraft.Variable("X", value, true, List.of()), value);
    }

    @Test
    void theDataOfDatabasesThatAreNotMovedIsADecision() throws IOException {
        Target target = translate("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: orders}
                spec:
                  template:
                    spec:
                      containers: [{name: db, image: "mysql:8.4"}]
                """);
        assertThat(target.apps()).isEmpty();
        assertThat(target.openDecisions()).singleElement().satisfies(decision -> {
            assertThat(decision.id()).isEqualTo("orders-data");
            assertThat(decision.question()).contains("MySQL");
        });
    }

    private Target environment(String variables) throws IOException {
        return translate("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: settings}
                data: {colour: blue, TEMPLATE: "Hello {{name}}"}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: shop}
                spec:
                  selector: {app: shop}
                  ports: [{port: 8080, targetPort: 3000}]
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: shop}
                spec:
                  template:
                    metadata: {labels: {app: shop}}
                    spec:
                      containers:
                        - name: shop
                          image: shop:1
                          ports: [{containerPort: 3000}]
                          envFrom: [{configMapRef: {name: settings}}]
                          env:
                """ + variables.indent(12));
    }

    private Target translate(String manifests) throws IOException {
        Path file = Files.writeString(temp.resolve("shop.yaml"), manifests);
        Problems problems = new Problems();
        List<KubeObject> objects = ManifestReader.read(
                        List.of(file.toString()), InputStream.nullInputStream(), problems)
                .objects();
        assertThat(problems.all()).isEmpty();
        return Translator.translate(objects, Ledger.open(objects), "shop", "default", Answers.NONE);
    }
}
