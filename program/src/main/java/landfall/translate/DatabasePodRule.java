package landfall.translate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import landfall.target.Place;

/** The rest of a database's pod: volumes, other containers, hardening. */
final class DatabasePodRule {
    private static final String RULE = "Database.";
    private static final Pattern PREPARES = Pattern.compile(
            "(?s).*(chown|chmod|mkdir|lost\\+found|install -d|volume-permissions|server-id|my_?sql/\\$\\(?hostname).*");
    private static final Pattern EXPORTS =
            Pattern.compile(".*(exporter|metrics|telegraf|agent|fluent|promtail|filebeat|vector).*");
    private static final Pattern REPLICATES = Pattern.compile(
            ".*(xtrabackup|sentinel|patroni|repmgr|replication|sidecar-replica|orchestrator|mongo-k8s).*");

    private DatabasePodRule() {}

    static void apply(Draft draft, ServiceDraft service) {
        security(draft, service);
        for (Field container : service.pod().at("containers").items()) {
            if (!container.path().equals(service.container.path())) {
                sidecar(draft, service, container);
            }
        }
        service.pod().at("initContainers").items().forEach(init -> init(draft, service, init));
        volumes(draft, service);
    }

    private static void security(Draft draft, ServiceDraft service) {
        Set<String> lost = new TreeSet<>();
        for (Field context : List.of(service.pod().at("securityContext"), service.container.at("securityContext"))) {
            if (context.exists() && context.entries().isEmpty()) {
                context.irrelevant(RULE + "securityContext", "empty");
            }
            context.entries().forEach((key, field) -> {
                boolean isHardening = switch (key) {
                    case "readOnlyRootFilesystem", "runAsNonRoot" -> field.is("true");
                    case "allowPrivilegeEscalation" -> field.is("false");
                    case "capabilities" -> field.at("drop").exists();
                    case "seccompProfile" ->
                        !field.at("type").is("Unconfined") && !field.at("type").is("RuntimeDefault");
                    case "appArmorProfile", "seLinuxOptions" -> true;
                    default -> false;
                };
                if (isHardening) {
                    field.lost(RULE + "securityContext", "the plugins have no option for it");
                    lost.add(key);
                } else if ((key.equals("privileged") && field.is("true")) || key.equals("sysctls")) {
                    draft.refuse(
                            "privileges-" + service.name,
                            service.workload.object().shortName() + " asks for rights on its node (" + key + ").",
                            RULE + "securityContext",
                            "the plugins have no option for it; kernel settings are made on the host",
                            field);
                } else {
                    field.satisfied(
                            RULE + "securityContext", "the image's own user; the plugin gives it its data folder");
                }
            });
        }
        if (!lost.isEmpty()) {
            draft.lost(
                    service.name,
                    "the hardening of the database's container (" + String.join(", ", lost) + ")",
                    "the plugin runs the image as its makers meant it, with Docker's own bounds");
        }
    }

    private static void sidecar(Draft draft, ServiceDraft service, Field container) {
        String name = container.at("name").text("");
        String image = ImageName.of(container.at("image").text("")).lastPart();
        if (EXPORTS.matcher(image).matches() || EXPORTS.matcher(name).matches()) {
            container.lost(RULE + "exporter", "a service has one container");
            draft.lost(
                    service.name,
                    "the exporter " + name + " beside "
                            + service.workload.object().shortName(),
                    "deploy its image as an app and link it: `dokku " + service.type + ":link " + service.name
                            + " APP`, if anything reads its figures");
        } else if (REPLICATES.matcher(image).matches()
                || REPLICATES.matcher(name).matches()) {
            container.satisfied(RULE + "replication", "keeps several servers in step; a Dokku service is one");
        } else {
            draft.refuse(
                    "sidecar-" + service.name + "-" + name,
                    "The container " + name + " runs beside "
                            + service.workload.object().shortName()
                            + " in its pods; a Dokku service has one container.",
                    RULE + "sidecar",
                    "not taken along: deploy it as an app of its own if it is needed",
                    container);
        }
    }

