package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
import landfall.target.Place;
import landfall.target.Target;
import org.jspecify.annotations.Nullable;

/**
 * From objects to the target: the rules run in an order in which each knows what the ones before found out, then the
 * ledger gets every answer, and what is left open becomes a decision.
 */
public final class Translator {
    private static final Pattern URL_USER = Pattern.compile("[a-z][a-z0-9+]*://([^:@/]+)(?::[^@/]*)?@.*");

    private static final Pattern NUMBERED = Pattern.compile("(.+)-[0-9]+");

    private final Book book = new Book();
    private final Draft draft;
    private final List<KubeObject> objects;
    private @Nullable Map<String, Field> templates;
    /** What keeps running and is no database. */
    private final List<ProcessTypes.Running> running = new ArrayList<>();
    /** Apps that run a datastore for which there is no plugin. */
    private final Map<KubeObject, Datastore> stores = new LinkedHashMap<>();

    private Translator(List<KubeObject> objects, String move, String namespace, Answers answers) {
        // By id: the order of files and documents means nothing, but that the last of two of one id counts.
        this.objects = objects.stream()
                .filter(object -> isOf(namespace, object))
                .sorted(Comparator.comparing(KubeObject::id))
                .toList();
        Map<String, KubeObject> last = new LinkedHashMap<>();
        this.objects.stream()
                .filter(object -> maker(object).isEmpty())
                .forEach(object -> last.put(object.id(), object));
        // The order of files and documents must not show in the plan.
        List<KubeObject> ordered = last.values().stream()
                .sorted(Comparator.comparing(KubeObject::id))
                .toList();
        draft = new Draft(book, new Index(book, ordered), move, namespace, answers);
    }

    private Optional<String> maker(KubeObject object) {
        return OwnedRule.maker(object, objects);
    }

