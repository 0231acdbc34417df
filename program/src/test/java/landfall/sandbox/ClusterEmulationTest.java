package landfall.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import landfall.base.Duplex;
import landfall.base.LandfallException;
import landfall.base.Problems;
import landfall.kube.Cluster;
import landfall.kube.KubeObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterEmulationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    private static Path folder;

    private static Addresses addresses;
    private static ProcessRegistry registry;
    private static EmulatedCluster emulated;
    private static Cluster cluster;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws Exception {
        addresses = Addresses.claim();
        registry = ProcessRegistry.in(folder);
        Containers containers = new Containers(folder, addresses, registry);
        emulated = EmulatedCluster.start(
                folder,
                addresses,
                containers,
                registry,
                image -> image.startsWith("test/server")
                        ? Optional.of(new Program("test/server", ClusterTestProgram.class.getName(), 7000, "/"))
                        : Program.find(image),
                InstantSource.system());
        Path manifest = folder.resolve("test.yaml");
        Files.writeString(manifest, MANIFEST);
        emulated.apply(List.of(manifest));
        cluster = Cluster.connect(emulated.kubeconfig(), null, "test");
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(emulated.kubeconfig().toFile()))
                .build();
        cluster.awaitReady("Deployment/server", PATIENCE);
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        cluster.close();
        emulated.close();
        registry.endAll();
        addresses.close();
    }

    private static final String MANIFEST = """
            apiVersion: v1
            kind: Namespace
            metadata: {name: test}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: keys, namespace: test}
            stringData: {TOKEN: hidden, host: example}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: server, namespace: test, labels: {app: server}}
            spec:
              replicas: 1
              selector: {matchLabels: {app: server}}
              template:
                metadata: {labels: {app: server}}
                spec:
                  initContainers:
                  - {name: first, image: "busybox:1", command: [sh, -c, "echo prepared > \\"$0\\"", /data/made], volumeMounts: [{name: data, mountPath: /data}]}
                  containers:
                  - name: server
                    image: test/server:1
                    ports: [{name: main, containerPort: 7000}]
                    envFrom: [{secretRef: {name: keys}, prefix: S_}]
                    env:
                    - {name: PORT, value: "7000"}
                    - {name: LINGER_MS, value: "800"}
                    - {name: URL, value: "http://$(S_host)/$(missing)/$$x"}
                    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    readinessProbe: {tcpSocket: {port: main}, periodSeconds: 1}
                    volumeMounts: [{name: data, mountPath: /data}]
                  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data, namespace: test}
            spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: server, namespace: test}
            spec: {type: NodePort, selector: {app: server}, ports: [{name: main, port: 80, targetPort: main, nodePort: 30700}]}
            ---
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: prune, namespace: test}
            spec:
              schedule: "17 3 * * *"
              jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ["true"]}]}}}}
            """;

    /** The one pod; another test's pods may be about to end, and would take their connections with them. */
    private static String ready() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (cluster.pods("Deployment/server").size() != 1 && System.nanoTime() < end) {
            LockSupport.parkNanos(50_000_000);
        }
        // A pod that is to be replaced may still be the only one.
        cluster.awaitReady("Deployment/server", PATIENCE);
        return cluster.readyPod("Deployment/server").orElseThrow();
    }

    private static String ask(InputStream in, java.io.OutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(UTF_8));
        out.flush();
        return String.valueOf(ClusterTestProgram.line(in));
    }

    private static String askNodePort(String line) throws IOException {
        try (Socket socket = new Socket(addresses.node(), 30700)) {
            return ask(socket.getInputStream(), socket.getOutputStream(), line);
        }
    }

    @Test
    void aWrongTokenAMissingNamespaceAndASilentAddressAreToldApart() throws Exception {
        Path wrong = folder.resolve("wrong-token");
        String text = Files.readString(emulated.kubeconfig());
        Files.writeString(wrong, text.replaceAll("token: .*", "token: nonsense"));
        assertThatThrownBy(() -> Cluster.connect(wrong, null, "test"))
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("refused our credentials");
        assertThatThrownBy(() -> Cluster.connect(emulated.kubeconfig(), null, "nowhere"))
                .hasMessageContaining("no namespace nowhere");
        assertThatThrownBy(() -> Cluster.connect(emulated.kubeconfig(), "elsewhere", "test"))
                .hasMessageContaining("unknown context elsewhere");
        Files.writeString(wrong, text.replace(":6443", ":6444"));
        assertThatThrownBy(() -> Cluster.connect(wrong, null, "test")).hasMessageContaining("can't be reached");
    }

    @Test
    void environmentIsResolvedAsTheKubeletDoes() throws IOException {
        assertThat(askNodePort("ENV S_TOKEN")).isEqualTo("hidden");
        assertThat(askNodePort("ENV URL")).isEqualTo("http://example/$(missing)/$x");
        assertThat(askNodePort("ENV POD")).startsWith("server-");
        assertThat(folder.resolve("volumes/test/data/made")).hasContent("prepared");
    }

    @Test
    void aPortForwardIsPushedBackByAReaderThatIsSlow() throws Exception {
        byte[] bytes = new byte[24 << 20];
        new Random(4).nextBytes(bytes);
        String expected = ClusterTestProgram.sum(new ByteArrayInputStream(bytes), bytes.length);
        try (Duplex duplex = cluster.portForward(ready(), 7000)) {
            duplex.output().write(("WAIT 1000\nSUM " + bytes.length + "\n").getBytes(UTF_8));
            duplex.output().write(bytes);
            assertThat(ClusterTestProgram.line(duplex.input())).isEqualTo(expected);
        }
    }

    @Test
    void aPortForwardCarriesBytesBothWays() throws Exception {
        byte[] bytes = new byte[8 << 20];
        new Random(3).nextBytes(bytes);
        String expected = ClusterTestProgram.sum(new ByteArrayInputStream(bytes), bytes.length);
        try (Duplex duplex = cluster.portForward(ready(), 7000)) {
            duplex.output().write(("SUM " + bytes.length + "\n").getBytes(UTF_8));
            duplex.output().write(bytes);
            assertThat(ClusterTestProgram.line(duplex.input())).isEqualTo(expected);
            duplex.output().write("SEND 5000000\n".getBytes(UTF_8));
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            String sum = ClusterTestProgram.sum(duplex.input(), 5_000_000);
            Random random = new Random(7);
            byte[] buffer = new byte[64 << 10];
            while (sent.size() < 5_000_000) {
                random.nextBytes(buffer);
                sent.write(buffer, 0, Math.min(buffer.length, 5_000_000 - sent.size()));
            }
            assertThat(sum).isEqualTo(ClusterTestProgram.sum(new ByteArrayInputStream(sent.toByteArray()), 5_000_000));
        }
    }

    @Test
    void aPortForwardToAClosedPortFails() throws Exception {
        try (Duplex duplex = cluster.portForward(ready(), 7999)) {
            assertThatThrownBy(() -> duplex.input().read()).hasMessageContaining("failed to connect to pod");
        }
    }

    @Test
    void theLibrarysOwnPortForwardAndExecWork() throws Exception {
        var pod = client.pods().inNamespace("test").withName(ready());
        try (LocalPortForward forward = pod.portForward(7000);
                Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), forward.getLocalPort())) {
            assertThat(ask(socket.getInputStream(), socket.getOutputStream(), "ID"))
                    .isEqualTo(ready());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ExecWatch exec = pod.inContainer("server").writingOutput(out).exec("sh", "-c", "echo ok; exit 3")) {
            assertThat(exec.exitCode().get(10, TimeUnit.SECONDS)).isEqualTo(3);
            assertThat(out.toString(UTF_8)).isEqualTo("ok\n");
        }
        assertThat(pod.getLog()).contains("listening");
    }

    @Test
    void execPassesBytesThroughAndEndsInput() throws Exception {
        byte[] bytes = new byte[1 << 20];
        new Random(5).nextBytes(bytes);
        try (Duplex duplex = cluster.exec(ready(), "server", List.of("cat"))) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try (var out = duplex.output()) {
                    out.write(bytes);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            assertThat(duplex.input().readAllBytes()).isEqualTo(bytes);
            writer.join();
        }
        assertThat(cluster.execStatus(ready(), "server", List.of("sh", "-c", "exit 7"), PATIENCE))
                .isEqualTo(7);
        assertThat(cluster.execStatus(ready(), "server", List.of("true"), PATIENCE))
                .isZero();
    }

    @Test
    void execReachesAVolumeByAPathGivenAsAWord() throws Exception {
        try (Duplex duplex =
                cluster.exec(ready(), "server", List.of("sh", "-c", "cd \"$1\" && cat made", "sh", "/data"))) {
            assertThat(new String(duplex.input().readAllBytes(), UTF_8)).isEqualTo("prepared\n");
        }
    }

    @Test
    void aWatchSeesWhatHappensAndAStaleUpdateConflicts() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (Watch _ = client.configMaps()
                .inNamespace("test")
                .withLabel("watched")
                .watch(new Watcher<>() {
                    @Override
                    public void eventReceived(Action action, ConfigMap resource) {
                        seen.add(action + " " + resource.getMetadata().getName());
                    }

                    @Override
                    public void onClose(WatcherException cause) {
                        seen.add("closed");
                    }
                })) {
            var maps = client.configMaps().inNamespace("test");
            ConfigMap made = maps.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("w")
                            .addToLabels("watched", "yes")
                            .endMetadata()
                            .addToData("a", "1")
                            .build())
                    .create();
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("ADDED w");
            maps.withName("w").patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"a\":null,\"b\":\"2\"}}");
            assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("MODIFIED w");
            assertThat(maps.withName("w").get().getData()).isEqualTo(Map.of("b", "2"));
            assertThatThrownBy(() -> maps.resource(made)
                            .lockResourceVersion(made.getMetadata().getResourceVersion())
                            .update())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            e -> assertThat(e.getCode()).isEqualTo(409));
            maps.withName("w")
                    .patch(PatchContext.of(PatchType.JSON), "[{\"op\":\"add\",\"path\":\"/data/c\",\"value\":\"3\"}]");
            assertThat(maps.withName("w").get().getData()).containsEntry("c", "3");
            assertThatThrownBy(() -> maps.withName("w")
                            .patch(
                                    PatchContext.of(PatchType.JSON),
                                    "[{\"op\":\"test\",\"path\":\"/data/c\",\"value\":\"4\"}]"))
                    .isInstanceOf(KubernetesClientException.class);
            maps.withName("w").delete();
            assertThat(seen).contains("MODIFIED w");
            assertThat(maps.withName("w").get()).isNull();
        }
    }

    @Test
    void aLongListComesInPages() {
        var maps = client.configMaps().inNamespace("default");
        for (int i = 0; i < 5; i++) {
            maps.resource(new ConfigMapBuilder()
                            .withNewMetadata()
                            .withName("m" + i)
                            .addToLabels("listed", "yes")
                            .endMetadata()
                            .build())
                    .create();
        }
        ConfigMapList first = maps.list(new ListOptionsBuilder()
                .withLimit(3L)
                .withLabelSelector("listed")
                .build());
        assertThat(first.getItems()).hasSize(3);
        ConfigMapList rest = maps.list(new ListOptionsBuilder()
                .withLimit(3L)
                .withLabelSelector("listed")
                .withContinue(first.getMetadata().getContinue())
                .build());
        assertThat(rest.getItems())
                .extracting(map -> map.getMetadata().getName())
                .containsExactly("m3", "m4");
        assertThat(rest.getMetadata().getContinue()).isNull();
    }

    @Test
    void loopbackIsRefusedInEndpointSlices() {
        assertThatThrownBy(() -> client.discovery()
                        .v1()
                        .endpointSlices()
                        .inNamespace("test")
                        .resource(new EndpointSliceBuilder()
                                .withNewMetadata()
                                .withName("own")
                                .endMetadata()
                                .withAddressType("IPv4")
                                .addNewEndpoint()
                                .addToAddresses("127.0.0.1")
                                .endEndpoint()
                                .build())
                        .create())
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> {
                    assertThat(e.getCode()).isEqualTo(422);
                    assertThat(e.getMessage()).contains("may not be in the loopback range");
                });
    }

    @Test
    void anUnknownImageIsNotPulled() {
        client.load(new ByteArrayInputStream("""
                apiVersion: v1
                kind: Pod
                metadata: {name: stranger}
                spec: {containers: [{name: c, image: "nobody/knows:1"}]}
                """.getBytes(UTF_8)))
                .inNamespace("test")
                .create();
        assertThatThrownBy(() -> cluster.awaitPodReady("stranger", Duration.ofSeconds(2)))
                .hasMessageContaining("ImagePull")
                .hasMessageContaining("nobody/knows:1");
        cluster.deletePod("stranger");
    }

    @Test
    void aFilesPodReadsTheClaimAndGoesAway() throws Exception {
        cluster.createFilesPod("files", "data", "Deployment/server", "server", "/data", "m1");
        cluster.createFilesPod("files", "data", "Deployment/server", "server", "/data", "m1");
        cluster.awaitPodReady("files", PATIENCE);
        try (Duplex duplex = cluster.exec("files", "files", List.of("sh", "-c", "cat \"$1\"", "sh", "/data/made"))) {
            assertThat(new String(duplex.input().readAllBytes(), UTF_8)).isEqualTo("prepared\n");
        }
        cluster.deletePod("files");
        cluster.deletePod("files");
    }

    @Test
    void aCronJobIsSuspendedAndSecretsAreRead() {
        cluster.suspendCronJob("CronJob/prune", true);
        assertThat(cluster.cronJobSuspended("prune")).isTrue();
        cluster.suspendCronJob("prune", false);
        assertThat(cluster.cronJobSuspended("prune")).isFalse();
        assertThat(cluster.secretValue("keys", "TOKEN").toString()).isEqualTo("***");
        assertThatThrownBy(() -> cluster.secretValue("keys", "NONE")).hasMessageContaining("has no key NONE");
        assertThat(cluster.read(new Problems()).objects())
                .extracting(KubeObject::kind)
                .contains("Deployment", "Secret", "CronJob", "Service")
                .doesNotContain("EndpointSlice", "Endpoints");
    }

    @Test
    void bridgeAndScaleLoseNoConnection() throws Exception {
        String dokkuPort = "30701";
        try (TcpForwarder dokku = new TcpForwarder(
                        addresses.dokkuHost(),
                        Integer.parseInt(dokkuPort),
                        () -> Optional.of(
                                new java.net.InetSocketAddress(stand.getInetAddress(), stand.getLocalPort())));
                Socket kept = new Socket(addresses.node(), 30700)) {
            String pod = ready();
            assertThat(ask(kept.getInputStream(), kept.getOutputStream(), "ID")).isEqualTo(pod);
            cluster.bridge("server", Addresses.DOKKU_HOST_ADDRESS, Map.of("main", 30701));
            cluster.bridge("server", Addresses.DOKKU_HOST_ADDRESS, Map.of("main", 30701));
            assertThat(cluster.isBridged("server")).isTrue();
            assertThat(askNodePort("ID")).isEqualTo("dokku");
            assertThat(ask(kept.getInputStream(), kept.getOutputStream(), "ID")).isEqualTo(pod);
            // The controllers must not bring the old route back.
            Thread.sleep(1_500);
            assertThat(cluster.isBridged("server")).isTrue();
            assertThat(cluster.scale("Deployment/server", 0)).isEqualTo(1);
            assertThat(cluster.awaitGone("Deployment/server", Duration.ofMillis(300)))
                    .isFalse();
            assertThat(cluster.awaitGone("Deployment/server", PATIENCE)).isTrue();
            assertThat(folder.resolve("logs/" + pod + ".server.log")).content().contains("SIGTERM seen");
            assertThat(cluster.scale("Deployment/server", 1)).isZero();
            cluster.awaitReady("Deployment/server", PATIENCE);
            assertThat(askNodePort("ID")).isEqualTo("dokku");
            cluster.restore("server");
            cluster.restore("server");
            assertThat(cluster.isBridged("server")).isFalse();
            assertThat(askNodePort("ID")).isEqualTo(ready()).isNotEqualTo(pod);
            assertThat(dokku.port()).isEqualTo(30701);
        }
    }

    private static java.net.ServerSocket stand;

    @BeforeAll
    static void standInForTheDokkuHost() throws IOException {
        stand = new java.net.ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!stand.isClosed()) {
                try (Socket socket = stand.accept()) {
                    ClusterTestProgram.line(socket.getInputStream());
                    socket.getOutputStream().write("dokku\n".getBytes(UTF_8));
                } catch (IOException e) {
                    assertThat(stand.isClosed()).isTrue();
                }
            }
        });
    }

    @AfterAll
    static void endStandIn() throws IOException {
        stand.close();
    }
}
