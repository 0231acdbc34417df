package landfall.translate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import landfall.target.Place;
import landfall.translate.AppDraft.Variable;

/** What every workload that becomes a datastore service has in common: version, size, environment, bookkeeping. */
final class DatabaseRule {
    private static final String RULE = "Database.";
    private static final Pattern PLAIN_VALUE = Pattern.compile("[A-Za-z0-9_.,:/%+@ =-]*");

    private DatabaseRule() {}

    static void version(Draft draft, ServiceDraft service) {
        Field image = service.container.at("image");
        ImageName name = ImageName.of(image.text(""));
        Optional<String> tag = name.tag().filter(text -> text.matches(".*[0-9].*"));
        String create = Place.task(service.name, "service");
        boolean isRepackaged = name.repository().contains("bitnami") || speaksOnly(name);
        if (isRepackaged) {
            service.imageVersion = speaksOnly(name) ? Optional.empty() : tag.map(text -> official(service.store, text));
            image.adapted(
                    RULE + "image",
                    create,
                    speaksOnly(name)
                            ? "the plugin runs Redis itself, which speaks the same protocol"
                            : "the official image of the same version: another file layout");
        } else {
            if (!name.isOfficial(service.store.image())) {
                service.image = Optional.of(name.repository());
            }
            service.imageVersion = tag.or(() -> name.tag().filter(text -> service.image.isPresent()));
            if (name.digest().isPresent() && tag.isPresent()) {
                image.adapted(RULE + "image", create, "the plugin takes a tag: the digest that pins it is not kept");
            } else {
                image.carried(RULE + "image", create, "the same image and version");
            }
        }
        boolean isMovedTag = service.image.isPresent() && service.store != Datastore.POSTGRESQL;
        if (tag.isEmpty() && isMovedTag) {
            service.imageVersion = name.tag().or(() -> Optional.of("latest"));
        } else if (tag.isEmpty() && !speaksOnly(name)) {
            askForVersion(draft, service, image);
        }
    }

    private static void askForVersion(Draft draft, ServiceDraft service, Field image) {
        String id = "version-" + service.workload.object().name();
        String[] options = service.store.versions().stream()
                .flatMap(version -> java.util.stream.Stream.of(version, version))
                .toArray(String[]::new);
        Optional<String> answer = draft.ask(
                id,
                service.workload.object().shortName() + " runs an image without a version. Which does it run now?",
                Draft.options(options),
                image);
        image.decision(RULE + "image", id, "no version is named");
        service.imageVersion = answer.or(() -> service.imageVersion);
    }

    /** Servers that speak Redis' protocol and can't be started by Redis' plugin. */
    private static boolean speaksOnly(ImageName name) {
        return List.of("keydb", "dragonfly").contains(name.lastPart());
    }

    /** {@code 16.2.0-debian-12-r5} as a tag of the official image. */
    private static String official(Datastore store, String tag) {
        String[] parts = tag.replaceFirst("^v", "").split("-", 2)[0].split("\\.", -1);
        return String.join(".", List.of(parts).subList(0, Math.min(parts.length, store.versionParts())));
    }

