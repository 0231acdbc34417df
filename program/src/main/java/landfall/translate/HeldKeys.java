package landfall.translate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of a ConfigMap or Secret: with their values where the object is among the manifests, only by name where
 * something else makes it (a sealed or external secret, a certificate).
 *
 * @param values key to the leaf that holds its value
 * @param promised key to the leaf that names it, where the value is kept elsewhere
 * @param origin the object the keys are read from: {@code SealedSecret/mail}
 * @param isComplete false if there may be more keys than those named
 */
record HeldKeys(Map<String, Field> values, Map<String, Field> promised, String origin, boolean isComplete) {
    private static final String EXTERNAL = "external-secrets.io";

    static Optional<HeldKeys> configMap(Draft draft, String name) {
        // The kubelet takes variables from data only, never from binaryData.
        return draft.index
                .configMap(name)
                .map(object -> new HeldKeys(
                        object.at("data").entries(), Map.of(), object.object().shortName(), true));
    }

    static Optional<HeldKeys> secret(Draft draft, String name) {
        Optional<Field> object = draft.index.secret(name);
        if (object.isPresent()) {
            return object.map(found -> new HeldKeys(
                    EnvironmentRule.keys(found, true), Map.of(), found.object().shortName(), true));
        }
        return sealed(draft, name)
                .or(() -> external(draft, name, "ExternalSecret"))
                .or(() -> external(draft, name, "ClusterExternalSecret"))
                .or(() -> provided(draft, name))
                .or(() -> certificate(draft, name));
    }

    private static Optional<HeldKeys> sealed(Draft draft, String name) {
        for (Field object : draft.index.all("bitnami.com", "SealedSecret")) {
            String made = object.at("spec", "template", "metadata", "name")
                    .text(object.object().name());
            if (made.equals(name)) {
                Map<String, Field> keys = new LinkedHashMap<>(
                        object.at("spec", "template", "data").entries());
                keys.putAll(object.at("spec", "encryptedData").entries());
                return found(keys, object, !object.at("spec", "data").exists());
            }
        }
        return Optional.empty();
    }

    private static Optional<HeldKeys> external(Draft draft, String name, String kind) {
        for (Field object : draft.index.all(EXTERNAL, kind)) {
            boolean ofCluster = kind.startsWith("Cluster");
            Field spec = ofCluster ? object.at("spec", "externalSecretSpec") : object.at("spec");
            String own = ofCluster
                    ? object.at("spec", "externalSecretName")
                            .text(object.object().name())
                    : object.object().name();
            if (spec.at("target", "name").text(own).equals(name)) {
                return externalKeys(object, spec);
            }
        }
        return Optional.empty();
    }

    private static Optional<HeldKeys> externalKeys(Field object, Field spec) {
        Field template = spec.at("target", "template");
        Map<String, Field> keys = new LinkedHashMap<>();
        boolean isReplaced = !template.at("data").entries().isEmpty()
                && !template.at("mergePolicy").is("Merge");
        if (!isReplaced) {
            for (Field entry : spec.at("data").items()) {
                keys.put(entry.at("secretKey").text(""), entry.at("secretKey"));
            }
        }
        keys.putAll(template.at("data").entries());
        boolean isComplete = template.at("templateFrom").items().isEmpty()
                && (isReplaced || spec.at("dataFrom").items().isEmpty());
        return found(keys, object, isComplete);
    }

    private static Optional<HeldKeys> provided(Draft draft, String name) {
        for (Field object : draft.index.all("secrets-store.csi.x-k8s.io", "SecretProviderClass")) {
            for (Field made : object.at("spec", "secretObjects").items()) {
                if (made.at("secretName").is(name)) {
                    Map<String, Field> keys = new LinkedHashMap<>();
                    made.at("data")
                            .items()
                            .forEach(entry -> keys.put(entry.at("key").text(""), entry.at("key")));
                    return found(keys, object, true);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<HeldKeys> certificate(Draft draft, String name) {
        for (Field object : draft.index.all("cert-manager.io", "Certificate")) {
            Field made = object.at("spec", "secretName");
            if (made.is(name)) {
                return found(Map.of("ca.crt", made, "tls.crt", made, "tls.key", made), object, true);
            }
        }
        return Optional.empty();
    }

    private static Optional<HeldKeys> found(Map<String, Field> keys, Field object, boolean isComplete) {
        return Optional.of(new HeldKeys(Map.of(), keys, object.object().shortName(), isComplete));
    }
}
