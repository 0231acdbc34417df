package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import landfall.ledger.LedgerFile;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.EmulatedCluster;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an API server fills in and controllers make changes no plan; what is wrong with a cluster is said. */
final class LiveFieldsTest {
    private static final Path SHOP = Path.of("src/test/resources/live/shop.yaml");

    @TempDir
    private static Path folder;

    @TempDir
    private Path temp;

    private static Addresses addresses;
    private static ProcessRegistry registry;
    private static EmulatedCluster emulated;

    @BeforeAll
    static void start() throws Exception {
        addresses = Addresses.claim();
        registry = ProcessRegistry.in(folder);
        emulated = EmulatedCluster.start(folder, addresses, new Containers(folder, addresses, registry), registry);
        emulated.apply(List.of(SHOP));
        // The controllers make what they make: pods are there to be left out.
        long end = System.nanoTime() + 20_000_000_000L;
        while (!emulated.export("shop").contains("\"kind\":\"Pod\"")) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(50);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        emulated.close();
        registry.endAll();
        addresses.close();
    }

    @Test
    void thePlanOfALiveClusterIsThatOfTheManifestsThatMadeIt() throws IOException {
        LandfallProcess.Ended fromFiles = plan("files", SHOP.toString());
        LandfallProcess.Ended fromCluster = plan("cluster", "--cluster", "--namespace", "shop");
        assertThat(fromCluster.err()).isEmpty();
        assertThat(fromCluster.exit()).isEqualTo(fromFiles.exit());
        assertSamePlan("cluster");
        assertThat(LedgerFile.read(temp.resolve("cluster/ledger.jsonl")))
                .isNotEmpty()
                .allSatisfy(entry -> {
                    assertThat(entry.file()).isEqualTo("cluster");
                    assertThat(entry.isUnknown()).isFalse();
                })
                .anySatisfy(entry -> assertThat(entry.path().toString()).endsWith("terminationMessagePath"));
    }

    /** What people have at hand: {@code kubectl get … -o json}, with pods and all, through standard input. */
    @Test
    void anExportOfTheClusterGivesThePlanOfItsManifests() throws IOException {
        plan("files", SHOP.toString());
        Path export = temp.resolve("export.json");
        Files.writeString(export, emulated.export("shop"));
        assertThat(Files.readString(export)).contains("ownerReferences", "kube-root-ca.crt", "EndpointSlice");
        LandfallProcess.Ended ended = LandfallProcess.run(
                temp,
                export,
                "plan",
                "-",
                "-o",
                temp.resolve("export").toString(),
                "--kubeconfig",
                emulated.kubeconfig().toString());
        assertThat(ended.err()).isEmpty();
        assertSamePlan("export");
        assertThat(LedgerFile.read(temp.resolve("export/ledger.jsonl")))
                .filteredOn(entry -> entry.object().startsWith("v1/Pod/"))
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(entry.note()).startsWith("made by "));
    }

    @Test
    void secretsOfTheClusterAreInSecretsYmlAndNowhereElse() throws IOException {
        LandfallProcess.Ended planned = plan("move", "--cluster", "--namespace", "shop");
        assertThat(Files.readString(temp.resolve("move/secrets.yml"))).contains("canary-of-the-shop");
        Map<String, String> written = all(temp.resolve("move"));
        written.remove("secrets.yml");
        assertThat(String.join("\n", written.values()) + planned.out() + planned.err())
                .doesNotContain("canary-of-the-shop", "Y2FuYXJ5LW9mLXRoZS1zaG9w");
    }

    @Test
    void whatIsWrongIsSaidInOneMessageEach() throws IOException {
        assertThat(plan("m", "--cluster", "--namespace", "default").err())
                .contains("namespace default", "holds nothing to move", "default, shop");
        assertThat(plan("m", "--cluster", "--namespace", "shop", "--context", "guest")
                        .err())
                .contains("not allowed to list", "cronjobs.batch", "secrets", "--user=guest");
        String good = Files.readString(emulated.kubeconfig());
        Path bad = temp.resolve("bad");
        Files.writeString(bad, good.replaceAll("token: .*", "token: expired"));
        assertThat(with(bad)).contains("refused our credentials");
        Files.writeString(bad, good.replace(":6443", ":6444"));
        assertThat(with(bad)).contains("can't be reached", "nothing listens there");
        Files.writeString(bad, "just: [some");
        assertThat(with(bad)).contains("the kubeconfig " + bad + " can't be read");
        Files.writeString(bad, "apiVersion: v1\nkind: ConfigMap\n");
        assertThat(with(bad)).contains("no kubeconfig");
        Files.writeString(bad, good.replaceAll("current-context: .*", ""));
        assertThat(with(bad)).contains("no context is chosen", "landfall-sandbox, guest");
        assertThat(with(temp.resolve("none"))).contains("no kubeconfig");
        assertThat(LandfallProcess.run(temp, "assess", "--cluster").err()).contains("no cluster is known");
        assertThat(temp.resolve("m")).doesNotExist();
    }

    @Test
    void assessReadsAClusterToo() {
        LandfallProcess.Ended assessed = LandfallProcess.run(
                temp,
                "assess",
                "--cluster",
                "--kubeconfig",
                emulated.kubeconfig().toString(),
                "--namespace",
                "shop");
        assertThat(assessed.err()).isEmpty();
        assertThat(assessed.exit()).isZero();
        assertThat(assessed.out()).contains("web");
    }

    private LandfallProcess.Ended plan(String move, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "plan",
                "-o",
                temp.resolve(move).toString(),
                "--kubeconfig",
                emulated.kubeconfig().toString()));
        words.addAll(List.of(more));
        return LandfallProcess.run(temp, words.toArray(String[]::new));
    }

    private String with(Path kubeconfig) {
        LandfallProcess.Ended ended = LandfallProcess.run(
                temp,
                "plan",
                "--cluster",
                "--kubeconfig",
                kubeconfig.toString(),
                "--namespace",
                "shop",
                "-o",
                temp.resolve("m").toString());
        assertThat(ended.exit()).isBetween(1, 2);
        assertThat(ended.err()).doesNotContain("Exception", "\tat ");
        return ended.err();
    }

    /** Recipe, app folders and settings must not depend on where the objects came from. */
    private void assertSamePlan(String move) throws IOException {
        Map<String, String> expected = files(temp.resolve("files"));
        Map<String, String> found = files(temp.resolve(move));
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        found.forEach((file, text) -> assertThat(text.lines())
                .as(file)
                .containsExactlyElementsOf(
                        expected.getOrDefault(file, "").lines().toList()));
    }

    private static Map<String, String> files(Path move) throws IOException {
        Map<String, String> files = all(move);
        files.keySet()
                .removeIf(file -> !file.equals("recipe.yml") && !file.equals("move.yaml") && !file.startsWith("apps/"));
        return files;
    }

    private static Map<String, String> all(Path move) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(move)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(move.relativize(path).toString(), Files.readString(path));
            }
        }
        return files;
    }
}
