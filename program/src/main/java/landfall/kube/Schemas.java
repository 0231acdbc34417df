package landfall.kube;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lists of published fields. A list is lines: {@code kind apps/v1 Deployment} or {@code type PodSpec}, then
 * its fields, one blank in: a name, and where it is no scalar {@code :TYPE}, {@code :[]TYPE}, {@code :{}TYPE} or
 * {@code :any}. {@code #} begins a comment. The types of {@code kubernetes.txt} are known to all lists; those of another
 * list are its own.
 */
final class Schemas {
    /** The list whose types all others may name. */
    private static final String COMMON = "kubernetes.txt";

    /** The lists of other projects by API group; Kubernetes' own groups are in the common one. */
    private static final Map<String, String> LISTS = Map.ofEntries(
            Map.entry("cert-manager.io", "cert-manager.txt"),
            Map.entry("postgresql.cnpg.io", "cloudnative-pg.txt"),
            Map.entry("barmancloud.cnpg.io", "cloudnative-pg.txt"),
            Map.entry("crdb.cockroachlabs.com", "cockroachdb.txt"),
            Map.entry("postgres-operator.crunchydata.com", "crunchy.txt"),
            Map.entry("external-secrets.io", "external-secrets.txt"),
            Map.entry("grafana.integreatly.org", "grafana.txt"),
            Map.entry("integreatly.org", "grafana.txt"),
            Map.entry("networking.istio.io", "istio.txt"),
            Map.entry("security.istio.io", "istio.txt"),
            Map.entry("keda.sh", "keda.txt"),
            Map.entry("serving.knative.dev", "knative.txt"),
            Map.entry("minio.min.io", "minio.txt"),
            Map.entry("pgv2.percona.com", "percona.txt"),
            Map.entry("monitoring.coreos.com", "prometheus-operator.txt"),
            Map.entry("bitnami.com", "sealed-secrets.txt"),
            Map.entry("secrets-store.csi.x-k8s.io", "secrets-store.txt"),
            Map.entry("traefik.io", "traefik.txt"),
            Map.entry("traefik.containo.us", "traefik.txt"),
            Map.entry("autoscaling.k8s.io", "vertical-pod-autoscaler.txt"),
            Map.entry("snapshot.storage.k8s.io", "volume-snapshots.txt"),
            Map.entry("acid.zalan.do", "zalando.txt"));

    private static final Schema.Type VALUE = new Schema.Type.Value();
    private static final Schema.Type ANY = new Schema.Type.Any();

    /** What was an API group of its own once: {@code extensions/v1beta1 Deployment}. */
    private static final Map<String, List<String>> HEIRS = Map.of(
            "extensions", List.of("apps", "networking.k8s.io", "policy"),
            "traefik.containo.us", List.of("traefik.io"),
            "certmanager.k8s.io", List.of("cert-manager.io"),
            "integreatly.org", List.of("grafana.integreatly.org"));

    private final Map<String, Schema.Type.Struct> common = new HashMap<>();
    private final Set<String> read = new HashSet<>();

    private final Map<String, Schema.Type.Struct> kinds = new LinkedHashMap<>();
    private final Map<String, String> firstOfGroup = new HashMap<>();

    /** Read once, on first use. */
    private static final class Holder {
        static final Schemas PUBLISHED = load();
    }

    static Schemas published() {
        return Holder.PUBLISHED;
    }

    private static Schemas load() {
        Schemas schemas = new Schemas();
        schemas.read(COMMON, schemas.common);
        return schemas;
    }

    /** Other projects' lists are read when an object asks for them: a plan needs few. */
    private synchronized void readFor(String group) {
        String list = LISTS.get(group);
        if (list != null && read.add(list)) {
            read(list, new HashMap<>(common));
        }
    }

    private void read(String list, Map<String, Schema.Type.Struct> types) {
        try (InputStream stream = Objects.requireNonNull(Schemas.class.getResourceAsStream("schemas/" + list), list)) {
            List<String> lines = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
            // First the names, since a type may name one that comes later.
            for (String line : lines) {
                if (line.startsWith("type ")) {
                    String name = line.substring(5);
                    types.put(name, new Schema.Type.Struct(list + "/" + name, new LinkedHashMap<>()));
                }
            }
            Schema.Type.@Nullable Struct open = null;
            for (String line : lines) {
                if (line.startsWith("type ")) {
                    open = types.get(line.substring(5));
                } else if (line.startsWith("kind ")) {
                    open = addKind(line.substring(5));
                } else {
                    field(Objects.requireNonNull(open, line), line.substring(1), types);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("reading a part of the program failed: " + e.getMessage(), e);
        }
    }

    private Schema.Type.Struct addKind(String name) {
        Schema.Type.Struct struct = new Schema.Type.Struct(name, new LinkedHashMap<>());
        kinds.put(name, struct);
        int slash = name.indexOf('/');
        int blank = name.indexOf(' ');
        String group = slash < 0 ? "" : name.substring(0, slash);
        firstOfGroup.putIfAbsent(group + name.substring(blank), name);
        return struct;
    }

    private static void field(Schema.Type.Struct struct, String line, Map<String, Schema.Type.Struct> types) {
        int colon = line.indexOf(':');
        if (colon < 0) {
            struct.fields().put(line, VALUE);
        } else {
            struct.fields().put(line.substring(0, colon), type(line.substring(colon + 1), types));
        }
    }

    private static Schema.Type type(String text, Map<String, Schema.Type.Struct> types) {
        if (text.startsWith("[]")) {
            return new Schema.Type.ListType(type(text.substring(2), types));
        }
        if (text.startsWith("{}")) {
            return new Schema.Type.MapType(type(text.substring(2), types));
        }
        return switch (text) {
            case "value" -> VALUE;
            case "any" -> ANY;
            default -> {
                Schema.Type.Struct struct = types.get(text);
                if (struct == null) {
                    throw new IllegalStateException("this is a bug: no type " + text + " in the list of fields");
                }
                yield struct;
            }
        };
    }

    Optional<Schema> find(String apiVersion, String kind) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        List<String> groups = new ArrayList<>(List.of(group));
        groups.addAll(HEIRS.getOrDefault(group, List.of()));
        groups.forEach(this::readFor);
        Schema.Type.Struct exact = kinds.get(apiVersion + " " + kind);
        if (exact != null) {
            return Optional.of(new Schema(exact));
        }
        return groups.stream()
                .flatMap(each -> Optional.ofNullable(firstOfGroup.get(each + " " + kind)).stream())
                .findFirst()
                .map(name -> new Schema(Objects.requireNonNull(kinds.get(name))));
    }

    List<String> kinds() {
        LISTS.keySet().stream().sorted().forEach(this::readFor);
        return List.copyOf(kinds.keySet());
    }
}
