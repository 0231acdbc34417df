package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import landfall.target.Place;
import landfall.translate.AppDraft.Variable;

/**
 * A command that runs to its end in an app's image, with the app's environment and files: a cron task, a step before a
 * deploy. Settles the container it stood in.
 */
final class OneOff {
    private final Draft draft;
    private final AppDraft app;
    private final Field container;
    private final String subject;
    private final String id;
    private final String place;

    /**
     * @param subject {@code CronJob/x}, as messages name it
     * @param id the end of the ids of its decisions
     * @param place where the command goes
     */
    OneOff(Draft draft, AppDraft app, Field container, String subject, String id, String place) {
        this.draft = draft;
        this.app = app;
        this.container = container;
        this.subject = subject;
        this.id = id;
        this.place = place;
    }

    /** True if the app has the image, the settings and the files that the container has. */
    static boolean fits(AppDraft app, Field workload, Field container) {
        if (!container.at("image").is(app.image)) {
            return false;
        }
        return hasSettings(app, container) && hasFiles(app, workload, container);
    }

    private static boolean hasSettings(AppDraft app, Field container) {
        Set<String> own = shapes(app.container.at("env"));
        Set<String> sets = shapes(app.container.at("envFrom"));
        return container.at("envFrom").items().stream().allMatch(from -> sets.contains(Shape.of(from)))
                && container.at("env").items().stream().allMatch(one -> own.contains(Shape.of(one)) || isLiteral(one));
    }

    private static Set<String> shapes(Field list) {
        return list.items().stream().map(Shape::of).collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean isLiteral(Field variable) {
        return variable.at("value").exists()
                && !EnvironmentRule.isSensitive(
                        variable.at("name").text(""), variable.at("value").text(""));
    }

    private static boolean hasFiles(AppDraft app, Field workload, Field container) {
        Map<String, String> files = ProcessTypes.volumes(new ProcessTypes.Running(app.workload, app.container));
        return ProcessTypes.volumes(new ProcessTypes.Running(workload, container)).entrySet().stream()
                .allMatch(entry -> entry.getValue().startsWith("emptyDir")
                        || entry.getValue().equals(files.get(entry.getKey())));
    }

    /** True for an app that is there for this command alone. */
    private boolean isOfApp() {
        return container.object().equals(app.container.object())
                && container.path().equals(app.container.path());
    }

    /** The command's words; empty if the container has none of its own and runs what the image says. */
    List<String> words() {
        List<String> words = new ArrayList<>();
        if (!isOfApp()) {
            settle();
            variables().forEach((name, value) -> words.add(name + "=" + value));
            if (!words.isEmpty()) {
                words.addFirst("env");
            }
        }
        int before = words.size();
        for (String part : List.of("command", "args")) {
            for (Field word : container.at(part).items()) {
                words.add(EnvironmentRule.expand(word.text(""), app.variables));
                word.carried("Container." + part, place);
            }
        }
        if (words.size() == before) {
            return List.of();
        }
        entrypoint();
        return words;
    }

    private void settle() {
        String note = "runs in a container of the app's own image";
        container.at("name").irrelevant("Container.name", "a name inside the pod");
        container.at("image").carried("Container.image", Place.appFile(app.name, "Dockerfile:1"), note);
        container.at("imagePullPolicy").satisfied("Container.imagePullPolicy", note);
        container.at("workingDir").satisfied("Container.workingDir", "the app's own");
        container
                .at("resources")
                .adapted("Container.resources", Place.task(app.name, app.processTask("limit")), "bounded like the app");
        String files = "the app's own files are mounted there too, or its image's";
        container.at("volumeMounts").satisfied("Container.volumeMounts", files);
        for (String security : List.of("securityContext", "stdin", "tty", "ports", "lifecycle")) {
            Field field = container.at(security);
            if (Shape.same(field, app.container.at(security))) {
                field.satisfied("Container." + security, "as the app has it");
            } else if (field.exists()) {
                field.satisfied("Container." + security, "runs as the app does, in its container's terms");
            }
        }
    }

    /** Variables that the app doesn't have, or with other values, as far as a command line may hold them. */
    private Map<String, String> variables() {
        return hasSettings(app, container) ? literals() : resolved();
    }

    /** What stands in the app's own pod template too is read there. */
    private Map<String, String> literals() {
        Set<String> own = shapes(app.container.at("env"));
        Map<String, String> others = new TreeMap<>();
        String config = Place.task(app.name, "config");
        container.at("envFrom").items().forEach(from -> from.carried("Container.envFrom", config, "the app's own"));
        for (Field variable : container.at("env").items()) {
            String name = variable.at("name").text("");
            if (own.contains(Shape.of(variable))) {
                variable.carried("Container.env", config + "/" + name, "the app's own");
            } else {
                others.put(name, EnvironmentRule.expand(variable.at("value").text(""), app.variables));
                variable.adapted("Container.env", place, "set before the command");
            }
        }
        return others;
    }

    private Map<String, String> resolved() {
        Map<String, String> others = new TreeMap<>();
        Map<String, Variable> variables = EnvironmentRule.resolve(draft, container, id, Place.task(app.name, "config"));
        for (Variable variable : variables.values()) {
            Variable ofApp = app.variables.get(variable.name());
            if (ofApp != null && ofApp.value().equals(variable.value())) {
                variable.sources()
                        .forEach(leaf -> leaf.carried(
                                "Container.env", Place.task(app.name, "config", variable.name()), "the app's own"));
            } else if (!variable.sensitive() && !variable.value().contains("\n")) {
                others.put(variable.name(), variable.value());
                variable.sources().forEach(leaf -> leaf.adapted("Container.env", place, "set before the command"));
            } else {
                ask(variable);
            }
        }
        return others;
    }

    private void ask(Variable variable) {
        String decision = "cron-variables-" + id;
        draft.ask(
                decision,
                subject + " sets variables that " + app.name
                        + " doesn't have, or with other values; on Dokku it runs with the app's.",
                Draft.options("app", "that is fine"),
                variable.sources().isEmpty()
                        ? container.at("env")
                        : variable.sources().getFirst());
        variable.sources().forEach(leaf -> leaf.decision("Container.env", decision, "the app's environment holds"));
    }

    /** Dokku gives the command to the image's ENTRYPOINT, which the app's Dockerfile takes away if it knows better. */
    private void entrypoint() {
        boolean hasCommand = !container.at("command").items().isEmpty();
        boolean appHasCommand = !app.container.at("command").items().isEmpty();
        if (isOfApp() || hasCommand == appHasCommand) {
            return;
        }
        if (hasCommand) {
            draft.decide(
                    "cron-command-" + id,
                    subject + " replaces the image's ENTRYPOINT. On Dokku an ENTRYPOINT stays and gets the command as"
                            + " its arguments.",
                    Draft.options(
                            "as-is",
                            "the image has none, or one that runs its arguments",
                            "by-hand",
                            "I change the command in app.json (" + place + ")"),
                    Optional.of("as-is"),
                    container.at("command"));
        } else {
            draft.ask(
                    "cron-command-" + id,
                    subject + " gives arguments to the image's ENTRYPOINT, which " + app.name
                            + " replaces. What does the ENTRYPOINT run?",
                    Draft.options("by-hand", "I put it before the command in app.json (" + place + ")"),
                    container.at("args"));
        }
    }
}
