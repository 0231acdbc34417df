package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.kube.FieldPath;
import landfall.kube.KubeObject;
import landfall.ledger.Ledger;
import landfall.target.Target;
import landfall.target.TargetApp;

/**
 * From objects to the target: the rules run in an order in which each knows what the ones before found out, then the
 * ledger gets every answer, and what is left open becomes a decision.
 */
public final class Translator {
    private static final Pattern URL_USER = Pattern.compile("[a-z][a-z0-9+]*://([^:@/]+)(?::[^@/]*)?@.*");

    private final Book book = new Book();
    private final Draft draft;
    private final List<KubeObject> objects;

    private Translator(List<KubeObject> objects, String move, String namespace, Answers answers) {
        this.objects =
                objects.stream().filter(object -> isOf(namespace, object)).toList();
        Map<String, KubeObject> last = new LinkedHashMap<>();
        this.objects.forEach(object -> last.put(object.id(), object));
        draft = new Draft(book, new Index(book, List.copyOf(last.values())), move, namespace, answers);
    }

    /** @param move the move's name; also that of the network that joins its apps */
    public static Target translate(
            List<KubeObject> objects, Ledger ledger, String move, String namespace, Answers answers) {
        Translator translator = new Translator(objects, move, namespace, answers);
        translator.run();
        Remainder remainder = new Remainder(translator.draft);
        translator.objects.forEach(remainder::settle);
        translator.book.handOver(ledger);
        translator.unknown(objects, ledger);
        ledger.closeUnknown();
        return translator.draft.finish();
    }

    /** The namespace with the most workloads, the first by name among equals; {@code default} where none is named. */
    public static String mainNamespace(List<KubeObject> objects) {
        Map<String, Integer> weights = new TreeMap<>();
        for (KubeObject object : objects) {
            if (!object.namespace().equals("-")) {
                weights.merge(object.namespace(), object.group().equals("apps") ? 1000 : 1, Integer::sum);
            }
        }
        return weights.entrySet().stream()
                .max(Comparator.<Map.Entry<String, Integer>>comparingInt(Map.Entry::getValue)
                        .thenComparing(
                                Map.Entry.<String, Integer>comparingByKey().reversed()))
                .map(Map.Entry::getKey)
                .orElse("default");
    }

    private static boolean isOf(String namespace, KubeObject object) {
        boolean isOwnNamespace =
                object.kind().equals("Namespace") && object.name().equals(namespace);
        return object.namespace().equals(namespace)
                || isOwnNamespace
                || (object.namespace().equals("-") && !object.kind().equals("Namespace"));
    }

    /** Of two objects of one id the cluster keeps what was applied last; which that was, only the user knows. */
    private void duplicates() {
        Map<String, KubeObject> last = new LinkedHashMap<>();
        objects.forEach(object -> last.put(object.id(), object));
        for (KubeObject object : objects) {
            KubeObject kept = last.getOrDefault(object.id(), object);
            if (kept.equals(object)) {
                continue;
            }
            String id = "duplicate-" + object.kind().toLowerCase(Locale.ROOT) + "-" + object.name();
            Field field = Field.root(book, object);
            draft.ask(
                    id,
                    object.shortName() + " stands twice in the manifests, in " + object.file() + ":" + object.line()
                            + " and " + kept.file() + ":" + kept.line() + ".",
                    Draft.options("last", "the one read last counts: " + kept.file() + ":" + kept.line()),
                    field);
            field.entries().values().forEach(part -> part.decision("Object.duplicate", id, "the one read last counts"));
        }
    }

    private void run() {
        duplicates();
        List<ServiceDraft> databases = new ArrayList<>();
        for (Field workload : draft.index.workloads()) {
            classify(workload, databases);
        }
        for (AppDraft app : draft.apps.values()) {
            app.variables = EnvironmentRule.resolve(
                    draft, app.container, app.name, landfall.target.Place.task(app.name, "config"));
        }
        for (ServiceDraft database : databases) {
            if (database.type.equals("redis") && !RedisRule.isMade(draft, database)) {
                draft.kept.add(database);
            } else {
                draft.services.add(database);
            }
        }
        findUsers();
        databases();
        for (AppDraft app : draft.apps.values()) {
            new VariableRule(draft, app).apply();
            WorkloadRule.apply(draft, app);
        }
        draft.index.services().forEach(service -> ServiceRule.apply(draft, service));
        IngressRule.applyAll(draft);
        draft.index
                .all("autoscaling", "HorizontalPodAutoscaler")
                .forEach(scaler -> AutoscalerRule.apply(draft, scaler));
        draft.index.all("batch", "CronJob").forEach(job -> CronJobRule.apply(draft, job));
        for (Field claim : draft.index.all("", "PersistentVolumeClaim")) {
            claim(claim);
        }
        draft.index.all("", "ConfigMap").forEach(map -> ConfigurationRule.apply(draft, map, false));
        draft.index.all("", "Secret").forEach(secret -> ConfigurationRule.apply(draft, secret, true));
        draft.index.all("", "Namespace").forEach(ConfigurationRule::namespace);
        draft.apps.values().forEach(this::front);
    }