    private static void init(Draft draft, ServiceDraft service, Field init) {
        String words = String.join(" ", init.at("command").texts()) + " "
                + String.join(" ", init.at("args").texts());
        String name = init.at("name").text("");
        if (words.contains("sysctl")) {
            init.lost(RULE + "sysctl", "a kernel setting of the host");
            draft.lost(
                    service.name,
                    "the kernel setting that the init container " + name + " makes (`" + words.strip() + "`)",
                    "make it on the Dokku host, in /etc/sysctl.d, before the service is created");
        } else if (PREPARES.matcher(words).matches() || name.matches(".*(permission|chown|volume).*")) {
            init.satisfied(RULE + "prepares", "prepares the data folder; the plugin prepares its own");
        } else if (REPLICATES.matcher(name).matches() || words.contains("xtrabackup")) {
            init.satisfied(RULE + "replication", "copies the data to another copy; a Dokku service is one server");
        } else {
            draft.refuse(
                    "init-" + service.name + "-" + name,
                    "The init container " + name + " of "
                            + service.workload.object().shortName()
                            + " does something before each start that Landfall doesn't understand.",
                    RULE + "initContainers",
                    "the plugin runs nothing before its server: do it once, on the new service, if it is needed",
                    init);
        }
    }

    private static void volumes(Draft draft, ServiceDraft service) {
        boolean isMoved = service.store == Datastore.POSTGRESQL;
        String note = isMoved
                ? "the data comes over as rows, not as files; the service keeps it in its own folder on the host"
                : "the service keeps its data in its own folder on the host";
        String to = isMoved ? Place.settings("databases/" + service.name) : Place.task(service.name, "service");
        Map<String, Field> volumes = new LinkedHashMap<>();
        service.pod()
                .at("volumes")
                .items()
                .forEach(volume -> volumes.put(volume.at("name").text(""), volume));
        for (Field mount : service.container.at("volumeMounts").items()) {
            Field volume = volumes.get(mount.at("name").text(""));
            if (volume == null || !isConfiguration(volume)) {
                mount.adapted(RULE + "volumeMounts", to, note);
            } else {
                DatabaseFilesRule.mounted(draft, service, mount, volume);
            }
        }
        for (Field template :
                service.workload.at("spec", "volumeClaimTemplates").items()) {
            template.at("metadata").adapted(RULE + "volumeClaimTemplates", to, note);
            template.at("apiVersion").irrelevant(RULE + "volumeClaimTemplates", "chooses how the cluster reads it");
            template.at("kind").irrelevant(RULE + "volumeClaimTemplates", "chooses how the cluster reads it");
            template.at("status").irrelevant(RULE + "volumeClaimTemplates", "what the cluster observed");
            ClaimRule.spec(template.at("spec"), to);
        }
        for (Field volume : volumes.values()) {
            if (volume.at("emptyDir", "medium").is("Memory") && isSharedMemory(service, volume)) {
                volume.at("emptyDir", "sizeLimit")
                        .text()
                        .flatMap(Quantity::memory)
                        .ifPresent(size -> service.sharedMemory = Optional.of(size));
                volume.carried(RULE + "sharedMemory", Place.task(service.name, "service"), "shared memory");
            } else if (!isConfiguration(volume)) {
                volume.adapted(RULE + "volumes", to, note);
            } else if (volume.at("secret").exists()) {
                volume.satisfied(RULE + "secrets", "the plugin makes its own passwords and certificates");
            } else {
                volume.adapted(RULE + "volumes", to, "its files are read while planning");
            }
        }
    }

    private static boolean isSharedMemory(ServiceDraft service, Field volume) {
        return service.container.at("volumeMounts").items().stream()
                .anyMatch(mount -> mount.at("name").is(volume.at("name").text(""))
                        && mount.at("mountPath").is("/dev/shm"));
    }

    private static boolean isConfiguration(Field volume) {
        return volume.at("configMap").exists()
                || volume.at("secret").exists()
                || volume.at("projected").exists()
                || volume.at("downwardAPI").exists();
    }
}
