package landfall.translate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import landfall.kube.KubeObject;
import landfall.kube.Node;
import landfall.kube.Schema;
import org.jspecify.annotations.Nullable;

/** Objects that the cluster made of others, as they come from {@code kubectl get -o yaml}: nobody deployed them. */
final class OwnedRule {
    /** An operator's Secrets, ConfigMaps and Services are named by apps: they count though they are owned. */
    private static final Set<String> NAMED_THOUGH_OWNED = Set.of("Secret", "ConfigMap", "Service");

    /** Of no use but to the cluster they are of, and full of secrets. */
    private static final Map<String, String> SECRET_TYPES = Map.of(
            "kubernetes.io/service-account-token", "the cluster for a ServiceAccount",
            "bootstrap.kubernetes.io/token", "the cluster for its nodes",
            "helm.sh/release.v1", "Helm as its record of a release");

    private OwnedRule() {}

    /**
     * Who made it, in words; empty for what somebody deployed.
     *
     * @param all the objects that it stands among
     */
    static Optional<String> maker(KubeObject object, List<KubeObject> all) {
        if (!NAMED_THOUGH_OWNED.contains(object.kind())) {
            for (Node owner : object.root().itemsAt("metadata", "ownerReferences")) {
                if (owner.bool("controller").orElse(false)) {
                    return Optional.of(owner.text("kind").orElse("") + "/"
                            + owner.text("name").orElse(""));
                }
            }
        }
        if (object.kind().equals("Secret") && object.group().isEmpty()) {
            return object.root().text("type").map(SECRET_TYPES::get);
        }
        if (object.kind().equals("Endpoints") && isRouted(object, all)) {
            return Optional.of("the cluster for Service/" + object.name());
        }
        if (object.kind().equals("EndpointSlice")
                && object.root()
                        .text("metadata", "labels", "endpointslice.kubernetes.io/managed-by")
                        .filter(manager -> manager.endsWith("controller.k8s.io"))
                        .isPresent()) {
            return Optional.of("the cluster for its Service");
        }
        return switch (object.kind() + "/" + object.name()) {
            case "ConfigMap/kube-root-ca.crt", "ConfigMap/openshift-service-ca.crt" -> Optional.of("the cluster");
            case "ServiceAccount/default" ->
                object.root().at("imagePullSecrets").isEmpty() ? Optional.of("the cluster") : Optional.empty();
            case "Service/kubernetes", "Endpoints/kubernetes", "EndpointSlice/kubernetes" ->
                object.namespace().equals("default") ? Optional.of("the cluster") : Optional.empty();
            default -> Optional.empty();
        };
    }

    /** A Service with a selector gets Endpoints from the cluster; without, somebody writes them. */
    private static boolean isRouted(KubeObject endpoints, List<KubeObject> all) {
        return endpoints
                        .root()
                        .text("metadata", "annotations", "endpoints.kubernetes.io/last-change-trigger-time")
                        .isPresent()
                || all.stream()
                        .anyMatch(object -> object.kind().equals("Service")
                                && object.name().equals(endpoints.name())
                                && !object.root().entriesAt("spec", "selector").isEmpty());
    }

    /** Settles all of it; a field that its kind doesn't have stays unknown, as everywhere. */
    static void settle(Field object, String maker) {
        object.irrelevant("Object.owned", "made by " + maker + ", which is planned itself");
        Schema.of(object.object()).ifPresent(schema -> forgetUnknown(object, schema.root()));
    }

    private static void forgetUnknown(Field field, Schema.@Nullable Type type) {
        Node node = field.node();
        if (type == null && node != null) {
            field.book().forget(field.object(), field.path(), node);
        } else if (type != null && node instanceof Node.MapNode) {
            field.entries().forEach((key, child) -> forgetUnknown(child, type.below(key)));
        } else if (type != null && node instanceof Node.ListNode) {
            field.items().forEach(item -> forgetUnknown(item, type.item()));
        }
    }
}