    /** Everything of the workload that a service does by itself. */
    static void workload(Draft draft, ServiceDraft service) {
        Field workload = service.workload;
        String create = Place.task(service.name, "service");
        MetadataRule.apply(workload);
        workload.at("metadata", "name").adapted(RULE + "name", create, "the service is called " + service.name);
        Field spec = workload.at("spec");
        if (spec.at("replicas").number().orElse(1) <= 1) {
            spec.at("replicas").satisfied(RULE + "replicas", "a service is one server");
        } else {
            draft.lost(
                    service.name,
                    "the further copies of " + workload.object().shortName() + ": a Dokku service is one server",
                    "plan backups (`dokku " + service.type
                            + ":backup-schedule`); the data comes from the pod that takes"
                            + " writes today, and the names of the others lead to this one server");
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
        PodRule.common(service.template(), service.name);
        pod(draft, service);
        container(draft, service);
        resources(draft, service);
        DatabasePodRule.apply(draft, service);
    }

    private static void pod(Draft draft, ServiceDraft service) {
        Field pod = service.pod();
        pod.at("terminationGracePeriodSeconds")
                .satisfied(RULE + "terminationGracePeriodSeconds", "the plugin stops the server in order");
        pod.at("restartPolicy").satisfied(RULE + "restartPolicy", "the plugin restarts the server whenever it ends");
        for (String account : List.of("serviceAccountName", "serviceAccount")) {
            pod.at(account).irrelevant(RULE + account, "a database asks the Kubernetes API for nothing");
        }
        for (Field secret : pod.at("imagePullSecrets").items()) {
            draft.ask(
                    "registry-" + service.name,
                    "The image of " + service.name + " is pulled with a login. Has the Dokku host one?",
                    Draft.options("yes", "I log the host in with `dokku registry:login` before `landfall apply`"),
                    secret);
            secret.decision(RULE + "imagePullSecrets", "registry-" + service.name, "log the Dokku host in");
        }
        for (String list : List.of("imagePullSecrets", "initContainers", "volumes")) {
            if (pod.at(list).items().isEmpty()) {
                pod.at(list).irrelevant(RULE + list, "empty");
            }
        }
    }

    private static void container(Draft draft, ServiceDraft service) {
        Field container = service.container;
        container.at("name").irrelevant(RULE + "container", "a service has one container");
        container.at("imagePullPolicy").satisfied(RULE + "imagePullPolicy", "pulled when the service is created");
        for (Field port : container.at("ports").items()) {
            port.satisfied(RULE + "ports", "linked apps reach it at " + service.host());
            if (port.at("hostPort").exists()) {
                String id = "host-port-" + service.name;
                draft.ask(
                        id,
                        service.workload.object().shortName()
                                + " takes a port of its node, so that clients from outside" + " can reach it.",
                        Draft.options(
                                "closed",
                                "only linked apps reach it from now on",
                                "expose",
                                "I run `dokku " + service.type + ":expose " + service.name + "` afterwards"),
                        port.at("hostPort"));
                port.at("hostPort").decision(RULE + "hostPort", id, "linked apps only, unless it is exposed");
            }
        }
        for (String probe : List.of("readinessProbe", "livenessProbe", "startupProbe")) {
            container.at(probe).satisfied(RULE + probe, "the plugin waits until the server answers");
        }
        container.at("workingDir").satisfied(RULE + "workingDir", "the image's own");
        for (String terminal : List.of("stdin", "tty")) {
            container.at(terminal).satisfied(RULE + terminal, "a server reads no terminal");
        }
        Field lifecycle = container.at("lifecycle");
        lifecycle.at("preStop").satisfied(RULE + "preStop", "the plugin stops the server in order");
        if (lifecycle.at("postStart").exists()) {
            draft.refuse(
                    "hook-" + service.name,
                    service.workload.object().shortName() + " runs something after each start (postStart).",
                    RULE + "postStart",
                    "the plugin runs nothing in its container: do it once by hand, with `dokku " + service.type
                            + ":enter " + service.name + "`",
                    lifecycle.at("postStart"));
        }
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
        resources.at("limits").entries().forEach((kind, limit) -> {
            if (kind.equals("memory")) {
                limit.text().flatMap(Quantity::mebibytes).ifPresent(mebibytes -> {
                    service.memoryMegabytes = OptionalInt.of(mebibytes);
                    limit.carried(RULE + "limits", create, "in MiB");
                });
            } else {
                limit.lost(RULE + "limits", "a service has no limit of " + kind);
                draft.lost(
                        service.name,
                        "the " + (kind.equals("cpu") ? "CPU" : kind) + " limit of the database",
                        kind.equals("cpu") ? "`docker update --cpus` on the host if it must be" : "watch the host");
            }
        });
        if (resources.entries().isEmpty()) {
            resources.irrelevant(RULE + "resources", "empty");
        }
    }

    /** Claims whose files are a database's own: moved as rows. */
    static List<String> ownClaims(ServiceDraft service) {
        return service.pod().at("volumes").items().stream()
                .flatMap(volume -> volume.at("persistentVolumeClaim", "claimName").text().stream())
                .toList();
    }

    /** The whole workload stays where it is, by the user's answer. */
    static void keep(Draft draft, Field workload, String id) {
        draft.kept.add(workload);
        MetadataRule.apply(workload);
        workload.at("metadata", "name").decision(RULE + "kept", id, "stays where it is");
        workload.at("spec").decision(RULE + "kept", id, "stays where it is");
        draft.changed(
                workload.object().name(), "it stays on the cluster; its address must be reachable from the Dokku host");
    }

    static Map<String, Variable> environment(Draft draft, ServiceDraft service) {
        Map<String, Variable> environment = new LinkedHashMap<>(EnvironmentRule.resolve(
                draft, service.container, service.name, Place.settings("databases/" + service.name)));
        passwordFiles(draft, service, environment);
        Datastore store = service.store;
        service.login = new ServiceDraft.Login(
                first(environment, store.userVariables()),
                first(environment, store.passwordVariables()),
                first(environment, store.rootPasswordVariables()),
                first(environment, store.databaseVariables()));
        return environment;
    }

    /** {@code POSTGRES_PASSWORD_FILE=/run/secrets/password}: the value is a key of the Secret mounted there. */
    private static void passwordFiles(Draft draft, ServiceDraft service, Map<String, Variable> environment) {
        for (Variable variable : List.copyOf(environment.values())) {
            String name = variable.name().replaceFirst("_FILE$", "");
            if (name.equals(variable.name()) || environment.containsKey(name)) {
                continue;
            }
            for (Field mount : service.container.at("volumeMounts").items()) {
                String folder = mount.at("mountPath").text("");
                String path = variable.value();
                String key = path.startsWith(folder + "/") ? path.substring(folder.length() + 1) : "";
                Optional<Field> leaf = service.pod().at("volumes").items().stream()
                        .filter(volume -> volume.at("name").is(mount.at("name").text("")))
                        .flatMap(volume -> draft
                                .index
                                .secret(volume.at("secret", "secretName").text(""))
                                .stream())
                        .flatMap(secret -> Optional.ofNullable(
                                EnvironmentRule.keys(secret, true).get(key))
                                .stream())
                        .findFirst();
                leaf.flatMap(found -> EnvironmentRule.text(found, true))
                        .ifPresent(text ->
                                environment.put(name, new Variable(name, text.strip(), true, List.of(leaf.get()))));
            }
        }
    }

    private static Optional<String> first(Map<String, Variable> environment, List<String> names) {
        return names.stream()
                .flatMap(name -> Optional.ofNullable(environment.get(name)).stream())
                .map(Variable::value)
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    /** Variables of the server beside those by which it is logged in to: its container's on the host, too. */
    static void otherVariables(Draft draft, ServiceDraft service, Map<String, Variable> environment) {
        String create = Place.task(service.name, "service");
        for (Variable variable : environment.values()) {
            if (isLogin(service.store, variable.name())) {
                if (service.store == Datastore.POSTGRESQL) {
                    continue;
                }
                String to = service.passwordIsNeeded ? create : Place.settings("databases/" + service.name);
                variable.sources()
                        .forEach(leaf -> leaf.adapted(
                                RULE + "login", to, "the plugin makes its own user, password and database"));
            } else if (isOfTheImage(variable.name())) {
                variable.sources()
                        .forEach(leaf -> leaf.satisfied(
                                RULE + "env", "how the old image was set up; the plugin sets up its own container"));
            } else if (variable.sensitive()
                    || !PLAIN_VALUE.matcher(variable.value()).matches()
                    || variable.name().endsWith("_FILE")) {
                String id = "environment-" + service.workload.object().name();
                variable.sources()
                        .forEach(leaf -> draft.refuse(
                                id,
                                variable.name() + " of "
                                        + service.workload.object().shortName()
                                        + " can't be handed to the plugin: it is secret, or not one plain word.",
                                RULE + "env",
                                "set it on the host, in /var/lib/dokku/services/" + service.type + "/" + service.name
                                        + "/ENV, and restart the service",
                                leaf));
            } else {
                service.customEnvironment.put(variable.name(), variable.value());
                variable.sources()
                        .forEach(leaf -> leaf.carried(RULE + "env", create, "a variable of the service's container"));
            }
        }
    }

    private static boolean isLogin(Datastore store, String name) {
        String plain = name.replaceFirst("_FILE$", "");
        return store.userVariables().contains(plain)
                || store.passwordVariables().contains(plain)
                || store.rootPasswordVariables().contains(plain)
                || store.databaseVariables().contains(plain);
    }

    /** Set-up of the official and Bitnami's images, replication included. */
    private static boolean isOfTheImage(String name) {
        return name.matches("PGDATA|POSTGRES_INITDB_.*|POSTGRES_HOST_AUTH_METHOD|.*ALLOW_EMPTY_PASSWORD"
                + "|.*RANDOM_ROOT_PASSWORD|.*_REPLICATION_.*|.*_VOLUME_DIR|.*_DATA_DIR|BITNAMI_.*|.*_PORT_NUMBER"
                + "|MYSQL_ROOT_HOST|MARIADB_ROOT_HOST|REDIS_DISABLE_COMMANDS|REDIS_PORT|MEILI_DB_PATH|MEILI_HTTP_ADDR"
                + "|RABBITMQ_ERLANG_COOKIE|RABBITMQ_NODENAME|RABBITMQ_USE_LONGNAME|K8S_.*|POD_.*|MY_POD_.*|HOSTNAME"
                + "|discovery\\..*|cluster\\..*|node\\..*|network\\.host|http\\.host|path\\..*|xpack\\.security\\..*"
                + "|bootstrap\\.memory_lock|REPMGR_.*|POSTGRESQL_ENABLE_TLS|.*_ENABLE_TLS|REDIS_TLS_.*|.*_TLS_.*_FILE"
                + "|TYPESENSE_DATA_DIR|NATS_.*|COUCHDB_SECRET");
    }
}
