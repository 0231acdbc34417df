package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import landfall.target.Place;
import landfall.translate.AppDraft.Variable;

/**
 * Datastores whose data Landfall doesn't move: a service of the same version and settings, filled by hand, made anew, or
 * left where it is, by a decision.
 */
final class DatastoreRule {
    private static final String RULE = "Datastore.";

    private DatastoreRule() {}

    /** False if the user keeps it where it is. */
    static boolean isMade(Draft draft, ServiceDraft service) {
        return answer(draft, service).filter("keep-elsewhere"::equals).isEmpty();
    }

    private static String decision(ServiceDraft service) {
        return service.workload.object().name() + "-data";
    }

    private static Optional<String> answer(Draft draft, ServiceDraft service) {
        String name = service.workload.object().shortName();
        Field raisedBy = service.container.at("image");
        String kept = "the apps keep the address they have; you see to it that the Dokku host reaches it";
        if (service.store.isCache()) {
            return draft.decide(
                    decision(service),
                    "What " + name + " holds is not copied: it is a cache.",
                    Draft.options("recreate", "an empty service on Dokku: it fills again", "keep-elsewhere", kept),
                    Optional.of("recreate"),
                    raisedBy);
        }
        if (service.store == Datastore.MINIO) {
            return ObjectStoreRule.answer(draft, service);
        }
        Optional<String> dump = DatastoreDump.of(draft, service)
                .map(way -> "an empty service on Dokku, which you fill while the apps are stopped: " + way);
        if (service.store == Datastore.REDIS) {
            List<String> options = new ArrayList<>(List.of(
                    "recreate",
                    "an empty service on Dokku: everybody logs in again, caches fill again, queued jobs are lost",
                    "keep-elsewhere",
                    kept));
            dump.ifPresent(way -> options.addAll(List.of("dump", way)));
            return draft.ask(
                    decision(service),
                    "What " + name + " holds (sessions, caches, queues) is not copied. Start with an empty one?",
                    Draft.options(options.toArray(String[]::new)),
                    raisedBy);
        }
        List<String> options = new ArrayList<>();
        dump.ifPresent(way -> options.addAll(List.of("dump", way)));
        options.addAll(List.of(
                "recreate", "an empty service on Dokku; what it holds today is left behind", "keep-elsewhere", kept));
        return draft.ask(
                decision(service),
                name + " is " + service.store.system() + ", and Landfall moves the data of PostgreSQL only. How does"
                        + " what it holds come to Dokku?",
                Draft.options(options.toArray(String[]::new)),
                raisedBy);
    }

    static void apply(Draft draft, ServiceDraft service) {
        if (service.store == Datastore.MINIO) {
            ObjectStoreRule.apply(draft, service);
            fate(draft, service);
            return;
        }
        DatabaseRule.version(draft, service);
        Map<String, Variable> environment = DatabaseRule.environment(draft, service);
        new ServerSettings(draft, service, environment).commandLine();
        DatabaseRule.workload(draft, service);
        DatabaseRule.otherVariables(draft, service, environment);
        fate(draft, service);
    }

    private static void fate(Draft draft, ServiceDraft service) {
        String name = service.workload.object().shortName();
        String answer = answer(draft, service).orElse("");
        if (service.store == Datastore.REDIS && !answer.equals("dump")) {
            draft.lost(
                    service.name,
                    "what " + name + " holds is not copied",
                    "switch when it hurts least: everybody logs in again");
        } else if (answer.equals("recreate") && !service.store.isCache()) {
            draft.lost(
                    service.name,
                    "what " + name + " holds is left behind",
                    "take a last dump of it before the cluster goes: "
                            + DatastoreDump.of(draft, service).orElse("its own backup"));
        } else if (!service.store.isCache()) {
            draft.changed(
                    service.name,
                    "its data comes by hand, with the apps stopped: the switch waits for you, and what is written"
                            + " meanwhile on the old side is not followed");
        }
    }

    static void keep(Draft draft, ServiceDraft service) {
        DatabaseRule.keep(draft, service.workload, decision(service));
    }

