package landfall.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManifestReaderTest {
    private static final String CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

    @TempDir
    Path folder;

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void everyNodeKnowsItsLineAndItsRawText() {
        KubeObject object = Manifests.ofText("# first\n---\n" + CONFIG_MAP + "data:\n  mode: 0644\n  long: |\n    x\n")
                .only();
        assertThat(object.id()).isEqualTo("v1/ConfigMap/default/a");
        assertThat(object.line()).isEqualTo(3);
        assertThat(object.document()).isZero();
        assertThat(object.file()).isEqualTo("-");
        assertThat(object.root().at("data", "mode")).contains(new Node.Scalar(420L, "0644", 8));
        assertThat(object.root().text("data", "mode")).contains("420");
        assertThat(object.root().integer("data", "mode")).contains(420L);
        assertThat(object.root().text("data", "long")).contains("x\n");
        assertThat(object.root().text("data", "none")).isEmpty();
    }

    @Test
    void documentsAreCountedFromZeroAndEmptyOnesCountToo() {
        String second = CONFIG_MAP.replace("name: a", "name: b");
        Manifests manifests = Manifests.ofText("---\n" + CONFIG_MAP + "---\n---\n" + second + "---\n");
        assertThat(manifests.problems()).isEmpty();
        assertThat(manifests.read().objects()).extracting(KubeObject::document).containsExactly(0, 2);
        assertThat(manifests.read().objects().get(1).line()).isEqualTo(8);
    }

    @Test
    void windowsLineEndsAByteOrderMarkAndUtf16AreRead() throws IOException {
        String windows = CONFIG_MAP.replace("\n", "\r\n");
        write("crlf.yaml", "\uFEFF" + windows);
        Files.write(
                folder.resolve("utf16.yaml"),
                ("\uFEFF" + windows.replace("name: a", "name: b")).getBytes(StandardCharsets.UTF_16LE));
        Manifests manifests = Manifests.ofFiles(folder.toString());
        assertThat(manifests.problems()).isEmpty();
        assertThat(manifests.read().objects()).extracting(KubeObject::name).containsExactly("a", "b");
        assertThat(manifests
                        .read()
                        .objects()
                        .getFirst()
                        .root()
                        .at("metadata", "name")
                        .orElseThrow()
                        .line())
                .isEqualTo(4);
    }

    @Test
    void foldersAreReadInAStableOrderWithPathsRelativeToThem() throws IOException {
        write("b/z.yml", CONFIG_MAP.replace("name: a", "name: z"));
        write("b/.hidden/h.yaml", CONFIG_MAP.replace("name: a", "name: h"));
        write("a.yaml", CONFIG_MAP);
        write(
                "c.json",
                "{\"apiVersion\":\"v1\",\n\"kind\":\"Secret\",\"metadata\":{\"name\":\"c\",\"namespace\":\"n\"}}");
        write("notes.txt", "not: read");
        Manifests manifests = Manifests.ofFiles(folder.toString());
        assertThat(manifests.problems()).isEmpty();
        assertThat(manifests.read().filesRead()).containsExactly("a.yaml", "b/.hidden/h.yaml", "b/z.yml", "c.json");
        assertThat(manifests.read().objects())
                .extracting(KubeObject::id)
                .containsExactly(
                        "v1/ConfigMap/default/a", "v1/ConfigMap/default/h", "v1/ConfigMap/default/z", "v1/Secret/n/c");
    }

    @Test
    void theItemsOfAListAreObjectsWhosePathsStartAtTheDocument() {
        Manifests manifests = Manifests.ofText("""
                apiVersion: v1
                kind: List
                items:
                - apiVersion: v1
                  kind: Service
                  metadata: {name: s}
                - apiVersion: v1
                  kind: PodList
                  items:
                  - metadata: {name: p}
                """);
        assertThat(manifests.problems()).isEmpty();
        assertThat(manifests.read().objects())
                .extracting(object -> object.id() + " at " + object.base())
                .containsExactly("v1/Service/default/s at items[0]", "v1/Pod/default/p at items[1].items[0]");
        assertThat(manifests.read().envelopes()).extracting(KubeObject::kind).containsExactly("List", "PodList");
    }

    @Test
    void aliasesAreExpandedAndMergedInTheOrderOfTheFile() {
        KubeObject object = Manifests.ofText(CONFIG_MAP
                        + "x: &x {a: 1, b: [2]}\np: *x\nz: {a: 9, <<: *x, b: 3}\nq: {<<: [{a: 1}, {a: 2, c: 3}]}\n")
                .only();
        assertThat(object.root().integer("p", "b", "0")).contains(2L);
        assertThat(object.root().integer("z", "a"))
                .as("go-yaml 2 lets a later merge win")
                .contains(1L);
        assertThat(object.root().integer("z", "b")).contains(3L);
        assertThat(object.root().integer("q", "a")).contains(1L);
        assertThat(object.root().integer("q", "c")).contains(3L);
    }

    @Test
    void keysAreTextAsInJson() {
        KubeObject object = Manifests.ofText(CONFIG_MAP + "data: {1: a, yes: b, 1.5: c, 0x10: d, \"<<\": e}\n")
                .only();
        assertThat(object.root().entriesAt("data").keySet()).containsExactly("1", "true", "1.5", "16", "<<");
    }

    @Test
    void objectsOfOneIdStayAndAreReported() {
        Manifests manifests = Manifests.ofText(CONFIG_MAP + "---\n" + CONFIG_MAP);
        assertThat(manifests.read().objects()).hasSize(2);
        assertThat(manifests.read().duplicates()).singleElement().satisfies(duplicate -> {
            assertThat(duplicate.id()).isEqualTo("v1/ConfigMap/default/a");
            assertThat(duplicate.objects()).extracting(KubeObject::document).containsExactly(0, 1);
        });
    }

    @Test
    void kindsWithoutNamespaceHaveADash() {
        assertThat(Manifests.ofText(
                                "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r, namespace: space}\n")
                        .only()
                        .id())
                .isEqualTo("rbac.authorization.k8s.io/v1/ClusterRole/-/r");
        assertThat(Manifests.ofText("apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: m-}\n")
                        .only()
                        .id())
                .isEqualTo("batch/v1/Job/default/m-");
    }

    @Test
    void oneFileReachedTwiceIsReadOnceAndEqualNamesKeepTheirArgument() throws IOException {
        write("one/a.yaml", CONFIG_MAP);
        write("two/a.yaml", CONFIG_MAP.replace("name: a", "name: b"));
        String one = folder.resolve("one").toString();
        String two = folder.resolve("two").toString();
        Manifests manifests = Manifests.ofFiles(one, two, one + "/a.yaml");
        assertThat(manifests.problems()).isEmpty();
        assertThat(manifests.read().filesRead()).containsExactly(one + "/a.yaml", two + "/a.yaml");
    }

    @Test
    void jsonValuesThatFollowOneAnotherAreDocuments() {
        Manifests manifests = Manifests.ofText(
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":\"\\u00e9 yes\"}}\n"
                        + "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"b\"},\"n\":18446744073709551615,\"f\":1e3}");
        assertThat(manifests.problems()).isEmpty();
        assertThat(manifests.read().objects()).extracting(KubeObject::document).containsExactly(0, 1);
        assertThat(manifests.read().objects().getFirst().root().text("data", "k"))
                .contains("é yes");
        Node second = manifests.read().objects().getLast().root();
        assertThat(second.text("n")).contains("18446744073709551615");
        assertThat(second.integer("f")).contains(1000L);
        assertThat(second.at("metadata", "name").orElseThrow().line()).isEqualTo(2);
    }
}
