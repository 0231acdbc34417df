package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import landfall.base.Problems;
import landfall.kube.KubeObject;
import landfall.kube.ManifestReader;
import landfall.kube.Node;
import landfall.ledger.Ledger;
import landfall.target.Target;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A field that no rule knows is an open decision, wherever it stands (P1). */
final class UnknownFieldTest {
    /** Maps whose keys are the user's own words: there is no unknown field in them. */
    private static final Set<String> FREE =
            Set.of("labels", "annotations", "matchLabels", "selector", "data", "stringData", "requests", "limits");

    private final List<KubeObject> objects = ManifestReader.read(
                    List.of("../examples/v-sekai/k8s"), InputStream.nullInputStream(), new Problems())
            .objects();

    @Test
    void theExampleHasNone() {
        Ledger ledger = Ledger.open(objects);
        translate(objects, ledger);
        assertThat(ledger.coverage().unknown()).isZero();
        assertThat(ledger.coverage().leaves()).isGreaterThan(250);
    }

    @RepeatedTest(40)
    void oneAddedAnywhereIsAnOpenDecision() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<KubeObject> changed = new ArrayList<>(objects);
        int at = random.nextInt(changed.size());
        KubeObject object = changed.get(at);
        List<Node.MapNode> maps = new ArrayList<>();
        maps(object.root(), maps);
        Node.MapNode chosen = maps.get(random.nextInt(maps.size()));
        Node.MapNode root = (Node.MapNode) with(object.root(), chosen);
        changed.set(
                at,
                new KubeObject(
                        object.id(),
                        object.apiVersion(),
                        object.kind(),
                        object.namespace(),
                        object.name(),
                        root,
                        object.file(),
                        object.document(),
                        object.line(),
                        object.base()));
        Ledger ledger = Ledger.open(changed);
        Target target = translate(changed, ledger);
        String where = "seed " + seed + ": " + object.shortName() + " line " + chosen.line();
        assertThat(ledger.coverage().unknown()).as(where).isEqualTo(1);
        assertThat(target.openDecisions())
                .as(where)
                .anyMatch(decision -> decision.id().startsWith("unknown-")
                        && decision.raisedBy().getFirst().contains("landfallTestField"));
    }

    private static Target translate(List<KubeObject> objects, Ledger ledger) {
        return Translator.translate(objects, ledger, "vsekai", "vsekai", Answers.NONE);
    }

    private static void maps(Node node, List<Node.MapNode> into) {
        switch (node) {
            case Node.MapNode map -> {
                into.add(map);
                map.entries().forEach((key, child) -> {
                    if (!FREE.contains(key)) {
                        maps(child, into);
                    }
                });
            }
            case Node.ListNode list -> list.items().forEach(item -> maps(item, into));
            case Node.Scalar ignored -> {}
        }
    }

    /** A copy of the tree with one more field in one map, which is known by its identity. */
    @SuppressWarnings("ReferenceEquality")
    private static Node with(Node node, Node.MapNode chosen) {
        return switch (node) {
            case Node.MapNode map -> {
                LinkedHashMap<String, Node> entries = new LinkedHashMap<>();
                for (Map.Entry<String, Node> entry : map.entries().entrySet()) {
                    entries.put(entry.getKey(), with(entry.getValue(), chosen));
                }
                if (map == chosen) {
                    entries.put("landfallTestField", new Node.Scalar("surprise", "surprise", map.line()));
                }
                yield new Node.MapNode(entries, map.line());
            }
            case Node.ListNode list ->
                new Node.ListNode(
                        list.items().stream().map(item -> with(item, chosen)).toList(), list.line());
            case Node.Scalar scalar -> scalar;
        };
    }
}
