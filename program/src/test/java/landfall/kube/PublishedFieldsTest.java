package landfall.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.AnyType;
import io.fabric8.kubernetes.api.model.FieldsV1;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Quantity;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The committed list of Kubernetes' own fields is the one that the client library's model classes have. */
final class PublishedFieldsTest {
    private static final Path LIST = Path.of("src/main/resources/landfall/kube/schemas/kubernetes.txt");
    private static final String MODEL = "io.fabric8.kubernetes.api.model.";

    /** Kinds that Landfall has rules for; the version that stands first answers for versions that are not listed. */
    private static final List<String> KINDS = List.of(
            "apps/v1 Deployment apps.Deployment",
            "apps/v1 StatefulSet apps.StatefulSet",
            "apps/v1 DaemonSet apps.DaemonSet",
            "apps/v1 ReplicaSet apps.ReplicaSet",
            "extensions/v1beta1 Deployment extensions.Deployment",
            "extensions/v1beta1 DaemonSet extensions.DaemonSet",
            "extensions/v1beta1 ReplicaSet extensions.ReplicaSet",
            "extensions/v1beta1 Ingress extensions.Ingress",
            "extensions/v1beta1 NetworkPolicy extensions.NetworkPolicy",
            "extensions/v1beta1 PodSecurityPolicy extensions.PodSecurityPolicy",
            "v1 ReplicationController ReplicationController",
            "v1 Pod Pod",
            "batch/v1 Job batch.v1.Job",
            "batch/v1 CronJob batch.v1.CronJob",
            "batch/v1beta1 CronJob batch.v1beta1.CronJob",
            "v1 Service Service",
            "v1 Endpoints Endpoints",
            "discovery.k8s.io/v1 EndpointSlice discovery.v1.EndpointSlice",
            "discovery.k8s.io/v1beta1 EndpointSlice discovery.v1beta1.EndpointSlice",
            "networking.k8s.io/v1 Ingress networking.v1.Ingress",
            "networking.k8s.io/v1beta1 Ingress networking.v1beta1.Ingress",
            "networking.k8s.io/v1 IngressClass networking.v1.IngressClass",
            "networking.k8s.io/v1beta1 IngressClass networking.v1beta1.IngressClass",
            "networking.k8s.io/v1 NetworkPolicy networking.v1.NetworkPolicy",
            "gateway.networking.k8s.io/v1 Gateway gatewayapi.v1.Gateway",
            "gateway.networking.k8s.io/v1 GatewayClass gatewayapi.v1.GatewayClass",
            "gateway.networking.k8s.io/v1 HTTPRoute gatewayapi.v1.HTTPRoute",
            "gateway.networking.k8s.io/v1 GRPCRoute gatewayapi.v1.GRPCRoute",
            "gateway.networking.k8s.io/v1beta1 ReferenceGrant gatewayapi.v1beta1.ReferenceGrant",
            "v1 ConfigMap ConfigMap",
            "v1 Secret Secret",
            "v1 PersistentVolumeClaim PersistentVolumeClaim",
            "v1 PersistentVolume PersistentVolume",
            "storage.k8s.io/v1 StorageClass storage.StorageClass",
            "storage.k8s.io/v1beta1 StorageClass storage.v1beta1.StorageClass",
            "autoscaling/v2 HorizontalPodAutoscaler autoscaling.v2.HorizontalPodAutoscaler",
            "autoscaling/v1 HorizontalPodAutoscaler autoscaling.v1.HorizontalPodAutoscaler",
            "autoscaling/v2beta1 HorizontalPodAutoscaler autoscaling.v2beta1.HorizontalPodAutoscaler",
            "autoscaling/v2beta2 HorizontalPodAutoscaler autoscaling.v2beta2.HorizontalPodAutoscaler",
            "policy/v1 PodDisruptionBudget policy.v1.PodDisruptionBudget",
            "policy/v1beta1 PodDisruptionBudget policy.v1beta1.PodDisruptionBudget",
            "policy/v1beta1 PodSecurityPolicy policy.v1beta1.PodSecurityPolicy",
            "v1 LimitRange LimitRange",
            "v1 ResourceQuota ResourceQuota",
            "scheduling.k8s.io/v1 PriorityClass scheduling.v1.PriorityClass",
            "rbac.authorization.k8s.io/v1 Role rbac.Role",
            "rbac.authorization.k8s.io/v1 ClusterRole rbac.ClusterRole",
            "rbac.authorization.k8s.io/v1 RoleBinding rbac.RoleBinding",
            "rbac.authorization.k8s.io/v1 ClusterRoleBinding rbac.ClusterRoleBinding",
            "v1 ServiceAccount ServiceAccount",
            "v1 Namespace Namespace");

    /** Fields that manifests still carry though the API has dropped them. */
    private static final Map<String, List<String>> DROPPED =
            Map.of("ObjectMeta", List.of("clusterName"), "ServiceSpec", List.of("topologyKeys:[]value"));

