package landfall.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import landfall.base.Limits;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each bad input gives one clear problem with its place. */
@Timeout(30)
final class ManifestReaderBadInputTest {
    private static final String CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";

    @TempDir
    Path folder;

    private String file(String name, String text) throws IOException {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private String file(String name, byte[] bytes) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        return file.toString();
    }

    /** Reads it and expects exactly one error that starts at this line and says all of this. */
    private static void assertOneError(String argument, int line, String... parts) {
        List<Problem> problems = Manifests.ofFiles(argument).problems();
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.severity()).isEqualTo(Problem.Severity.ERROR);
            assertThat(problem.origin()).extracting(Origin::line).isEqualTo(line);
            assertThat(problem.sentence()).contains(parts);
            assertThat(problem.nextStep()).isNotEmpty();
        });
    }

    @Test
    void aFileThatIsNotThere() {
        assertOneError(folder.resolve("none.yaml").toString(), 0, "none.yaml: there is no such file or folder");
    }

    @Test
    void anEmptyFolder() {
        assertOneError(folder.toString(), 0, "there is no manifest in this folder", ".yaml");
    }

    @Test
    void anEmptyFile() throws IOException {
        assertOneError(file("empty.yaml", " \n\n"), 0, "empty.yaml: this is empty");
    }

    @Test
    void aFileWithoutAnyObject() throws IOException {
        assertOneError(file("comments.yaml", "# only\n---\n# comments\n"), 0, "there is no Kubernetes object in it");
    }

    @Test
    void yamlThatDoesNotParse() throws IOException {
        assertOneError(
                file("colon.yaml", "apiVersion: v1\nkind: A: B\n"),
                2,
                "colon.yaml:2: this YAML does not parse (line 2, column 8): mapping values are not allowed here");
    }

    @Test
    void aQuoteThatIsNeverClosedIsNamedByItsBeginning() throws IOException {
        assertOneError(file("quote.yaml", "apiVersion: v1\nkind: \"A\ndata:\n"), 4, "begins in line 2");
    }

    @Test
    void aTabIsCalledATab() throws IOException {
        assertOneError(
                file("tab.yaml", "apiVersion: v1\nmetadata:\n\tname: a\n"), 3, "there is a tab", "line 3, column 1");
        assertOneError(file("tab2.yaml", CONFIG_MAP + "\tlabels: b\n"), 5, "there is a tab", "line 5, column 1");
    }

    @Test
    void brokenDocumentsLeaveTheOthersReadableAndAreAllNamedInOneRun() {
        Manifests manifests = Manifests.ofText("a: b: c\n---\n" + CONFIG_MAP + "---\n@\n---\ntext\n---\n- item\n");
        assertThat(manifests.read().objects()).extracting(KubeObject::document).containsExactly(1);
        assertThat(manifests.problems())
                .extracting(problem ->
                        problem.origin() == null ? 0 : problem.origin().line())
                .containsExactlyInAnyOrder(1, 8, 10, 12);
        assertThat(manifests.sentences())
                .anySatisfy(sentence -> assertThat(sentence).contains("document 3 is a single value"))
                .anySatisfy(sentence -> assertThat(sentence).contains("document 4 is a list"));
    }

    @Test
    void jsonThatDoesNotParseNamesThePlaceButNotTheValue() throws IOException {
        String file = file("bad.json", "{\"apiVersion\": \"v1\",\n \"password\": [hunter2 }");
        assertOneError(file, 2, "this JSON does not parse", "line 2, column");
        assertThat(Manifests.ofFiles(file).sentences().toString()).doesNotContain("hunter2");
    }

    @Test
    void jsonThatIsNotKubernetes() throws IOException {
        assertOneError(
                file("package.json", "{\"name\": \"x\", \"version\": 1}"),
                1,
                "document 0 is not a Kubernetes object",
                "no apiVersion and no kind");
        assertOneError(file("list.json", "[1, 2]"), 1, "document 0 is a list");
    }

    @Test
    void anObjectWithoutKindOrNameIsAnErrorAlsoInAFolder() throws IOException {
        file("half.yaml", "apiVersion: v1\nmetadata: {name: a}\n");
        assertOneError(folder.toString(), 1, "document 0 is not a Kubernetes object", "it has no kind");
        assertOneError(file("other/nameless.yaml", "apiVersion: v1\nkind: Pod\n"), 1, "of kind Pod and has no name");
    }

    @Test
    void aNameThatIsNotTextToKubectlIsRefused() throws IOException {
        assertOneError(
                file("y.yaml", CONFIG_MAP.replace("name: a", "name: y")), 4, "metadata.name that is not text", "true");
        assertOneError(
                file("n.yaml", CONFIG_MAP + "  namespace: 007\n"), 5, "metadata.namespace", "it is 7 to kubectl");
    }

    @Test
    void anEmptyArgumentIsNotTheWorkingFolder() {
        assertOneError("", 0, "an empty argument: there is no such file");
    }

    @Test
    void aForeignFileInAFolderIsLeftOutAndSaid() throws IOException {
        file("a.yaml", CONFIG_MAP);
        file("package.json", "{\"name\": \"x\"}");
        Manifests manifests = Manifests.ofFiles(folder.toString());
        assertThat(manifests.read().objects()).hasSize(1);
        assertThat(manifests.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.severity()).isEqualTo(Problem.Severity.WARNING);
            assertThat(problem.sentence()).contains("package.json", "it is left out");
        });
    }

    @Test
    void aHundredMegabytesAreRefusedWithoutReadingThem() throws IOException {
        Path large = folder.resolve("large.yaml");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(100L << 20);
        }
        assertThatCode(() -> assertOneError(large.toString(), 0, "this is larger than 64 MB"))
                .doesNotThrowAnyException();
    }

    @Test
    void anEndlessStandardInputIsRefused() {
        Problems problems = new Problems();
        ManifestReader.read(List.of("-"), new Endless(), problems);
        assertThat(problems.all())
                .singleElement()
                .satisfies(problem -> assertThat(problem.sentence()).contains("-: this is larger than"));
    }

    @Test
    void anAliasBombCostsNothing() throws IOException {
        StringBuilder bomb = new StringBuilder("a: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int level = 1; level < 12; level++) {
            bomb.append("b" + level + ": &a" + level + " [" + ("*a" + (level - 1) + ",").repeat(9) + "]\n");
        }
        String file = file("bomb.yaml", bomb.toString());
        long start = System.nanoTime();
        assertOneError(file, 7, "aliases expand to more than " + Limits.YAML_NODES_MAX + " nodes");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void depthBombsAreRefusedInEachNotation() throws IOException {
        String deep = "nested deeper than " + Limits.YAML_DEPTH_MAX + " levels";
        assertOneError(file("list.yaml", "[".repeat(200_000)), 1, deep);
        assertOneError(file("map.yaml", "{a: ".repeat(200_000)), 1, deep);
        assertOneError(file("dash.yaml", "- ".repeat(100_000)), 1, deep);
        assertOneError(file("list.json", "[".repeat(200_000)), 1, deep);
        StringBuilder steps = new StringBuilder();
        for (int level = 0; level < 1000; level++) {
            steps.append(" ".repeat(level)).append("a:\n");
        }
        assertOneError(file("block.yaml", steps.toString()), Limits.YAML_DEPTH_MAX + 1, deep);
        StringBuilder chain = new StringBuilder("k0: &k0 {a: 1}\n");
        for (int level = 1; level < 300; level++) {
            chain.append("k" + level + ": &k" + level + " {a: *k" + (level - 1) + "}\n");
        }
        assertOneError(file("chain.yaml", chain.toString()), Limits.YAML_DEPTH_MAX, deep);
    }

    @Test
    void anAliasWithoutAnchorOrInsideItsOwn() throws IOException {
        assertOneError(file("none.yaml", "a: *nope\n"), 1, "alias *nope has no anchor", "column 4");
        assertOneError(file("self.yaml", "a: &x [*x]\n"), 1, "alias *x stands inside its own anchor");
    }

    @Test
    void aDuplicateKeyIsAWarningAndTheLastWins() {
        Manifests manifests = Manifests.ofText(CONFIG_MAP + "data:\n  k: 1\n  k: 2\n");
        assertThat(manifests.sentences()).singleElement().asString().contains("-:7: the key “k” stands twice");
        assertThat(manifests.read().objects().getFirst().root().integer("data", "k"))
                .contains(2L);
    }

    @Test
    void symlinkLoopsAreNamedAndTheRestIsRead() throws IOException {
        file("a.yaml", CONFIG_MAP);
        Files.createSymbolicLink(folder.resolve("loop"), folder);
        Files.createSymbolicLink(folder.resolve("self.yaml"), Path.of("self.yaml"));
        Manifests manifests = Manifests.ofFiles(folder.toString());
        assertThat(manifests.read().objects()).hasSize(1);
        assertThat(manifests.sentences())
                .hasSize(2)
                .anySatisfy(
                        sentence -> assertThat(sentence).contains("loop: this link leads back to a folder above it"))
                .anySatisfy(sentence ->
                        assertThat(sentence).contains("self.yaml: this link leads nowhere, or back to itself"));
    }

    @Test
    void aFolderOrFileWithoutRights() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may read everything");
        Path secret = Path.of(file("closed/a.yaml", CONFIG_MAP));
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        assertOneError(secret.toString(), 0, "this file can't be read", "no right");
        Path closed = folder.resolve("closed");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        assertOneError(closed.toString(), 0, "this folder can't be read", "no right");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void filesThatAreNoText() throws IOException {
        assertOneError(file("binary.yaml", new byte[] {0x7F, 'E', 'L', 'F', 0, 0}), 0, "this is a binary file");
        assertOneError(file("crypt.yaml", "\0GITCRYPT\0abc"), 0, "encrypted by git-crypt");
        assertOneError(
                file("latin.yaml", "a: b\nc: caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1)),
                2,
                "is not UTF-8",
                "line 2, column 7");
        assertOneError(file("bell.yaml", "a: b\nc: \u0007\n"), 2, "control character U+0007");
    }

    @Test
    void anUnrenderedTemplateIsCalledOne() throws IOException {
        for (String text : List.of(
                "name: {{ .Values.name }}\n",
                "{{- if .Values.x }}\na: b\n{{- end }}\n",
                "labels:\n  {{- include \"x\" . | nindent 4 }}\nname: a\n")) {
            Manifests manifests = Manifests.ofFiles(file("template.yaml", text));
            assertThat(manifests.sentences())
                    .singleElement()
                    .asString()
                    .contains("unrendered template", "helm template");
        }
    }

    @Test
    void chartsAndKustomizationsAreNotRenderedAndSaidSo() throws IOException {
        file("chart/Chart.yaml", "apiVersion: v2\nname: x\n");
        file("chart/values.yaml", "a: b\n");
        file("chart/templates/x.yaml", "a: {{ .Values.a }}\n");
        file("base/kustomization.yaml", "resources: [a.yaml]\n");
        file("base/a.yaml", CONFIG_MAP);
        file("values-prod.yaml", "a: b\n");
        Manifests manifests = Manifests.ofFiles(folder.toString());
        assertThat(manifests.problems()).allMatch(problem -> problem.severity() == Problem.Severity.WARNING);
        assertThat(manifests.sentences())
                .hasSize(3)
                .anySatisfy(sentence ->
                        assertThat(sentence).contains("kustomize build " + folder + "/base | landfall plan -"))
                .anySatisfy(sentence ->
                        assertThat(sentence).contains("helm template " + folder + "/chart | landfall plan -"))
                .anySatisfy(sentence -> assertThat(sentence).contains("values-prod.yaml", "values file of Helm"));
        assertThat(manifests.read().objects()).hasSize(1);
    }

    @Test
    void whatKubectlRefusesInAKeyIsRefused() throws IOException {
        assertOneError(file("null.yaml", CONFIG_MAP + "~: a\n"), 5, "a key is null");
        assertOneError(file("map.yaml", CONFIG_MAP + "? {a: b}\n: c\n"), 5, "where a key was expected");
        assertOneError(file("merge.yaml", CONFIG_MAP + "<<: text\n"), 5, "merges something that is not a map");
    }

    /** An input that never ends. */
    private static final class Endless extends InputStream {
        @Override
        public int read() {
            return ' ';
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            java.util.Arrays.fill(bytes, offset, offset + length, (byte) ' ');
            return length;
        }
    }
}
