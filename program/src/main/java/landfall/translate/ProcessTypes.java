package landfall.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes apps of what runs: containers of one image and one environment become process types of one app, the one that
 * Services lead to its {@code web}. Each must have its whole command in the manifests, since a Procfile needs it, and no
 * {@code $}, which Dokku would expand there.
 */
final class ProcessTypes {
    private static final Set<String> RESERVED = Set.of("web", "release", "cron", "run");

    private final Draft draft;
    private final List<Running> mains = new ArrayList<>();
    private final Map<Running, List<Running>> members = new TreeMap<>(Running.BY_NAME);

    private ProcessTypes(Draft draft) {
        this.draft = draft;
    }

    /** A container that keeps running, and what it belongs to. */
    record Running(Field workload, Field container) {
        static final Comparator<Running> BY_NAME = Comparator.comparing(
                        (Running process) -> process.workload.object().name())
                .thenComparing(process -> process.workload.object().kind())
                .thenComparing(process -> process.container.path().toString());

        String name() {
            return workload.object().name();
        }

        String image() {
            return container.at("image").text("");
        }

        Field pod() {
            return Index.pod(workload);
        }
    }

    /** Puts an app for each group of processes into the draft, by name. */
    static void form(Draft draft, List<Running> running) {
        ProcessTypes types = new ProcessTypes(draft);
        List<Running> all = running.stream().sorted(Running.BY_NAME).toList();
        List<Running> reached = all.stream().filter(types::isReached).toList();
        reached.forEach(types::add);
        all.stream().filter(process -> !reached.contains(process)).forEach(types::place);
        for (Running main : all) {
            for (Field container : main.pod().at("containers").items()) {
                Running beside = new Running(main.workload, container);
                if (beside.equals(main)) {
                    continue;
                }
                if (joins(main, beside)) {
                    types.beside(main, beside);
                } else if (SidecarRule.isOwnApp(draft, main, container)) {
                    types.add(beside);
                }
            }
        }
        types.mains.stream().sorted(Running.BY_NAME).forEach(main -> types.app(main, reached.contains(main)));
    }

    private void add(Running main) {
        mains.add(main);
        members.put(main, new ArrayList<>());
    }

    private boolean isReached(Running process) {
        return process.workload.object().kind().equals("Service")
                || !draft.index.servicesOf(process.workload).isEmpty();
    }

    /** The app whose name it bears goes first: {@code shop-worker} belongs to {@code shop} rather than to {@code api}. */
    private void place(Running process) {
        Optional<Running> main = mains.stream()
                .filter(candidate -> joins(candidate, process))
                .min(Comparator.comparing((Running candidate) -> !process.name().startsWith(candidate.name() + "-"))
                        .thenComparing(Running.BY_NAME))
                .filter(candidate -> isWanted(candidate, process));
        main.ifPresentOrElse(found -> Objects.requireNonNull(members.get(found)).add(process), () -> add(process));
    }

    /** A container beside the main one of its pod goes where that went. */
    private void beside(Running main, Running beside) {
        Running home = mains.stream()
                .filter(candidate -> candidate.equals(main)
                        || Objects.requireNonNull(members.get(candidate)).contains(main))
                .findFirst()
                .orElse(main);
        if (isWanted(home, beside)) {
            Objects.requireNonNull(members.get(home)).add(beside);
        }
    }

    private boolean isWanted(Running main, Running process) {
        String app = AppName.of(main.name(), "app");
        Optional<String> answer = draft.decide(
                "processes-" + app,
                "Several workloads run the image of " + app + " with the same settings. They become process types of"
                        + " one app, deployed together and scaled one by one.",
                Draft.options("join", "one app with a Procfile", "separate", "an app each, deployed one by one"),
                Optional.of("join"),
                process.container.at("image"));
        return answer.filter("join"::equals).isPresent();
    }

    private static boolean joins(Running one, Running other) {
        return one.image().equals(other.image())
                && !one.image().isEmpty()
                && !ContainerRole.isDatabase(one.container)
                && hasWholeCommand(one, other)
                && sameEnvironment(one.container, other.container)
                && Stream.of("securityContext", "workingDir", "stdin", "tty")
                        .allMatch(field -> Shape.same(one.container.at(field), other.container.at(field)))
                && Stream.of("securityContext", "hostNetwork", "hostPID", "hostIPC", "hostAliases", "dnsConfig")
                        .allMatch(field ->
                                Shape.same(one.pod().at(field), other.pod().at(field)))
                && sameVolumes(one, other);
    }