    private void classify(Field workload, List<ServiceDraft> databases) {
        List<Field> containers =
                workload.at("spec", "template", "spec", "containers").items();
        if (containers.isEmpty() || containers.getFirst().at("image").text().isEmpty()) {
            return;
        }
        Field container = containers.getFirst();
        String image = container.at("image").text("");
        Optional<String> system = ImageName.of(image).database();
        if (system.isEmpty()) {
            String name = workload.object().name();
            String free = draft.apps.containsKey(name)
                    ? name + "-" + workload.object().kind().toLowerCase(Locale.ROOT)
                    : name;
            draft.apps.put(free, new AppDraft(free, workload, container, image));
        } else if (system.get().equals("PostgreSQL") || system.get().equals("Redis")) {
            String type = system.get().equals("PostgreSQL") ? "postgres" : "redis";
            databases.add(new ServiceDraft(type, workload, container));
        } else {
            DatabaseRule.refuse(draft, workload, system.get());
        }
    }

    /** Which app names which database, and as which role. */
    private void findUsers() {
        for (AppDraft app : draft.apps.values()) {
            for (AppDraft.Variable variable : app.variables.values()) {
                for (Field service : ServiceNames.mentioned(draft, variable.name(), variable.value())) {
                    draft.databaseOf(service).ifPresent(database -> {
                        database.users.add(app.name);
                        Matcher url = URL_USER.matcher(variable.value());
                        if (database.role.isEmpty() && url.matches()) {
                            database.role = Optional.of(url.group(1));
                        }
                    });
                }
            }
        }
    }

    private void databases() {
        for (ServiceDraft database : draft.services) {
            if (database.users.size() == 1) {
                String suffix = database.type.equals("postgres") ? "-db" : "-" + database.type;
                String wanted = database.users.iterator().next() + suffix;
                boolean isTaken = draft.services.stream()
                        .anyMatch(other -> other.type.equals(database.type) && other.name.equals(wanted));
                database.name = isTaken ? database.name : wanted;
            }
        }
        for (ServiceDraft database : draft.services) {
            if (database.type.equals("postgres")) {
                PostgresRule.apply(draft, database);
            } else {
                RedisRule.apply(draft, database);
            }
        }
        draft.kept.forEach(database -> RedisRule.keep(draft, database));
    }

    private void claim(Field claim) {
        boolean isDatabases = draft.services.stream()
                .anyMatch(service ->
                        DatabaseRule.ownsClaim(service, claim.object().name()));
        if (isDatabases) {
            MetadataRule.apply(claim);
            String note = "a database's own files: its data comes over as rows";
            claim.at("metadata", "name").adapted("PersistentVolumeClaim.database", "move.yaml#databases", note);
            ClaimRule.spec(claim.at("spec"), "move.yaml#databases");
        } else {
            ClaimRule.apply(draft, claim);
        }
    }

    /** What nginx does for every app that is reached from outside. */
    private void front(AppDraft app) {
        boolean hasPort = app.firstPort().isPresent();
        boolean isReached = draft.index.services().stream().anyMatch(service -> Index.selects(service, app.workload));
        if (!hasPort && !isReached) {
            return;
        }
        int container = webPort(app);
        app.ports.addFirst(new TargetApp.Port("http", 80, container));
        if (app.certificate.isPresent()) {
            app.ports.add(1, new TargetApp.Port("https", 443, container));
        }
        if (app.isBridged() && !app.bridges.isEmpty()) {
            app.nginx.put("keepalive-timeout", "0");
            draft.changed(
                    app.name,
                    "nginx closes each client's connection after its answer while the move lasts (keepalive-timeout 0), so"
                            + " that none sticks to one side; `landfall finish` takes that back");
            if (app.nginx.putIfAbsent("client-max-body-size", "0") == null) {
                draft.changed(app.name, "nginx bounds no request body, as the Service did");
            }
        }
        if (!app.routes.isEmpty()) {
            return;
        }
        draft.changed(
                app.name,
                "nginx compresses text (gzip) and answers errors of its own with HTML pages; the cluster did not");
    }

    private int webPort(AppDraft app) {
        return draft.index.services().stream()
                .filter(service -> Index.selects(service, app.workload))
                .flatMap(service -> service.at("spec", "ports").items().stream())
                .map(port -> port.at("targetPort").text(port.at("port").text("80")))
                .map(app::containerPort)
                .filter(port -> port.isPresent())
                .findFirst()
                .map(port -> port.getAsInt())
                .orElse(app.firstPort().orElse(80));
    }

    private void unknown(List<KubeObject> all, Ledger ledger) {
        for (KubeObject object : all) {
            List<FieldPath> open = ledger.unsettled(object);
            if (open.isEmpty()) {
                continue;
            }
            boolean elsewhere = !objects.contains(object);
            String namespace = object.kind().equals("Namespace") ? object.name() : object.namespace();
            String id = elsewhere
                    ? "namespace-" + namespace
                    : "unknown-" + object.kind().toLowerCase(Locale.ROOT) + "-" + object.name();
            String question = elsewhere
                    ? "The objects of namespace " + namespace + " are not part of this move (" + draft.namespace
                            + "): plan them with --namespace " + namespace + "."
                    : object.shortName() + " has fields that Landfall doesn't know (" + open.size() + ", the first is "
                            + open.getFirst() + ").";
            Field first = new Field(
                    book,
                    object,
                    open.getFirst(),
                    object.root().at(open.getFirst()).orElse(null));
            draft.ask(id, question, Draft.options("leave", "they go nowhere; I have seen to them"), first);
            if (elsewhere) {
                for (FieldPath path : open) {
                    ledger.settle(
                            object,
                            path,
                            landfall.ledger.Disposition.DECISION,
                            List.of("move.yaml#decisions/" + id),
                            "Object.namespace",
                            "another namespace than the move's");
                }
            }
        }
    }
}
