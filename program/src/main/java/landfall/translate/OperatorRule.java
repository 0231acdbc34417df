package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.target.Place;

/**
 * A PostgreSQL database that an operator makes of one object: the service of the same version, size and parameters.
 * Its pods, Services and Secrets are in no manifest; their names follow from the object's, so that apps that name them
 * are led to the new service. {@code landfall sync} reads from a workload's pod and can't reach these: said, not hidden.
 */
final class OperatorRule {
    private static final String RULE = "Operator.";
    private static final Pattern MAJOR = Pattern.compile("(?:pg)?([0-9]{1,2})(?:[.-].*)?");

    private OperatorRule() {}

    /** The databases of all operators, with the names and Secrets that belong to them. */
    static List<ServiceDraft> databases(Draft draft) {
        List<ServiceDraft> databases = new ArrayList<>();
        for (Operator operator : Operator.values()) {
            for (Field cluster : draft.index.all(operator.group(), operator.kind())) {
                databases.add(database(draft, operator, cluster));
            }
        }
        for (Field pooler : draft.index.all(Operator.CLOUDNATIVE_PG.group(), "Pooler")) {
            databases.stream()
                    .filter(database -> database.workload
                            .object()
                            .name()
                            .equals(pooler.at("spec", "cluster", "name").text("")))
                    .forEach(database ->
                            database.operatorNames.add(pooler.object().name()));
        }
        return databases;
    }

    private static ServiceDraft database(Draft draft, Operator operator, Field cluster) {
        // An operator's object has no container; a place that isn't there reads as empty.
        ServiceDraft service = new ServiceDraft(Datastore.POSTGRESQL, cluster, cluster.at("spec", "container"));
        service.operator = Optional.of(operator);
        service.isByHand = true;
        service.operatorNames.addAll(operator.services(cluster));
        String secret = operator.secret(cluster);
        Map<String, String> keys = operator.keys(cluster, draft.namespace);
        Optional<Field> given = draft.index.secret(secret);
        keys.forEach((key, value) -> draft.withheld.putIfAbsent(secret + "/" + key, value));
        Optional<String> password = given.flatMap(object ->
                        Optional.ofNullable(EnvironmentRule.keys(object, true).get("password")))
                .flatMap(leaf -> EnvironmentRule.text(leaf, true))
                .or(() -> Optional.of(Draft.standIn(secret, "password")));
        service.login = new ServiceDraft.Login(
                Optional.of(operator.owner(cluster)),
                password,
                Optional.empty(),
                Optional.of(operator.database(cluster)));
        return service;
    }

    /** False if the user keeps it on the cluster. */
    static boolean isMade(Draft draft, ServiceDraft service) {
        Operator operator = service.operator.orElseThrow();
        Field cluster = service.workload;
        String database = operator.database(cluster);
        return draft.ask(
                        cluster.object().name() + "-data",
                        cluster.object().shortName() + " is PostgreSQL run by " + operator.words()
                                + ". `landfall sync` reads from a pod of a workload in the manifests, and this one's pods"
                                + " belong to the operator: its data is not moved live, so far.",
                        Draft.options(
                                "dump",
                                "an empty service on Dokku, which you fill while the apps are stopped: `"
                                        + operator.exec(cluster, draft.namespace)
                                        + " pg_dump -U postgres -Fc --no-owner " + database
                                        + " | ssh dokku@HOST postgres:import " + service.name + "`",
                                "recreate",
                                "an empty service on Dokku; what it holds today is left behind",
                                "keep-elsewhere",
                                "it stays with its operator; the apps keep the address they have, and you see to it that"
                                        + " the Dokku host reaches it"),
                        cluster.at("spec"))
                .filter("keep-elsewhere"::equals)
                .isEmpty();
    }

    static void apply(Draft draft, ServiceDraft service, Operator operator) {
        Field cluster = service.workload;
        String create = Place.task(service.name, "service");
        MetadataRule.apply(cluster);
        cluster.at("metadata", "name")
                .adapted(
                        RULE + "name",
                        create,
                        "the service is called " + service.name + "; " + String.join(", ", service.operatorNames)
                                + " lead to it");
        version(draft, service, operator);
        parameters(draft, service, operator);
        instances(draft, service, operator);
        resources(draft, service, operator);
        for (Field size : operator.storage(cluster)) {
            size.adapted(RULE + "storage", create, "a service's disk has no bound: count it into the host's");
        }
        login(draft, service, operator);
        sharedMemory(service, cluster, create);
        draft.changed(
                service.name,
                "apps log in as the plugin's user postgres, its superuser: row level security doesn't bind it. Where that"
                        + " matters, make the role " + operator.owner(cluster) + " anew with `dokku postgres:connect "
                        + service.name + "`");
    }

    private static void version(Draft draft, ServiceDraft service, Operator operator) {
        String create = Place.task(service.name, "service");
        for (Field field : operator.versions(service.workload)) {
            String text = field.text("");
            boolean isImage = field.path().endsWith(landfall.kube.FieldPath.keys("imageName"));
            ImageName image = ImageName.of(text);
            Matcher major = MAJOR.matcher(isImage ? image.tag().orElse("") : text);
            if (!field.exists() || !major.matches()) {
                continue;
            }
            service.imageVersion = Optional.of(major.group(1));
            boolean isPlain = !isImage || image.lastPart().matches("postgres(ql)?(-containers)?");
            if (isPlain) {
                field.adapted(RULE + "version", create, "the official image of the same major version");
            } else {
                extensions(draft, service, field, image);
            }
        }
        if (service.imageVersion.isEmpty()) {
            String id = "version-" + service.workload.object().name();
            String[] options = Datastore.POSTGRESQL.versions().stream()
                    .flatMap(version -> java.util.stream.Stream.of(version, version))
                    .toArray(String[]::new);
            service.imageVersion = draft.ask(
                    id,
                    service.workload.object().shortName() + " names no version of PostgreSQL: the operator chose one."
                            + " Which does it run now?",
                    Draft.options(options),
                    service.workload.at("spec"));
        }
    }

