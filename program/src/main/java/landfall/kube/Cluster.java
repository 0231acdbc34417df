package landfall.kube;

import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import landfall.base.Duplex;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Limits;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.base.Secret;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One namespace of a live cluster, as the move needs it. Every call is idempotent: after a lost connection it is made
 * again. Calls throw {@link LandfallException} with what the API server said; streams throw IOException.
 */
public final class Cluster implements AutoCloseable {
    /** The one container of a files pod ({@link #createFilesPod}). */
    public static final String FILES_CONTAINER = "files";

    private static final List<String> EXEC_PROTOCOLS = List.of("v5.channel.k8s.io", "v4.channel.k8s.io");
    private static final List<String> FORWARD_PROTOCOLS = List.of("v4.channel.k8s.io");

    private final ClusterApi api;
    private final String namespace;
    private final ClusterWorkloads workloads;
    private final ServiceBridge bridge;

    private Cluster(ClusterApi api, String namespace) {
        this.api = api;
        this.namespace = namespace;
        this.workloads = new ClusterWorkloads(api, namespace);
        this.bridge = new ServiceBridge(api, namespace);
    }

    /**
     * Connects and checks that the server answers, that it knows us and, if we may see that, that the namespace exists.
     *
     * @param kubeconfig null: KUBECONFIG or ~/.kube/config
     * @param context null: the file's current context
     */
    public static Cluster connect(@Nullable Path kubeconfig, @Nullable String context, String namespace) {
        Config config = new ConfigBuilder(config(kubeconfig, context))
                .withConnectionTimeout((int) Limits.CLUSTER_CALL.toMillis())
                .withRequestTimeout((int) Limits.CLUSTER_CALL.toMillis())
                // Whoever calls decides whether to go on: the client's own ten retries would hide an outage for
                // minutes.
                .withRequestRetryBackoffLimit(1)
                .build();
        ClusterApi api =
                new ClusterApi(new KubernetesClientBuilder().withConfig(config).build());
        try {
            api.get("/api/v1/namespaces/" + namespace);
            return new Cluster(api, namespace);
        } catch (ClusterException e) {
            // A role in the namespace needn't give the right to look at the namespace itself.
            if (e.code() == 403) {
                return new Cluster(api, namespace);
            }
            String others = e.code() == 404 ? namespaces(api) : "";
            api.close();
            throw unreachable(api.server(), namespace, others, e);
        }
    }

    /** The namespace of the kubeconfig's context, {@code default} if it names none. */
    public static String namespaceOf(@Nullable Path kubeconfig, @Nullable String context) {
        String namespace = config(kubeconfig, context).getNamespace();
        return namespace == null || namespace.isEmpty() ? "default" : namespace;
    }

    /** The names of all namespaces if they may be seen, else nothing. */
    private static String namespaces(ClusterApi api) {
        try {
            return api.get("/api/v1/namespaces")
                    .path("items")
                    .valueStream()
                    .map(item -> item.path("metadata").path("name").asString(""))
                    .collect(Collectors.joining(", "));
        } catch (ClusterException e) {
            return "";
        }
    }

    // The only call that takes a context together with a file; its successor is not in 8.0.0.
    @SuppressWarnings("removal")
    private static Config config(@Nullable Path kubeconfig, @Nullable String context) {
        try {
            Config config;
            if (kubeconfig == null) {
                config = Config.autoConfigure(context);
            } else {
                if (!Files.isRegularFile(kubeconfig)) {
                    throw bad("no kubeconfig", kubeconfig + " is not a file", "Give the path of a kubeconfig file.");
                }
                config = parsed(kubeconfig, context);
            }
            if (context != null
                    && config.getContexts() != null
                    && config.getContexts().stream().noneMatch(known -> context.equals(known.getName()))) {
                throw bad(
                        "unknown context " + context,
                        "the kubeconfig has "
                                + config.getContexts().stream()
                                        .map(known -> known.getName())
                                        .collect(Collectors.joining(", ")),
                        "Give one of these.");
            }
            demandContext(config, kubeconfig);
            return config;
        } catch (KubernetesClientException | IllegalArgumentException e) {
            throw unreadable(kubeconfig, e);
        }
    }

    // The library lets its YAML parser's own exceptions through.
    @SuppressWarnings("removal")
    private static Config parsed(Path kubeconfig, @Nullable String context) {
        try {
            return Config.fromKubeconfig(
                    context,
                    Files.readString(kubeconfig),
                    kubeconfig.toAbsolutePath().toString());
        } catch (IOException | RuntimeException e) {
            throw unreadable(kubeconfig, e);
        }
    }

