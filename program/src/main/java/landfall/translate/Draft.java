package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import landfall.kube.KubeObject;
import landfall.target.Decision;
import landfall.target.Finding;
import landfall.target.StorageEntry;
import landfall.target.Target;
import org.jspecify.annotations.Nullable;

/** The target while the rules work on it: apps, services, decisions and findings so far. */
final class Draft {
    final Book book;
    final Index index;
    final String move;
    final String namespace;
    final Map<String, AppDraft> apps = new LinkedHashMap<>();
    final List<ServiceDraft> services = new ArrayList<>();
    /** Datastores that stay where they are, by the user's answer. */
    final List<Field> kept = new ArrayList<>();

    /** The app whose cron task each CronJob is. */
    final Map<KubeObject, AppDraft> cronJobs = new LinkedHashMap<>();

    /** Workloads that are no part of the move, and why: their Services lead nowhere on Dokku. */
    final Map<KubeObject, String> left = new LinkedHashMap<>();

    final Map<String, StorageEntry> entries = new LinkedHashMap<>();
    final Set<String> networks = new LinkedHashSet<>();

    /**
     * Keys of Secrets that aren't among the manifests, but whose part is known: {@code secret/key} to the value, in which
     * a stand-in takes the place of what nobody knows yet.
     */
    final Map<String, String> withheld = new LinkedHashMap<>();

    private static final char STAND_IN = '\uE000';

    private final Answers answers;
    private @Nullable ServiceVariables serviceVariables;
    private final Map<String, Decision> decisions = new LinkedHashMap<>();
    private final Set<Finding> findings = new LinkedHashSet<>();
    /** App to where values are kept to the variables that want them. */
    private final Map<String, Map<String, Set<String>>> toFill = new TreeMap<>();

    Draft(Book book, Index index, String move, String namespace, Answers answers) {
        this.book = book;
        this.index = index;
        this.move = move;
        this.namespace = namespace;
        this.answers = answers;
    }

    /** A stand-in for a value that only the cluster has: recognised where it is used, never written. */
    static String standIn(String secret, String key) {
        return STAND_IN + secret + "=" + key + STAND_IN;
    }

    static boolean isWithheld(String value) {
        return value.indexOf(STAND_IN) >= 0;
    }

    /** {@code secret/key} of the stand-in in a value. */
    static String withheldName(String value) {
        int start = value.indexOf(STAND_IN);
        return value.substring(start + 1, value.indexOf(STAND_IN, start + 1)).replace('=', '/');
    }

    /** Options in the order they are offered: name, consequence, name, consequence … */
    static Map<String, String> options(String... namesAndConsequences) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = 0; i + 1 < namesAndConsequences.length; i += 2) {
            options.put(namesAndConsequences[i], namesAndConsequences[i + 1]);
        }
        return options;
    }

    /** Asks a question that has no safe default. */
    Optional<String> ask(String id, String question, Map<String, String> options, Field raisedBy) {
        return decide(id, question, options, Optional.empty(), raisedBy);
    }

    /** Asks a question; the same id again only adds to what raises it. */
    Optional<String> decide(
            String id, String question, Map<String, String> options, Optional<String> fallback, Field raisedBy) {
        Decision before = decisions.get(id);
        List<String> raised = new ArrayList<>(before == null ? List.of() : before.raisedBy());
        raised.add(raisedBy.toString());
        Decision decision = new Decision(id, question, options, fallback, answers.to(id), raised);
        decisions.put(id, decision);
        return decision.chosen();
    }

    /** What the user has answered, whether or not it has been asked. */
    Optional<String> answered(String id) {
        return answers.to(id);
    }

    /** Refuses something by name: nothing is done about it but by the user. */
    void refuse(String id, String question, String rule, String note, Field field) {
        ask(id, question, Draft.options("leave", "it is left out of the move; you see to it yourself"), field);
        field.decision(rule, id, note);
    }

    /** A variable whose value the user writes into secrets.yml. */
    void fill(String app, String variable, String origin) {
        toFill.computeIfAbsent(app, name -> new TreeMap<>())
                .computeIfAbsent(origin, name -> new TreeSet<>())
                .add(variable);
    }

    private void filled() {
        toFill.forEach((app, origins) -> origins.forEach((origin, variables) -> changed(
                app,
                "write into secrets.yml before `landfall apply`, from " + origin + ": "
                        + String.join(", ", variables))));
    }

    void lost(String subject, String what, String advice) {
        findings.add(new Finding.Lost(subject, what, advice));
    }

    void changed(String subject, String what) {
        findings.add(new Finding.Changed(subject, what));
    }

    void rewritten(String app, String variable, String before, String after) {
        findings.add(new Finding.Rewritten(app, variable, before, after));
    }

    /** The variables that Kubernetes sets for Services: made once, for thousands of containers. */
    ServiceVariables serviceVariables() {
        if (serviceVariables == null) {
            serviceVariables = new ServiceVariables(this);
        }
        return serviceVariables;
    }

    /** The app that a Service leads to: of several in one pod the one with the Service's port. */
    Optional<AppDraft> appOf(Field service) {
        Set<KubeObject> pods = index.selectedBy(service);
        if (pods.isEmpty()) {
            return Optional.empty();
        }
        List<AppDraft> selected =
                apps.values().stream().filter(app -> app.runsAny(pods)).toList();
        return selected.stream()
                .filter(app -> selected.size() > 1 && Index.leadsTo(service, app.container))
                .findFirst()
                .or(() -> selected.stream().findFirst());
    }

    /** The app that a workload is, or is a process type of. */
    Optional<AppDraft> appRunning(String kind, String workload) {
        return apps.values().stream()
                .filter(app -> app.all().stream()
                        .anyMatch(process -> process.workload.object().kind().equals(kind)
                                && process.workload.object().name().equals(workload)))
                .findFirst();
    }

    Optional<ServiceDraft> databaseOf(Field service) {
        Set<KubeObject> selected = index.selectedBy(service);
        return services.stream()
                .filter(database -> database.operator.isPresent()
                        ? service.at("spec", "selector", database.operator.get().clusterLabel())
                                .is(database.workload.object().name())
                        : selected.contains(database.workload.object()))
                .findFirst();
    }

    boolean isKept(Field service) {
        Set<KubeObject> selected = index.selectedBy(service);
        return kept.stream().anyMatch(workload -> selected.contains(workload.object()));
    }

    Target finish() {
        filled();
        return new Target(
                move,
                namespace,
                apps.values().stream().map(AppDraft::finish).toList(),
                services.stream().map(ServiceDraft::finish).toList(),
                List.copyOf(entries.values()),
                List.copyOf(networks),
                List.copyOf(decisions.values()),
                List.copyOf(findings));
    }
}
