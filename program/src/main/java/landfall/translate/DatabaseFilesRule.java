package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import landfall.target.Place;

/** Files that ConfigMaps and Secrets put into a database's container: first-start scripts, settings, certificates. */
final class DatabaseFilesRule {
    private static final String RULE = "Database.files";

    private DatabaseFilesRule() {}

    static void mounted(Draft draft, ServiceDraft service, Field mount, Field volume) {
        String create = Place.task(service.name, "service");
        List<Field> references = new ArrayList<>(List.of(volume));
        references.addAll(volume.at("projected", "sources").items());
        boolean isInitial = mount.at("mountPath").text("").contains("initdb")
                || mount.at("mountPath").text("").contains("/init-scripts");
        for (Field reference : references) {
            Field secret = reference.at("secret");
            if (secret.exists()) {
                String name = secret.at("secretName").text(secret.at("name").text(""));
                draft.index
                        .secret(name)
                        .ifPresent(object -> EnvironmentRule.keys(object, true)
                                .values()
                                .forEach(leaf -> leaf.satisfied(
                                        RULE + ".secret", "the plugin makes its own passwords and certificates")));
            }
            Field map = reference.at("configMap");
            if (map.exists()) {
                files(draft, service, map, mount, isInitial);
            }
        }
        if (volume.at("secret").exists() || volume.at("downwardAPI").exists()) {
            mount.satisfied(RULE + ".secret", "the plugin makes its own passwords and certificates");
        } else {
            mount.adapted(
                    RULE,
                    create,
                    isInitial ? "what it makes comes with the data" : "its settings become the service's");
        }
    }

    private static void files(Draft draft, ServiceDraft service, Field reference, Field mount, boolean isInitial) {
        String name = reference.at("name").text("");
        Optional<Field> object = draft.index.configMap(name);
        if (object.isEmpty()) {
            if (!reference.at("optional").is("true")) {
                String id = "missing-" + name + "-" + service.name;
                draft.ask(
                        id,
                        "ConfigMap/" + name + " is not among the manifests, and "
                                + service.workload.object().shortName() + " mounts it at "
                                + mount.at("mountPath").text("") + ".",
                        Draft.options("later", "I add it and plan again, or set the service up myself"),
                        reference.at("name"));
                reference.at("name").decision(RULE, id, "not among the manifests");
            }
            return;
        }
        Map<String, Field> files = new TreeMap<>(EnvironmentRule.keys(object.get(), false));
        Optional<String> subPath = mount.at("subPath").text();
        List<String> wanted = reference.at("items").items().stream()
                .map(item -> item.at("key").text(""))
                .toList();
        files.forEach((key, leaf) -> {
            boolean isMounted = (wanted.isEmpty() || wanted.contains(key))
                    && (subPath.isEmpty() || subPath.get().endsWith(key) || !wanted.isEmpty());
            if (isMounted) {
                file(draft, service, key, leaf, isInitial);
            }
        });
    }

    private static void file(Draft draft, ServiceDraft service, String key, Field leaf, boolean isInitial) {
        String text = EnvironmentRule.text(leaf, false).orElse("");
        if (isInitial && service.store == Datastore.POSTGRESQL) {
            leaf.satisfied(RULE + ".initial", "ran once, at the first start: what it made comes over with the schema");
        } else if (isInitial) {
            String id = service.workload.object().name() + "-data";
            leaf.decision(
                    RULE + ".initial",
                    id,
                    "ran once, at the first start: what it made comes with the dump; for an empty service run it by"
                            + " hand (`dokku " + service.type + ":connect " + service.name + " < " + key + "`)");
        } else {
            settings(draft, service, key, text, leaf);
        }
    }

    private static void settings(Draft draft, ServiceDraft service, String key, String text, Field leaf) {
        List<String> unsaid = new ServerSettings(draft, service, Map.of()).file(key, text);
        if (unsaid.isEmpty()) {
            leaf.carried(RULE, Place.task(service.name, "service"), "its settings are options of the service");
            return;
        }
        boolean isWhole = unsaid.equals(List.of(key));
        draft.refuse(
                "config-" + service.workload.object().name(),
                "The file " + key + " of " + leaf.object().shortName() + " sets "
                        + service.workload.object().shortName()
                        + " up, and Landfall can't make options of the plugin of "
                        + (isWhole ? "it." : String.join(", ", unsaid) + " in it; the rest is carried."),
                RULE,
                "put what is needed of it into /var/lib/dokku/services/" + service.type + "/" + service.name
                        + " on the host, and restart the service",
                leaf);
    }
}