    private static LandfallException unreadable(@Nullable Path kubeconfig, Exception e) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        "the kubeconfig " + (kubeconfig == null ? "" : kubeconfig + " ") + "can't be read",
                        String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                        "Check it with kubectl config view."),
                e);
    }

    /** Without one the client library would look for a cluster at a name that exists inside of clusters only. */
    private static void demandContext(Config config, @Nullable Path kubeconfig) {
        boolean isInPod = kubeconfig == null && System.getenv("KUBERNETES_SERVICE_HOST") != null;
        List<NamedContext> contexts = config.getContexts() == null ? List.of() : config.getContexts();
        if (contexts.isEmpty() && !isInPod) {
            throw bad(
                    "no cluster is known",
                    kubeconfig == null
                            ? "neither KUBECONFIG nor ~/.kube/config names one"
                            : kubeconfig + " has no contexts: it is no kubeconfig",
                    "Give a kubeconfig with --kubeconfig.");
        }
        if (!contexts.isEmpty() && config.getCurrentContext() == null) {
            throw bad(
                    "no context is chosen",
                    "the kubeconfig has "
                            + contexts.stream().map(NamedContext::getName).collect(Collectors.joining(", ")),
                    "Give one of these with --context.");
        }
    }

    private static LandfallException bad(String what, String why, String next) {
        return new LandfallException(ExitCode.BAD_INPUT, Problem.error(what, why, next));
    }

    private static LandfallException unreachable(String server, String namespace, String others, ClusterException e) {
        Problem problem = switch (e.code()) {
            case 401 ->
                Problem.error(
                        "the cluster at " + server + " refused our credentials",
                        e.reason(),
                        "Renew the kubeconfig's user.");
            case 404 ->
                Problem.error(
                        "no namespace " + namespace + " in the cluster at " + server,
                        e.reason(),
                        (others.isEmpty() ? "" : "It has " + others + ". ")
                                + "Name one with --namespace, or as source.kubernetes.namespace in move.yaml.");
            default ->
                Problem.error(
                        "the cluster at " + server + " can't be reached",
                        e.reason(),
                        "Check the address in the kubeconfig and the network.");
        };
        return new LandfallException(ExitCode.FAILED, problem, e);
    }

    /** A call of the API whose failure ends what the user asked for. */
    private <T> T told(String what, Call<T> call) {
        try {
            return call.run();
        } catch (ClusterException e) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            what + " failed at the cluster " + api.server(),
                            e.reason(),
                            "Run the same command again when the cause is gone."),
                    e);
        }
    }

    private interface Call<T> {
        T run() throws ClusterException;
    }

    public String namespace() {
        return namespace;
    }

    /**
     * The namespace's objects as if they had been read from manifests, but for what the cluster made of them.
     *
     * @param problems takes the kinds that may not be listed
     */
    public ReadResult read(Problems problems) {
        ReadResult read =
                told("listing namespace " + namespace, () -> new ClusterListing(api, namespace).read(problems));
        boolean isEmpty =
                read.objects().stream().allMatch(object -> object.name().equals("kubernetes"));
        if (isEmpty && !problems.hasErrors()) {
            String others = namespaces(api);
            throw bad(
                    "namespace " + namespace + " of the cluster at " + api.server() + " holds nothing to move",
                    others.isEmpty()
                            ? "what is there the cluster made by itself"
                            : "there are the namespaces " + others,
                    "Give the service's namespace with --namespace.");
        }
        return read;
    }

    /** @param workload as {@code Deployment/uro} */
    public Optional<String> readyPod(String workload) {
        return told("finding a pod of " + workload, () -> workloads.readyPod(workload));
    }

    /** The container of a pod that serves this port. */
    public String container(String pod, int port) {
        return told("finding the container of " + pod, () -> workloads.container(pod, port));
    }

    /** Pods that are not yet gone, those that are ending included. */
    public List<String> pods(String workload) {
        return told("listing pods of " + workload, () -> workloads.pods(workload));
    }

    public int replicas(String workload) {
        return told("reading replicas of " + workload, () -> workloads.replicas(workload));
    }

    /** @return the replicas before */
    public int scale(String workload, int replicas) {
        return told("scaling " + workload, () -> workloads.scale(workload, replicas));
    }

    /** Waits until all wanted replicas are ready. */
    public void awaitReady(String workload, Duration patience) {
        boolean ready = told("waiting for " + workload, () -> workloads.awaitReady(workload, patience));
        if (!ready) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            workload + " is not ready after " + patience.toSeconds() + " s",
                            told("reading " + workload, () -> workloads.whyNotReady(workload)),
                            "Look at its pods and events."));
        }
    }

    /** @return whether no pod of the workload is left, not even one that is ending */
    public boolean awaitGone(String workload, Duration patience) {
        return told("waiting for the end of " + workload, () -> workloads.awaitGone(workload, patience));
    }

    /** A connection to a port of a pod. It cannot be half closed: closing the output closes all of it. */
    public Duplex portForward(String pod, int port) throws IOException {
        return api.open(
                podPath(pod) + "/portforward?ports=" + port, FORWARD_PROTOCOLS, ClusterChannel.Kind.PORT_FORWARD);
    }

    /**
     * A command in a container: input is its standard output, output its standard input. Closing the output ends the
     * command's input (Kubernetes 1.30 and later; before, it ends the command).
     */
    public Duplex exec(String pod, String container, List<String> argv) throws IOException {
        return api.open(execPath(pod, container, argv, true), EXEC_PROTOCOLS, ClusterChannel.Kind.EXEC);
    }

    /** Runs a command without input to its end. */
    public int execStatus(String pod, String container, List<String> argv, Duration patience) throws IOException {
        try (ClusterChannel channel =
                        api.open(execPath(pod, container, argv, false), EXEC_PROTOCOLS, ClusterChannel.Kind.EXEC);
                InputStream output = channel.input()) {
            Thread drain = Thread.ofVirtual().start(() -> {
                try {
                    output.skip(Long.MAX_VALUE);
                } catch (IOException e) {
                    System.getLogger(Cluster.class.getName()).log(System.Logger.Level.DEBUG, "exec output ended", e);
                }
            });
            int code = channel.exitCode(patience);
            drain.interrupt();
            return code;
        }
    }

    private String podPath(String pod) {
        return "/api/v1/namespaces/" + namespace + "/pods/" + pod;
    }

    private String execPath(String pod, String container, List<String> argv, boolean stdin) {
        return podPath(pod) + "/exec?container=" + ClusterApi.encoded(container) + "&stdin=" + stdin
                + "&stdout=true&stderr=true&tty=false"
                + argv.stream()
                        .map(word -> "&command=" + ClusterApi.encoded(word))
                        .collect(Collectors.joining());
    }

    /** @param name with or without {@code CronJob/} */
    public void suspendCronJob(String name, boolean suspended) {
        ObjectNode patch = ClusterApi.object();
        patch.putObject("spec").put("suspend", suspended);
        told("suspending " + name, () -> api.mergePatch(cronJobPath(name), patch));
    }

    public boolean cronJobSuspended(String name) {
        return told("reading " + name, () -> api.get(cronJobPath(name)))
                .path("spec")
                .path("suspend")
                .asBoolean(false);
    }

    private String cronJobPath(String name) {
        return "/apis/batch/v1/namespaces/" + namespace + "/cronjobs/" + name.substring(name.indexOf('/') + 1);
    }

    public Secret secretValue(String secret, String key) {
        JsonNode value = told(
                        "reading Secret " + secret,
                        () -> api.get("/api/v1/namespaces/" + namespace + "/secrets/" + secret))
                .path("data")
                .path(key);
        if (!value.isString()) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "Secret " + secret + " has no key " + key,
                            "the cluster's namespace " + namespace + " was read",
                            "Check databases.source.password-secret in move.yaml."));
        }
        return Secret.of(
                new String(Base64.getDecoder().decode(value.stringValue()), java.nio.charset.StandardCharsets.UTF_8));
    }

    /**
     * A pod that does nothing but mount a claim, to read it when no pod of the workload runs. Made with image, security
     * context and node of the workload; an existing one of the same move is kept.
     *
     * @param moveId label {@code landfall.dev/move}
     */
    public void createFilesPod(
            String name, String claim, String likeWorkload, String container, String mountPath, String moveId) {
        told(
                "making pod " + name,
                () -> workloads.createFilesPod(name, claim, likeWorkload, container, mountPath, moveId));
    }

    public void deletePod(String name) {
        told("deleting pod " + name, () -> api.delete(podPath(name)));
    }

    public void awaitPodReady(String name, Duration patience) {
        boolean ready = told("waiting for pod " + name, () -> workloads.awaitPodReady(name, patience));
        if (!ready) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "pod " + name + " is not ready after " + patience.toSeconds() + " s",
                            told("reading pod " + name, () -> workloads.whyPodNotReady(name)),
                            "Look at its events."));
        }
    }

    /** See {@link ServiceBridge}. */
    public void bridge(String service, String address, Map<String, Integer> ports) {
        told("bridging Service " + service, () -> bridge.bridge(service, address, ports));
    }

    /** See {@link ServiceBridge}. */
    public void restore(String service) {
        told("giving Service " + service + " its route back", () -> bridge.restore(service));
    }

    public boolean isBridged(String service) {
        return told("reading Service " + service, () -> bridge.isBridged(service));
    }

    @Override
    public void close() {
        api.close();
    }
}
