package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** ConfigMap and Secret: their values stand where they are used. */
final class ConfigurationRules {
    private ConfigurationRules() {}

    static KindRules configMap() {
        return KindRules.of(
                "",
                "ConfigMap",
                "config:set and files of apps/NAME/, wherever a workload reads it",
                new FieldTable()
                        .irrelevant("metadata.name", "the values stand where they are used, under the names used there")
                        .irrelevant("immutable", "a change is a deploy")
                        .varies(
                                "data{}",
                                "config:set, or a file of the image",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION)
                        .varies(
                                "binaryData{}",
                                "a file of the image",
                                Disposition.CARRIED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION));
    }

    static KindRules secret() {
        return KindRules.of(
                "",
                "Secret",
                "inputs of the recipe, whose values stand in secrets.yml (0600)",
                new FieldTable()
                        .irrelevant("metadata.name", "the values stand where they are used, under the names used there")
                        .irrelevant("immutable", "a change is a deploy")
                        .irrelevant("type", "tells the cluster which keys to expect")
                        .varies(
                                "data{}",
                                "config:set through an input; certs:add; a file of the host",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION)
                        .varies(
                                "stringData{}",
                                "config:set through an input; certs:add; a file of the host",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION));
    }
}