    private static boolean hasWholeCommand(Running one, Running other) {
        boolean bothCommands = isGiven(one, "command") && isGiven(other, "command");
        boolean bothArguments = !isGiven(one, "command")
                && !isGiven(other, "command")
                && isGiven(one, "args")
                && isGiven(other, "args");
        return (bothCommands || bothArguments) && isPlain(one) && isPlain(other);
    }

    private static boolean isGiven(Running process, String part) {
        return !process.container.at(part).items().isEmpty();
    }

    private static boolean isPlain(Running process) {
        return Stream.concat(
                        process.container.at("command").texts().stream(), process.container.at("args").texts().stream())
                .noneMatch(word -> word.contains("$") || word.contains("\n"));
    }

    private static boolean sameEnvironment(Field one, Field other) {
        return Shape.same(one.at("envFrom"), other.at("envFrom"))
                && environment(one).equals(environment(other));
    }

    private static Set<String> environment(Field container) {
        return container.at("env").items().stream().map(Shape::of).collect(Collectors.toCollection(TreeSet::new));
    }

    /** What both have at one path must be the same volume; one that only one of them has does the other no harm. */
    private static boolean sameVolumes(Running one, Running other) {
        if (!one.workload.at("spec", "volumeClaimTemplates").items().isEmpty()
                || !other.workload.at("spec", "volumeClaimTemplates").items().isEmpty()) {
            return one.workload.equals(other.workload);
        }
        Map<String, String> first = volumes(one);
        return volumes(other).entrySet().stream()
                .allMatch(entry ->
                        first.getOrDefault(entry.getKey(), entry.getValue()).equals(entry.getValue()));
    }

    /** What is mounted where: path to the volume's source. */
    static Map<String, String> volumes(Running process) {
        Map<String, String> volumes = new TreeMap<>();
        for (Field mount : process.container.at("volumeMounts").items()) {
            String source = process.pod().at("volumes").items().stream()
                    .filter(volume -> volume.at("name").is(mount.at("name").text("")))
                    .map(volume -> volume.entries().entrySet().stream()
                            .filter(entry -> !entry.getKey().equals("name"))
                            .map(entry -> entry.getKey() + Shape.of(entry.getValue()))
                            .collect(Collectors.joining()))
                    .findFirst()
                    .orElse("");
            volumes.put(
                    mount.at("mountPath").text(""), source + mount.at("subPath").text(""));
        }
        return volumes;
    }

    private void app(Running main, boolean isReached) {
        List<Running> others = Objects.requireNonNull(members.get(main));
        boolean isWeb = isReached || others.isEmpty();
        boolean isBeside = !main.container
                .path()
                .equals(ContainerRole.main(draft.index, main.workload)
                        .orElse(main.container)
                        .path());
        String own = isBeside ? main.name() + "-" + main.container.at("name").text("") : main.name();
        String wanted = isWeb ? own : together(main, others);
        String name = AppName.free(draft, wanted, main.workload.object().kind());
        AppDraft app = new AppDraft(name, main.workload, main.container, main.image());
        Set<String> taken = new HashSet<>(RESERVED);
        app.process = isWeb ? "web" : processName(name, main, main, taken);
        for (Running other : others) {
            AppDraft member = new AppDraft(name, other.workload, other.container, other.image());
            member.isMember = true;
            member.process = processName(name, main, other, taken);
            app.members.add(member);
        }
        draft.apps.put(name, app);
    }

    /** What the names of an app's workloads begin with alike, dash by dash: {@code mail-worker}, {@code mail-beat}. */
    private static String together(Running main, List<Running> others) {
        String[] words = main.name().split("-", -1);
        for (int length = words.length; length > 0; length--) {
            String prefix = String.join("-", List.of(words).subList(0, length));
            if (others.stream().allMatch(other -> (other.name() + "-").startsWith(prefix + "-"))) {
                return prefix;
            }
        }
        return main.name();
    }

    private String processName(String app, Running main, Running process, Set<String> taken) {
        boolean isBeside = (process.workload.equals(main.workload) && !process.equals(main))
                || !process.container.equals(
                        ContainerRole.main(draft.index, process.workload).orElse(process.container));
        String own = isBeside ? process.container.at("name").text("") : process.name();
        String shorter = own.startsWith(app + "-") ? own.substring(app.length() + 1) : own;
        String name = AppName.of(shorter, "worker");
        String free = name;
        for (int i = 2; !taken.add(free); i++) {
            free = name.equals("web") ? AppName.of(own, "worker") + (i > 2 ? "-" + i : "") : name + "-" + i;
        }
        return free;
    }
}
