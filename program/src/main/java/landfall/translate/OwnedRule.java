package landfall.translate;

import java.util.Optional;
import java.util.Set;
import landfall.kube.KubeObject;
import landfall.kube.Node;

/** Objects that the cluster made of others, as they come from {@code kubectl get -o yaml}: nobody deployed them. */
final class OwnedRule {
    /** An operator's Secrets, ConfigMaps and Services are named by apps: they count though they are owned. */
    private static final Set<String> NAMED_THOUGH_OWNED = Set.of("Secret", "ConfigMap", "Service");

    private OwnedRule() {}

    /** Who made it, in words; empty for what somebody deployed. */
    static Optional<String> maker(KubeObject object) {
        if (!NAMED_THOUGH_OWNED.contains(object.kind())) {
            for (Node owner : object.root().itemsAt("metadata", "ownerReferences")) {
                if (owner.bool("controller").orElse(false)) {
                    return Optional.of(owner.text("kind").orElse("") + "/"
                            + owner.text("name").orElse(""));
                }
            }
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

    static void settle(Field object, String maker) {
        object.irrelevant("Object.owned", "made by " + maker + ", which is planned itself");
    }
}
