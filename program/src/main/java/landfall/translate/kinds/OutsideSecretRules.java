package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** Objects that make Secrets from what is kept elsewhere: their values are unknown here and become inputs to fill. */
final class OutsideSecretRules {
    private static final String STORE = "where the cluster fetches values; on Dokku they stand in the app's settings";
    private static final String WRITTEN = "how the Secret is written; its values go to where they are used";

    private OutsideSecretRules() {}

    /** A key becomes an input of the recipe for each variable that reads it, to be filled in secrets.yml. */
    private static FieldTable input(FieldTable table, String path) {
        return table.unused(path, "no workload of this move reads it", Disposition.ADAPTED, Disposition.DECISION);
    }

    static KindRules sealedSecret() {
        FieldTable table = new FieldTable()
                .irrelevant("metadata.name", "values stand where they are used, under the names used there")
                .irrelevant("spec.data", "sealed as a whole, in the form of old: the Secret itself must be given")
                .irrelevant("spec.template.metadata", WRITTEN)
                .irrelevant("spec.template.type", WRITTEN)
                .irrelevant("spec.template.immutable", "a change is a deploy");
        input(table, "spec.encryptedData");
        input(table, "spec.template.data");
        return KindRules.of(
                "bitnami.com",
                "SealedSecret",
                "inputs to be filled in secrets.yml: only the cluster can open what is sealed",
                table);
    }

    static KindRules externalSecret() {
        return KindRules.of(
                "external-secrets.io",
                "ExternalSecret",
                "inputs to be filled in secrets.yml: the values are in the store",
                external("spec."));
    }

    static KindRules clusterExternalSecret() {
        return KindRules.of(
                "external-secrets.io",
                "ClusterExternalSecret",
                "inputs to be filled in secrets.yml: the values are in the store",
                external("spec.externalSecretSpec.")
                        .irrelevant("spec.externalSecretName", WRITTEN)
                        .irrelevant("spec.externalSecretMetadata", WRITTEN)
                        .irrelevant("spec.namespaceSelector", "which namespaces get the Secret")
                        .irrelevant("spec.namespaceSelectors", "which namespaces get the Secret")
                        .irrelevant("spec.namespaces", "which namespaces get the Secret")
                        .irrelevant("spec.refreshTime", "how often values are fetched"));
    }

    private static FieldTable external(String spec) {
        FieldTable table = new FieldTable()
                .irrelevant("metadata.name", "values stand where they are used, under the names used there")
                .lost(
                        spec + "refreshInterval",
                        "the renewal of values from the secret store",
                        "after a change in the store, set the variable with `dokku config:set`")
                .except("0", "values are fetched once")
                .except("0s", "values are fetched once")
                .irrelevant(spec + "refreshPolicy", "when values are fetched")
                .irrelevant(spec + "syncWindows", "when values are fetched")
                .irrelevant(spec + "secretStoreRef", STORE)
                .irrelevant(spec + "data[].sourceRef", STORE)
                .irrelevant(spec + "dataFrom[].sourceRef", STORE)
                .irrelevant(spec + "target.name", WRITTEN)
                .irrelevant(spec + "target.manifest", WRITTEN)
                .irrelevant(spec + "target.creationPolicy", WRITTEN)
                .irrelevant(spec + "target.deletionPolicy", WRITTEN)
                .irrelevant(spec + "target.immutable", "a change is a deploy")
                .irrelevant(spec + "target.template.engineVersion", WRITTEN)
                .irrelevant(spec + "target.template.mergePolicy", WRITTEN)
                .irrelevant(spec + "target.template.metadata", WRITTEN)
                .irrelevant(spec + "target.template.type", WRITTEN);
        input(table, spec + "data");
        input(table, spec + "dataFrom");
        input(table, spec + "target.template.data");
        input(table, spec + "target.template.templateFrom");
        return table.irrelevant(spec + "data[].sourceRef", STORE);
    }

    static KindRules store(String kind) {
        return KindRules.of(
                "external-secrets.io",
                kind,
                "nothing: values are filled in once, in secrets.yml",
                new FieldTable()
                        .irrelevant("metadata.name", STORE)
                        .irrelevant("spec", STORE)
                        .irrelevant("spec.provider", "how the cluster logs in to the store; on Dokku nothing fetches"));
    }

    static KindRules pushSecret() {
        return KindRules.of(
                "external-secrets.io",
                "PushSecret",
                "lost: nothing on Dokku writes settings back to a store",
                new FieldTable()
                        .irrelevant("metadata.name", STORE)
                        .lost(
                                "spec",
                                "the writing of Secrets to a store outside",
                                "write the values there yourself when they change"));
    }

    static KindRules secretProviderClass() {
        FieldTable table = new FieldTable()
                .irrelevant("metadata.name", STORE)
                .irrelevant("spec.provider", STORE)
                .irrelevant("spec.parameters", "where the provider finds the values")
                .irrelevant("spec.secretObjects[].annotations", WRITTEN)
                .irrelevant("spec.secretObjects[].labels", WRITTEN)
                .irrelevant("spec.secretObjects[].secretName", WRITTEN)
                .irrelevant("spec.secretObjects[].type", WRITTEN);
        input(table, "spec.secretObjects[].data");
        return KindRules.of(
                "secrets-store.csi.x-k8s.io",
                "SecretProviderClass",
                "inputs to be filled in secrets.yml: the values are in the store",
                table);
    }
}
