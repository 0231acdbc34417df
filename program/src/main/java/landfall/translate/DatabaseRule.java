package landfall.translate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import landfall.target.Place;

/** What PostgreSQL and Redis workloads have in common: a service of the same version and memory. */
final class DatabaseRule {
    private static final String RULE = "Database.";

    private DatabaseRule() {}

    static void version(Draft draft, ServiceDraft service) {
        Field image = service.container.at("image");
        ImageName name = ImageName.of(image.text(""));
        String official = service.type;
        String create = Place.task(service.name, "service");
        Optional<String> tag = name.tag().filter(text -> !text.equals("latest"));
        if (name.repository().contains("bitnami")) {
            service.imageVersion = tag.map(text -> text.split("[.-]", -1)[0]);
            image.adapted(RULE + "image", create, "the official image of the same major version: another file layout");
        } else {
            if (!name.isOfficial(official)) {
                service.image = Optional.of(name.repository());
            }
            service.imageVersion = tag;
            image.carried(RULE + "image", create, "the same image and version");
        }
        if (tag.isEmpty()) {
            Optional<String> answer = draft.ask(
                    "version-" + service.workload.object().name(),
                    service.workload.object().shortName() + " runs an image without a version. Which does it run now?",
                    service.type.equals("postgres")
                            ? Draft.options("14", "14", "15", "15", "16", "16", "17", "17", "18", "18")
                            : Draft.options("6", "6", "7", "7", "8", "8"),
                    image);
            image.decision(
                    RULE + "image", "version-" + service.workload.object().name(), "no version is named");
            service.imageVersion = answer;
        }
    }

    /** Everything of the workload that a service does by itself. */
    static void workload(Draft draft, ServiceDraft service) {
        Field workload = service.workload;
        String create = Place.task(service.name, "service");
        MetadataRule.apply(workload);
        workload.at("metadata", "name").adapted(RULE + "name", create, "the service is called " + service.name);
        Field spec = workload.at("spec");
        if (spec.at("replicas").number().orElse(1) == 1) {
            spec.at("replicas").satisfied(RULE + "replicas", "a service is one server");
        } else {
            draft.lost(
                    service.name,
                    "the further copies of " + workload.object().shortName() + ": a Dokku service is one server",
                    "plan backups (`dokku " + service.type + ":backup-schedule`)");
            spec.at("replicas").lost(RULE + "replicas", "a Dokku service is one server");
        }
        for (String field : List.of("selector", "serviceName", "podManagementPolicy", "revisionHistoryLimit")) {
            spec.at(field).irrelevant(RULE + field, "bookkeeping of the cluster");
        }
        for (String field : List.of(
                "strategy",
                "updateStrategy",
                "minReadySeconds",
                "progressDeadlineSeconds",
                "persistentVolumeClaimRetentionPolicy")) {
            spec.at(field).satisfied(RULE + field, "a service is stopped and started as a whole");
        }
        Field template = Index.podTemplate(workload);
        PodRule.common(template, service.name);
        template.at("spec", "terminationGracePeriodSeconds")
                .satisfied(RULE + "terminationGracePeriodSeconds", "the plugin stops the server in order");
        Field container = service.container;
        container.at("name").irrelevant(RULE + "container", "a service has one container");
        container.at("imagePullPolicy").satisfied(RULE + "imagePullPolicy", "pulled when the service is created");
        for (Field port : container.at("ports").items()) {
            port.satisfied(RULE + "ports", "linked apps reach it at " + service.host());
        }
        for (String probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
            container.at(probe).satisfied(RULE + probe, "the plugin waits until the server answers");
        }
        resources(draft, service);
        volumes(service, template.at("spec"));
    }

    private static void resources(Draft draft, ServiceDraft service) {
        Field resources = service.container.at("resources");
        String create = Place.task(service.name, "service");
        resources
                .at("requests")
                .entries()
                .values()
                .forEach(request -> request.adapted(
                        RULE + "requests", create, "a service reserves nothing: count it into the size of the host"));
        Field memory = resources.at("limits", "memory");
        memory.text().flatMap(Quantity::mebibytes).ifPresent(mebibytes -> {
            service.memoryMegabytes = OptionalInt.of(mebibytes);
            memory.carried(RULE + "limits", create, "in MiB");
        });
        Field cpu = resources.at("limits", "cpu");
        if (cpu.exists()) {
            cpu.lost(RULE + "limits", "a service has no CPU limit");
            draft.lost(
                    service.name, "the CPU limit of the database", "`docker update --cpus` on the host if it must be");
        }
    }

    private static void volumes(ServiceDraft service, Field pod) {
        String note = "the data comes over as rows, not as files; the service keeps it in its own folder on the host";
        String to = service.type.equals("postgres")
                ? Place.settings("databases/" + service.name)
                : Place.task(service.name, "service");
        service.container.at("volumeMounts").adapted(RULE + "volumeMounts", to, note);
        for (Field template :
                service.workload.at("spec", "volumeClaimTemplates").items()) {
            template.at("metadata").adapted(RULE + "volumeClaimTemplates", to, note);
            template.at("apiVersion").irrelevant(RULE + "volumeClaimTemplates", "chooses how the cluster reads it");
            template.at("kind").irrelevant(RULE + "volumeClaimTemplates", "chooses how the cluster reads it");
            template.at("status").irrelevant(RULE + "volumeClaimTemplates", "what the cluster observed");
            ClaimRule.spec(template.at("spec"), to);
        }
        for (Field volume : pod.at("volumes").items()) {
            Field claim = volume.at("persistentVolumeClaim");
            if (claim.exists() || volume.at("emptyDir").exists()) {
                volume.adapted(RULE + "volumes", to, note);
            }
        }
    }

    /** Claims whose files are a database's own: moved as rows. */
    static boolean ownsClaim(ServiceDraft service, String claim) {
        return Index.pod(service.workload).at("volumes").items().stream()
                .anyMatch(volume ->
                        volume.at("persistentVolumeClaim", "claimName").is(claim));
    }

    /** Database systems that Landfall knows and doesn't move yet: the whole workload is refused by name. */
    static void refuse(Draft draft, Field workload, String system) {
        MetadataRule.apply(workload);
        String id = "database-" + workload.object().name();
        draft.ask(
                id,
                workload.object().shortName() + " is " + system + ", which Landfall doesn't move yet.",
                Draft.options("leave", "it stays where it is; you move it and point the apps to it yourself"),
                workload.at("spec"));
        workload.at("metadata", "name").decision(RULE + "refused", id, system + " is not moved yet");
        workload.at("spec").decision(RULE + "refused", id, system + " is not moved yet");
    }

    static Map<String, AppDraft.Variable> environment(Draft draft, ServiceDraft service) {
        return EnvironmentRule.resolve(
                draft, service.container, service.name, Place.settings("databases/" + service.name));
    }
}