    private final Map<Class<?>, String> names = new LinkedHashMap<>();
    private final Deque<Class<?>> open = new ArrayDeque<>();

    @Test
    void theListIsThatOfTheModelClasses() throws Exception {
        String list = list();
        if (System.getenv("LANDFALL_REWRITE_SCHEMAS") != null) {
            Files.writeString(LIST, list);
        }
        assertThat(Files.readString(LIST))
                .as("LANDFALL_REWRITE_SCHEMAS=1 writes it anew")
                .isEqualTo(list);
    }

    @Test
    void aFieldIsKnownWhereTheSchemaHasItOnly() {
        Schema deployment = Schema.of("apps/v1", "Deployment").orElseThrow();
        assertThat(deployment.knows(FieldPath.parse("spec.template.spec.containers[3].image")))
                .isTrue();
        assertThat(deployment.knows(FieldPath.parse("spec.template.spec.containers[3].imge")))
                .isFalse();
        assertThat(deployment.knows(FieldPath.parse("metadata.labels[\"a.b/c\"]")))
                .isTrue();
        assertThat(deployment.knows(FieldPath.parse("spec.replicas.more"))).isFalse();
        assertThat(deployment.knows(FieldPath.parse("spec.template.spec.containers.image")))
                .isFalse();
    }

    @Test
    void anotherVersionOfAKindAnswersForOneThatIsNotListed() {
        assertThat(Schema.of("apps/v1beta2", "Deployment")).isPresent();
        assertThat(Schema.of("extensions/v1beta1", "StatefulSet")).isPresent();
        assertThat(Schema.of("example.org/v1", "Deployment")).isEmpty();
    }

    @Test
    void otherProjectsKindsAreListedToo() {
        Schema cluster = Schema.of("postgresql.cnpg.io/v1", "Cluster").orElseThrow();
        assertThat(cluster.knows(FieldPath.parse("spec.storage.size"))).isTrue();
        assertThat(cluster.knows(FieldPath.parse("spec.affinity.unheardOf"))).isFalse();
        assertThat(Schema.of("traefik.containo.us/v1alpha1", "Middleware")).isPresent();
        assertThat(Schema.kinds()).hasSizeGreaterThan(100).doesNotHaveDuplicates();
    }

    private String list() throws ReflectiveOperationException {
        StringBuilder text = new StringBuilder("""
                # The fields of Kubernetes' own kinds and the Gateway API, as the model classes of
                # io.fabric8:kubernetes-client have them. Written by PublishedFieldsTest; see landfall.kube.Schemas.
                """);
        for (String kind : KINDS) {
            String[] words = kind.split(" ", -1);
            text.append("kind ").append(words[0]).append(' ').append(words[1]).append('\n');
            fields(Class.forName(MODEL + words[2]), text);
        }
        Map<String, String> types = new TreeMap<>();
        Set<Class<?>> done = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            Class<?> next = open.removeFirst();
            if (done.add(next)) {
                StringBuilder type = new StringBuilder();
                fields(next, type);
                types.put(name(next), type.toString());
            }
        }
        types.forEach(
                (name, fields) -> text.append("type ").append(name).append('\n').append(fields));
        return text.toString();
    }

    private void fields(Class<?> type, StringBuilder text) {
        Map<String, String> fields = new TreeMap<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                JsonProperty property = field.getAnnotation(JsonProperty.class);
                if (property != null) {
                    String expression = expression(field.getGenericType());
                    fields.put(property.value(), expression.equals("value") ? "" : ":" + expression);
                }
            }
        }
        for (String dropped : DROPPED.getOrDefault(type.getSimpleName(), List.of())) {
            String[] words = dropped.split(":", 2);
            fields.put(words[0], words.length > 1 ? ":" + words[1] : "");
        }
        fields.forEach((name, expression) ->
                text.append(' ').append(name).append(expression).append('\n'));
    }

    private String expression(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            if (parameterized.getRawType() == List.class) {
                return "[]" + expression(arguments[0]);
            }
            if (parameterized.getRawType() == Map.class) {
                return "{}" + expression(arguments[1]);
            }
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isPrimitive()
                || plain.isEnum()
                || (plain.getName().startsWith("java.lang.") && plain != Object.class)
                || plain == Quantity.class
                || plain == IntOrString.class
                || plain == MicroTime.class) {
            return "value";
        }
        if (plain == Object.class || plain == AnyType.class || plain == KubernetesResource.class) {
            return "any";
        }
        if (!plain.getName().startsWith(MODEL) || plain == FieldsV1.class) {
            return "any";
        }
        open.add(plain);
        return name(plain);
    }

    /** The simple name, with the package's last part before it where another type has taken that. */
    private String name(Class<?> type) {
        String known = names.get(type);
        if (known != null) {
            return known;
        }
        String simple = type.getSimpleName();
        String pack = type.getPackageName();
        String name = names.containsValue(simple)
                ? (pack + ".").substring(MODEL.length()).replace('.', '-') + simple
                : simple;
        names.put(type, name);
        return name;
    }
}