    /** An image with extensions inside, made for the operator: the plugin needs one that starts by itself. */
    private static void extensions(Draft draft, ServiceDraft service, Field field, ImageName image) {
        if (image.lastPart().equals("postgis")) {
            service.image = Optional.of("postgis/postgis");
            service.imageVersion = image.tag().map(tag -> tag.replaceFirst("^([0-9.]+-[0-9.]+).*", "$1"));
            field.adapted(
                    RULE + "version", Place.task(service.name, "service"), "PostGIS' own image of the same version");
            return;
        }
        String id = "image-" + service.workload.object().name();
        draft.ask(
                id,
                service.workload.object().shortName() + " runs " + image.repository()
                        + ", an image with extensions that" + " only starts under its operator.",
                Draft.options(
                        "official", "the official image of the same version will do",
                        "by-hand",
                                "I put an image with the same extensions, built on the official one, into the recipe"),
                field);
        field.decision(RULE + "version", id, "an image with the same extensions is needed");
    }

    private static void parameters(Draft draft, ServiceDraft service, Operator operator) {
        service.configOptions.add("-c wal_level=logical");
        ServerSettings settings = new ServerSettings(draft, service, Map.of());
        for (Field parameters : operator.parameters(service.workload)) {
            new LinkedHashMap<>(parameters.entries()).forEach(settings::parameter);
        }
        Field libraries = service.workload.at("spec", "postgresql", "shared_preload_libraries");
        if (!libraries.items().isEmpty()) {
            service.configOptions.add("-c shared_preload_libraries=" + String.join(",", libraries.texts()));
            libraries.carried(
                    RULE + "parameters", Place.task(service.name, "service"), "the image must hold these libraries");
        }
    }

    private static void instances(Draft draft, ServiceDraft service, Operator operator) {
        List<Field> sets = operator.instances(service.workload);
        int servers = sets.stream().mapToInt(set -> set.number().orElse(1)).sum();
        if (servers > 1) {
            sets.forEach(set -> set.lost(RULE + "instances", "a Dokku service is one server"));
            draft.lost(
                    service.name,
                    "the further servers of " + service.workload.object().shortName()
                            + " and what takes over when the first fails: a Dokku service is one server",
                    "plan backups (`dokku postgres:backup-schedule`) and how long a restore may take; readers of "
                            + operator.services(service.workload).get(1) + " ask the one server from now on");
        } else {
            sets.forEach(set -> set.satisfied(RULE + "instances", "a service is one server"));
        }
    }

    private static void resources(Draft draft, ServiceDraft service, Operator operator) {
        String create = Place.task(service.name, "service");
        Field resources = operator.resources(service.workload);
        resources
                .at("requests")
                .entries()
                .values()
                .forEach(request -> request.adapted(
                        RULE + "requests", create, "a service reserves nothing: count it into the size of the host"));
        resources.at("limits").entries().forEach((kind, limit) -> {
            Optional<Integer> mebibytes =
                    kind.equals("memory") ? limit.text().flatMap(Quantity::mebibytes) : Optional.empty();
            if (mebibytes.isPresent()) {
                service.memoryMegabytes = OptionalInt.of(mebibytes.get());
                limit.carried(RULE + "limits", create, "in MiB");
            } else {
                limit.lost(RULE + "limits", "a service has no limit of " + kind);
                draft.lost(
                        service.name,
                        "the " + (kind.equals("cpu") ? "CPU" : kind) + " limit of the database",
                        "`docker update` on the host if it must be");
            }
        });
    }

    private static void login(Draft draft, ServiceDraft service, Operator operator) {
        Field cluster = service.workload;
        Field spec = cluster.at("spec");
        String create = Place.task(service.name, "service");
        String note = "the service has its own user, password and database; the apps' variables are led there";
        for (String way : List.of("initdb", "recovery", "pg_basebackup")) {
            for (String key : List.of("database", "owner", "secret")) {
                spec.at("bootstrap", way, key).adapted(RULE + "login", create, note);
            }
        }
        List<Field> further = operator.furtherDatabases(cluster);
        for (String users : List.of("users", "databases")) {
            spec.at(users).adapted(RULE + "login", create, note);
        }
        if (!further.isEmpty()) {
            String id = "databases-" + cluster.object().name();
            for (Field field : further) {
                draft.ask(
                        id,
                        cluster.object().shortName()
                                + " holds several users or databases; a service of Dokku has one of" + " each.",
                        Draft.options(
                                "by-hand",
                                "I make the others with `dokku postgres:connect " + service.name
                                        + "` and dump each of them"),
                        field);
                field.decision(RULE + "login", id, "beside " + operator.database(cluster));
            }
        }
        draft.index
                .secret(operator.secret(cluster))
                .ifPresent(secret -> EnvironmentRule.keys(secret, true)
                        .values()
                        .forEach(leaf -> leaf.adapted(RULE + "login", create, note)));
    }

    private static void sharedMemory(ServiceDraft service, Field cluster, String create) {
        Field size = cluster.at("spec", "ephemeralVolumesSizeLimit", "shm");
        size.text().flatMap(Quantity::memory).ifPresent(memory -> {
            service.sharedMemory = Optional.of(memory);
            size.carried(RULE + "sharedMemory", create, "shared memory");
        });
    }
}
