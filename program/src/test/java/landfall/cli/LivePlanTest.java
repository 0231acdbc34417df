package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import landfall.sandbox.Addresses;
import landfall.sandbox.Containers;
import landfall.sandbox.EmulatedCluster;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A plan straight from a cluster's API, by a user who may do everything and by one who may not. */
final class LivePlanTest {
    private static final String MANIFESTS = "../examples/v-sekai/k8s";

    @TempDir
    Path home;

    private Addresses addresses;
    private ProcessRegistry registry;
    private EmulatedCluster cluster;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        addresses = Addresses.claim();
        registry = ProcessRegistry.in(home);
        cluster = EmulatedCluster.start(
                home.resolve("cluster"), addresses, new Containers(home, addresses, registry), registry);
        cluster.apply(List.of(Path.of(MANIFESTS)));
    }

    @AfterEach
    void stop() throws IOException {
        cluster.close();
        addresses.close();
    }

    private LandfallProcess.Ended plan(String folder, String... more) {
        String[] words = Stream.concat(
                        Stream.of(
                                "plan",
                                "-o",
                                home.resolve(folder).toString(),
                                "--draft",
                                "--kubeconfig",
                                cluster.kubeconfig().toString()),
                        Stream.of(more))
                .toArray(String[]::new);
        return LandfallProcess.run(home, words);
    }

    private Map<String, String> files(String folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(home.resolve(folder))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = home.resolve(folder).relativize(file).toString();
                // Passwords are made anew for each move; lines and fields of the server stand in the ledger only.
                if (!List.of("secrets.yml", "ledger.jsonl", "report.html").contains(name)) {
                    files.put(name, Files.readString(file));
                }
            }
        }
        return files;
    }

    @Test
    void theLivePlanIsThatOfTheManifestsThatMadeTheCluster() throws IOException {
        LandfallProcess.Ended fromFiles = plan("files", MANIFESTS);
        assertThat(fromFiles.exit()).as(fromFiles.err()).isZero();
        LandfallProcess.Ended live = plan("live", "--cluster", "--namespace", "vsekai");
        assertThat(live.exit()).as(live.err()).isZero();
        Map<String, String> expected = files("files");
        assertThat(files("live").keySet()).isEqualTo(expected.keySet());
        for (Map.Entry<String, String> file : files("live").entrySet()) {
            assertThat(file.getValue().lines().toList())
                    .as(file.getKey())
                    .isEqualTo(expected.getOrDefault(file.getKey(), "").lines().toList());
        }
        assertThat(Files.readString(home.resolve("live/ledger.jsonl")))
                .contains("\"file\":\"cluster\"")
                .doesNotContain("\"rule\":\"unknown\"");
    }

    @Test
    void aMissingRightIsNamedAndARoleInTheNamespaceIsEnough() throws IOException {
        LandfallProcess.Ended refused = plan("guest", "--cluster", "--context", "guest", "--namespace", "vsekai");
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err())
                .contains("not allowed to list", "deployments.apps", "secrets", "kubectl create role")
                .contains("--verb=get,list");
        assertThat(home.resolve("guest")).doesNotExist();
        Path role = home.resolve("role.yaml");
        Files.writeString(role, """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: landfall-plan, namespace: vsekai}
                rules:
                - {apiGroups: ["*"], resources: ["*"], verbs: [get, list]}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: landfall-plan, namespace: vsekai}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: landfall-plan}
                subjects:
                - {kind: User, name: guest}
                """);
        cluster.apply(List.of(role));
        LandfallProcess.Ended allowed = plan("guest", "--cluster", "--context", "guest", "--namespace", "vsekai");
        assertThat(allowed.exit()).as(allowed.err()).isZero();
    }

    @Test
    void aNamespaceThatIsNotThereIsToldWithThoseThatAre() {
        LandfallProcess.Ended ended = plan("none", "--cluster", "--namespace", "shop");
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).contains("no namespace shop", "vsekai", "--namespace");
        LandfallProcess.Ended context = plan("none", "--cluster", "--context", "elsewhere");
        assertThat(context.exit()).isEqualTo(2);
        assertThat(context.err()).contains("unknown context elsewhere", "landfall-sandbox");
    }

    @Test
    void bothSourcesAtOnceAndNoneAreRefused() {
        assertThat(plan("both", "--cluster", MANIFESTS).err()).contains("manifests and --cluster");
        assertThat(plan("neither").err()).contains("nothing to read");
    }
}
