package landfall.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import landfall.base.LandfallException;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.kube.Manifests;
import landfall.kube.ReadResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LedgerTest {
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: uro
              labels: {}
              annotations:
                example.com/size: 5m
            spec:
              containers:
              - image: secret-looking-value
                args: []
                resources: {limits: {cpu: 1, memory: 2}}
            """;

    private final ReadResult read = Manifests.ofText(DEPLOYMENT).read();
    private final KubeObject object = read.objects().getFirst();
    private final Ledger ledger = Ledger.open(read);

    @TempDir
    Path folder;

    private static FieldPath path(String text) {
        return FieldPath.parse(text);
    }

    private Disposition of(String path) {
        return ledger.find("uro", path).getFirst().disposition();
    }

    @Test
    void aLeafIsAScalarAnEmptyListOrAnEmptyMap() {
        assertThat(ledger.unsettled(object))
                .extracting(FieldPath::toString)
                .containsExactly(
                        "apiVersion",
                        "kind",
                        "metadata.name",
                        "metadata.labels",
                        "metadata.annotations[\"example.com/size\"]",
                        "spec.containers[0].image",
                        "spec.containers[0].args",
                        "spec.containers[0].resources.limits.cpu",
                        "spec.containers[0].resources.limits.memory");
    }

    @Test
    void theFirstSettlementStaysUnlessItIsReplaced() {
        ledger.settle(object, path("kind"), Disposition.CARRIED, List.of("recipe.yml"), "one", "");
        ledger.settle(object, path("kind"), Disposition.LOST, List.of(), "two", "");
        assertThat(of("kind")).isEqualTo(Disposition.CARRIED);
        ledger.resettle(object, path("kind"), Disposition.ADAPTED, List.of(), "three", "");
        assertThat(of("kind")).isEqualTo(Disposition.ADAPTED);
    }

    @Test
    void settlingAMapSettlesWhatIsStillOpenBelow() {
        ledger.settle(
                object, path("spec.containers[0].resources.limits.cpu"), Disposition.ADAPTED, List.of(), "cpu", "");
        ledger.settle(object, path("spec"), Disposition.IRRELEVANT, List.of(), "rest", "");
        assertThat(of("cpu")).isEqualTo(Disposition.ADAPTED);
        assertThat(of("memory")).isEqualTo(Disposition.IRRELEVANT);
        assertThat(ledger.coverage()).isEqualTo(new Coverage(9, 4, 5));
    }

    @Test
    void whatNoRuleKnewIsAnUnknownDecision() {
        ledger.settle(object, path("metadata"), Disposition.IRRELEVANT, List.of(), "meta", "");
        ledger.closeUnknown();
        assertThat(ledger.hasOpen()).isFalse();
        assertThat(ledger.coverage()).isEqualTo(new Coverage(9, 3, 6));
        assertThat(Coverage.of(ledger.entries())).isEqualTo(ledger.coverage());
        assertThat(ledger.find("uro", "image")).singleElement().satisfies(entry -> {
            assertThat(entry.disposition()).isEqualTo(Disposition.DECISION);
            assertThat(entry.rule()).isEqualTo("unknown");
            assertThat(entry.line()).isEqualTo(10);
        });
    }

    @Test
    void anUnknownPathIsABugOfTheRule() {
        assertThatThrownBy(() -> ledger.settle(object, path("spec.nope"), Disposition.LOST, List.of(), "rule", ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("this is a bug")
                .hasMessageContaining("spec.nope");
    }

    @Test
    void findTakesNamesKindsIdsEndingsAndWholeBranches() {
        ledger.closeUnknown();
        for (String name : List.of("uro", "Deployment/uro", "deployment/uro", "apps/v1/Deployment/default/uro")) {
            assertThat(ledger.find(name, "containers[0].image")).as(name).hasSize(1);
        }
        assertThat(ledger.find("Service/uro", "image")).isEmpty();
        assertThat(ledger.find("uro", "mage")).isEmpty();
        assertThat(ledger.find("uro", "resources"))
                .extracting(entry -> entry.path().toString())
                .containsExactly(
                        "spec.containers[0].resources.limits.cpu", "spec.containers[0].resources.limits.memory");
        assertThat(ledger.find("uro", "annotations.example.com/size")).hasSize(1);
        assertThat(ledger.find("uro", "annotations[\"example.com/size\"]")).hasSize(1);
        assertThat(ledger.find("uro", "[0].image")).hasSize(1);
    }

    @Test
    void theListAroundObjectsIsSettledAndPathsStartAtTheDocument() {
        ReadResult list = Manifests.ofText(
                        "apiVersion: v1\nkind: List\nmetadata: {}\nitems:\n- {apiVersion: v1, kind: Pod, metadata: {name: p}}\n")
                .read();
        Ledger ofList = Ledger.open(list);
        ofList.closeUnknown();
        assertThat(ofList.coverage()).isEqualTo(new Coverage(6, 3, 3));
        assertThat(ofList.find("Pod/p", "items[0].metadata.name")).hasSize(1);
    }

    @Test
    void theFileIsReadBackAndIsTheSameBytesEachTimeAndHoldsNoValue() throws IOException {
        ledger.settle(
                object,
                path("spec.containers[0].image"),
                Disposition.CARRIED,
                List.of("apps/uro/Dockerfile:1"),
                "Deployment.image",
                "as “is”");
        ledger.closeUnknown();
        Path one = folder.resolve("one.jsonl");
        Path two = folder.resolve("two.jsonl");
        LedgerFile.write(one, ledger);
        LedgerFile.write(two, ledger);
        assertThat(Files.readAllBytes(one)).isEqualTo(Files.readAllBytes(two));
        assertThat(LedgerFile.read(one)).isEqualTo(ledger.entries());
        assertThat(Files.readString(one))
                .doesNotContain("secret-looking-value", "5m")
                .endsWith("}\n");
        assertThat(Files.readAllLines(one).get(5))
                .isEqualTo("{\"object\":\"apps/v1/Deployment/default/uro\",\"file\":\"-\",\"document\":0,\"line\":10,"
                        + "\"path\":\"spec.containers[0].image\",\"disposition\":\"carried\",\"to\":[\"apps/uro/Dockerfile:1\"],"
                        + "\"rule\":\"Deployment.image\",\"note\":\"as “is”\"}");
    }

    @Test
    void aLedgerWithOpenLeavesIsNotWritten() {
        assertThatThrownBy(() -> LedgerFile.write(folder.resolve("x"), ledger)).hasMessageContaining("this is a bug");
        assertThat(folder.resolve("x")).doesNotExist();
    }

    @Test
    void aLineThatIsNoEntryIsNamed() throws IOException {
        Path file = folder.resolve("ledger.jsonl");
        for (String line : List.of("{}", "nonsense", "[]", "{\"object\":1}")) {
            Files.writeString(file, line + "\n");
            assertThatThrownBy(() -> LedgerFile.read(file))
                    .isInstanceOf(LandfallException.class)
                    .hasMessageContaining("ledger.jsonl:1: this line is not an entry");
        }
    }
}