    /** A system without a plugin is an ordinary app; what it keeps is decided here. Asked before anything is made. */
    static boolean isMadeAsApp(Draft draft, Field workload, Field container, Datastore store) {
        String id = workload.object().name() + "-data";
        String dump =
                DatastoreDump.toApp(draft, store, workload, workload.object().name());
        if (store == Datastore.MINIO) {
            return ObjectStoreRule.asApp(draft, workload, container, dump);
        }
        return draft.ask(
                        id,
                        workload.object().shortName() + " is " + store.system()
                                + ", for which Dokku has no plugin. Landfall doesn't copy its files: those of a running"
                                + " server are never in one piece.",
                        Draft.options(
                                "app", "an app of the same image with an empty storage entry, which you fill: " + dump,
                                "keep-elsewhere",
                                        "it stays on the cluster; the apps keep the address they have, and you see to it"
                                                + " that the Dokku host reaches it"),
                        container.at("image"))
                .filter("keep-elsewhere"::equals)
                .isEmpty();
    }

    /** Before the app's other rules: its volumes become entries, and nobody copies files into them. */
    static void beforeApp(AppDraft app) {
        for (Field mount : app.container.at("volumeMounts").items()) {
            Field claim = claimOf(app, mount);
            if (claim.exists()) {
                mount.adapted(
                        RULE + "volumeMounts",
                        Place.task(app.name, "mount"),
                        "an entry that begins empty: its data comes as its own dump");
            }
        }
    }

    private static Field claimOf(AppDraft app, Field mount) {
        String name = mount.at("name").text("");
        Field pod = app.workload.at("spec", "template", "spec");
        return pod.at("volumes").items().stream()
                .filter(volume -> volume.at("name").is(name))
                .map(volume -> volume.at("persistentVolumeClaim"))
                .findFirst()
                .orElseGet(() -> app.workload.at("spec", "volumeClaimTemplates").items().stream()
                        .filter(template -> template.at("metadata", "name").is(name))
                        .findFirst()
                        .orElse(mount.at("persistentVolumeClaim")));
    }

    /** After them: the entries have no source, and no request is bridged to a database. */
    static void afterApp(Draft draft, AppDraft app, Datastore store) {
        app.holdsFiles = false;
        for (var mount : app.mounts) {
            draft.entries.computeIfPresent(
                    mount.entry(),
                    (name, entry) -> new landfall.target.StorageEntry(entry.name(), entry.owner(), Optional.empty()));
        }
        draft.changed(
                app.name,
                store.system() + " runs as an app with an empty entry: its data comes by hand. Other apps reach it as "
                        + app.name + ".web");
    }

    /** Passwords that Landfall chooses, and apps that have nothing it knows for one. */
    static void passwords(Draft draft, ServiceDraft service) {
        untold(draft, service);
        if (service.passwordIsNeeded || service.rootPasswordIsNeeded) {
            draft.changed(
                    service.name,
                    "Landfall chooses its password, so that the apps' variables can hold it; the plugin takes it as a word"
                            + " of `" + service.type
                            + ":create`, which the host's list of processes shows while it runs");
        }
    }

    private static void untold(Draft draft, ServiceDraft service) {
        List<String> apps = service.users.stream()
                .filter(app -> !service.toldPassword.contains(app))
                .sorted()
                .toList();
        if (!service.isFilledByHand() || service.store.login() == Datastore.Login.NONE || apps.isEmpty()) {
            return;
        }
        service.passwordIsNeeded = true;
        boolean isOne = apps.size() == 1;
        draft.ask(
                "login-" + service.name,
                String.join(", ", apps) + (isOne ? " has" : " have") + " no variable that Landfall recognises as the"
                        + " password of " + service.workload.object().shortName() + ". The service on Dokku wants one"
                        + service.store
                                .user(service.name)
                                .map(user -> " (user " + user + ")")
                                .orElse("") + ".",
                Draft.options(
                        "later",
                        "I set it with `dokku config:set`, in the way each app reads it; it is "
                                + service.passwordName() + " in secrets.yml"),
                service.workload.at("metadata", "name"));
    }
}
