package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import landfall.base.Problems;
import landfall.kube.KubeObject;
import landfall.kube.ManifestReader;
import landfall.ledger.Ledger;
import landfall.ledger.LedgerEntry;
import landfall.target.Decision;
import landfall.target.Finding;
import landfall.target.Target;
import landfall.target.TargetApp;

/** Manifests from a text block, translated as the move {@code shop} of the default namespace. */
record Planned(Target target, Ledger ledger) {
    static Planned of(String manifests) {
        return of(manifests, Map.of());
    }

    static Planned of(String manifests, Map<String, String> answers) {
        Problems problems = new Problems();
        List<KubeObject> objects = ManifestReader.read(
                        List.of("-"), new ByteArrayInputStream(manifests.getBytes(StandardCharsets.UTF_8)), problems)
                .objects();
        assertThat(problems.all()).isEmpty();
        Ledger ledger = Ledger.open(objects);
        return new Planned(Translator.translate(objects, ledger, "shop", "default", new Answers(answers)), ledger);
    }

    /** A Deployment {@code shop} with one container, and lines of its container and of its pod. */
    static String shop(String container, String pod) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: shop}
                spec:
                  replicas: 1
                  template:
                    metadata: {labels: {app: shop, tier: front}, annotations: {description: blue}}
                    spec:
                """ + pod.indent(6) + """
                      containers:
                        - name: shop
                          image: shop:1
                          ports: [{containerPort: 3000}]
                """ + container.indent(10);
    }

    TargetApp shop() {
        return target.app("shop").orElseThrow();
    }

    List<String> decisions() {
        return target.decisions().stream().map(Decision::id).toList();
    }

    List<String> open() {
        return target.openDecisions().stream().map(Decision::id).toList();
    }

    List<String> lost() {
        return target.findings().stream()
                .filter(Finding.Lost.class::isInstance)
                .map(Finding::toString)
                .toList();
    }

    List<String> changed() {
        return target.findings().stream()
                .filter(Finding.Changed.class::isInstance)
                .map(Finding::toString)
                .toList();
    }

    /** The one leaf of an object with this ending of a path. */
    LedgerEntry leaf(String object, String path) {
        List<LedgerEntry> found = ledger.find(object, path);
        assertThat(found).as(object + " " + path).hasSize(1);
        return found.getFirst();
    }
}