    /** @param move the move's name; also that of the network that joins its apps */
    public static Target translate(
            List<KubeObject> objects, Ledger ledger, String move, String namespace, Answers answers) {
        Translator translator = new Translator(objects, move, namespace, answers);
        translator.run();
        Remainder remainder = new Remainder(translator.draft);
        for (KubeObject object : translator.objects) {
            Optional<String> maker = translator.maker(object);
            if (maker.isPresent()) {
                OwnedRule.settle(Field.root(translator.book, object), maker.get());
            } else {
                remainder.settle(object);
            }
        }
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
            if (kept.root().isLike(object.root())) {
                Field.root(book, object)
                        .irrelevant("Object.duplicate", "stands again, alike, in " + kept.file() + ":" + kept.line());
                continue;
            }
            if (object.group().equals("kustomize.config.k8s.io")) {
                continue; // kustomize's own files: no cluster ever sees them, and none has a name
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
        databases.forEach(this::withheld);
        databases.addAll(OperatorRule.databases(draft));
        ProcessTypes.form(draft, running);
        CronJobRule.placeAll(draft);
        for (AppDraft app : processes()) {
            app.variables = EnvironmentRule.ofApp(draft, app);
        }
        draft.services.addAll(databases);
        findUsers();
        nameServices();
        for (ServiceDraft database : databases) {
            boolean isKept = database.operator.isPresent()
                    ? !OperatorRule.isMade(draft, database)
                    : database.store != Datastore.POSTGRESQL && !DatastoreRule.isMade(draft, database);
            if (isKept) {
                draft.services.remove(database);
                DatastoreRule.keep(draft, database);
            }
        }
        databases();
        for (AppDraft app : processes()) {
            new VariableRule(draft, app).apply();
            Optional<Datastore> store = Optional.ofNullable(stores.get(app.workload.object()));
            store.ifPresent(ignored -> DatastoreRule.beforeApp(app));
            WorkloadRule.apply(draft, app);
            store.ifPresent(system -> DatastoreRule.afterApp(draft, app, system));
        }
        draft.services.forEach(service -> DatastoreRule.passwords(draft, service));
        draft.services.stream()
                .filter(service -> service.store == Datastore.MINIO)
                .forEach(service -> ObjectStoreRule.buckets(draft, service));
        draft.apps.values().forEach(AppDraft::absorb);
        draft.index.made().forEach(made -> MadeRule.apply(made));
        draft.index.jobs().forEach(job -> JobRule.apply(draft, job));
        draft.index.services().forEach(service -> ServiceRule.apply(draft, service));
        FrontRules.apply(draft);
        draft.index
                .all("autoscaling", "HorizontalPodAutoscaler")
                .forEach(scaler -> AutoscalerRule.apply(draft, scaler));
        draft.index.all("keda.sh", "ScaledObject").forEach(scaler -> ScaledObjectRule.apply(draft, scaler));
        draft.apps.values().forEach(app -> UnwrittenRule.apply(draft, app));
        CronJobRule.applyAll(draft);
        Map<String, ServiceDraft> databasesOwn = new HashMap<>();
        draft.services.forEach(
                service -> DatabaseRule.ownClaims(service).forEach(claim -> databasesOwn.put(claim, service)));
        for (Field claim : draft.index.all("", "PersistentVolumeClaim")) {
            claim(claim, databasesOwn);
        }
        draft.index.all("", "ConfigMap").forEach(map -> ConfigurationRule.apply(draft, map, false));
        draft.index.all("", "Secret").forEach(secret -> ConfigurationRule.apply(draft, secret, true));
        draft.index.all("", "Namespace").forEach(ConfigurationRule::namespace);
        draft.apps.values().forEach(app -> ProxyParity.apply(draft, app));
    }

    /** Every process of every app, the process types beside the main one too. */
    private List<AppDraft> processes() {
        return draft.apps.values().stream().flatMap(app -> app.all().stream()).toList();
    }

    private void classify(Field workload, List<ServiceDraft> databases) {
        Optional<Field> main = RosterRule.main(draft, workload);
        if (main.isEmpty()) {
            return;
        }
        Field container = main.get();
        Optional<Datastore> store = DatastoreImage.of(container);
        boolean isPlugins = store.flatMap(Datastore::plugin).isPresent()
                && !(store.get() == Datastore.MINIO && ObjectStoreRule.isWantedAsApp(draft, workload));
        if (isPlugins) {
            databases.add(new ServiceDraft(store.orElseThrow(), workload, container));
            return;
        }
        if (store.isPresent() && !DatastoreRule.isMadeAsApp(draft, workload, container, store.get())) {
            DatabaseRule.keep(draft, workload, workload.object().name() + "-data");
            return;
        }
        store.ifPresent(system -> stores.put(workload.object(), system));
        running.add(new ProcessTypes.Running(workload, container));
    }

    /** Passwords that a database takes from a Secret which isn't among the manifests: recognised wherever they go. */
    private void withheld(ServiceDraft database) {
        for (Field variable : database.container.at("env").items()) {
            Field reference = variable.at("valueFrom", "secretKeyRef");
            String secret = reference.at("name").text("");
            String key = reference.at("key").text("");
            String name = variable.at("name").text("");
            boolean isPassword = database.store.passwordVariables().contains(name)
                    || database.store.rootPasswordVariables().contains(name)
                    || (database.store == Datastore.MINIO
                            && database.store.userVariables().contains(name));
            if (isPassword && draft.index.secret(secret).isEmpty()) {
                draft.withheld.put(secret + "/" + key, Draft.standIn(secret, key));
            }
        }
    }

    /** Which app names which database, and as which role. */
    private void findUsers() {
        List<ServiceDraft> operated = draft.services.stream()
                .filter(service -> !service.operatorNames.isEmpty())
                .toList();
        for (AppDraft app : processes()) {
            for (AppDraft.Variable variable : app.variables.values()) {
                for (ServiceDraft database : operated) {
                    if (ServiceNames.findMade(
                                    database.operatorNames, draft.namespace, variable.name(), variable.value())
                            .isPresent()) {
                        database.users.add(app.name);
                    }
                }
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

    private void nameServices() {
        for (ServiceDraft database : draft.services) {
            if (database.users.size() == 1) {
                String suffix = database.type.equals("postgres") ? "-db" : "-" + database.type;
                String wanted = database.users.iterator().next() + suffix;
                boolean isTaken = draft.services.stream()
                        .anyMatch(other -> other.type.equals(database.type) && other.name.equals(wanted));
                database.name = isTaken ? database.name : wanted;
            }
        }
    }

    private void databases() {
        for (ServiceDraft database : draft.services) {
            if (database.operator.isPresent()) {
                OperatorRule.apply(draft, database, database.operator.get());
            } else if (database.type.equals("postgres")) {
                PostgresRule.apply(draft, database);
            } else {
                DatastoreRule.apply(draft, database);
            }
        }
    }

    /** The StatefulSet that made the claim from its template: {@code data-postgres-0}. */
    private Optional<Field> maker(Field claim) {
        Matcher name = NUMBERED.matcher(claim.object().name());
        return name.matches() ? Optional.ofNullable(templates().get(name.group(1))) : Optional.empty();
    }

    /** What makes claims, by how these are called but for their number. */
    private Map<String, Field> templates() {
        if (templates == null) {
            Map<String, Field> found = new HashMap<>();
            for (Field set : draft.index.all("apps", "StatefulSet")) {
                for (Field template : set.at("spec", "volumeClaimTemplates").items()) {
                    found.putIfAbsent(
                            template.at("metadata", "name").text("") + "-"
                                    + set.object().name(),
                            set);
                }
            }
            templates = found;
        }
        return templates;
    }

    private void claim(Field claim, Map<String, ServiceDraft> databasesOwn) {
        Optional<Field> maker = maker(claim);
        if (maker.isPresent()) {
            OwnedRule.settle(claim, maker.get().object().shortName());
            return;
        }
        ServiceDraft owner = databasesOwn.get(claim.object().name());
        if (owner != null) {
            MetadataRule.apply(claim);
            boolean isObjects = owner.store == Datastore.MINIO;
            String to = isObjects ? Place.task(owner.name, "service") : "move.yaml#databases";
            String note = isObjects
                    ? "MinIO's own files: its objects come over one by one, the service keeps them in its own folder"
                    : "a database's own files: its data comes over as rows";
            claim.at("metadata", "name").adapted("PersistentVolumeClaim.database", to, note);
            ClaimRule.spec(claim.at("spec"), to);
        } else {
            ClaimRule.apply(draft, claim);
        }
    }

    private void unknown(List<KubeObject> all, Ledger ledger) {
        List<KubeObject> ordered =
                all.stream().sorted(Comparator.comparing(KubeObject::id)).toList();
        for (KubeObject object : ordered) {
            List<FieldPath> open = ledger.unsettled(object).stream()
                    .sorted(Comparator.comparing(FieldPath::toString))
                    .toList();
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
