package landfall.translate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which workloads are services of the move: patches without an image, tests, shells that people enter, agents of nodes
 * and parts of the cluster itself are none, and are settled here.
 */
final class RosterRule {
    private static final String RULE = "Workload.";

    /** Does nothing but wait for somebody to enter it. */
    private static final Pattern IDLE = Pattern.compile(
            "(?s)\\s*(/?(usr/)?bin/)?((ba|da|a)?sh\\s+-\\S*c\\s+)?((sleep\\s+(infinity|inf|\\d{3,}\\S*))"
                    + "|(tail\\s+-f\\s+/dev/null)|(while\\s+(true|:|sleep[^;]*);?\\s*do\\s+(sleep\\s+\\S+|:)[;\\s]*done)"
                    + "|(trap\\s.*sleep\\s.*))\\s*");

    private RosterRule() {}

    /** The container that is the service, or nothing where the workload is settled already. */
    static Optional<Field> main(Draft draft, Field workload) {
        Optional<Field> main = ContainerRole.main(draft.index, workload);
        if (main.isEmpty()) {
            incomplete(draft, workload);
            return Optional.empty();
        }
        if (isTest(workload)) {
            MetadataRule.apply(workload);
            settleAll(workload, "Workload.test", "a test that Helm runs after an installation, no part of the service");
            return Optional.empty();
        }
        Field container = main.get();
        ContainerRole role = ContainerRole.of(container);
        if (role.isOfTheCluster(workload)) {
            ClusterPartRule.apply(draft, workload, role);
            return Optional.empty();
        }
        if (workload.object().kind().equals("Pod") && !isService(draft, workload, container)) {
            return Optional.empty();
        }
        if (isIdle(container)) {
            boolean taken = ask(
                    draft,
                    workload,
                    "shell-",
                    " runs nothing: it waits for somebody to enter it (" + command(container) + ").",
                    "leave",
                    "it goes nowhere: on Dokku, `dokku enter` and `dokku run` do the same");
            return taken ? main : Optional.empty();
        }
        if (workload.object().kind().equals("DaemonSet") && ContainerRole.looksIntoNodes(workload) && reads(workload)) {
            boolean taken = ask(
                    draft,
                    workload,
                    "node-agent-",
                    " runs on every node and looks into it (paths or processes of the host): is it part of the"
                            + " service?",
                    "",
                    "it stays with the cluster");
            return taken ? main : Optional.empty();
        }
        return main;
    }

    /** A bare Pod is an app if it is to keep running, else a task that somebody started once. */
    private static boolean isService(Draft draft, Field pod, Field container) {
        String policy = pod.at("spec", "restartPolicy").text("Always");
        if (policy.equals("Always") || (ContainerRole.isDatabase(container) && !isIdle(container))) {
            return true;
        }
        return ask(
                draft,
                pod,
                "pod-",
                " runs once (restartPolicy " + policy + "): is it part of the service?",
                "leave",
                "it goes nowhere: it has run");
    }

    /** True if the user wants it as an app; else all of it is settled. */
    private static boolean ask(
            Draft draft, Field workload, String prefix, String question, String fallback, String leave) {
        String id = prefix + AppName.of(workload.object().name(), "app");
        Optional<String> answer = draft.decide(
                id,
                workload.object().shortName() + question,
                Draft.options("leave", leave, "app", "it becomes an app all the same"),
                Optional.of(fallback).filter(text -> !text.isEmpty()),
                workload.at("metadata", "name"));
        if (answer.filter("app"::equals).isPresent()) {
            return true;
        }
        MetadataRule.apply(workload);
        workload.at("metadata", "name").decision(RULE + "left", id, leave);
        workload.at("spec").decision(RULE + "left", id, leave);
        draft.left.put(workload.object(), leave);
        return false;
    }

    private static boolean reads(Field workload) {
        return Index.pod(workload).at("hostPID").is("true")
                || Index.pod(workload).at("volumes").items().stream()
                        .anyMatch(volume -> volume.at("hostPath").exists());
    }

    static boolean isIdle(Field container) {
        String command = command(container);
        return !command.isBlank() && IDLE.matcher(command).matches();
    }

    static String command(Field container) {
        return (String.join(" ", container.at("command").texts()) + " "
                        + String.join(" ", container.at("args").texts()))
                .strip();
    }

    private static boolean isTest(Field workload) {
        Field hook = workload.at("metadata", "annotations", "helm.sh/hook");
        return List.of(hook.text("").split(",")).stream()
                .anyMatch(name -> name.strip().startsWith("test"));
    }

    /** A kustomize patch or a template's leftover: no object that a cluster would take. */
    private static void incomplete(Draft draft, Field workload) {
        MetadataRule.apply(workload);
        String id = "incomplete-" + workload.object().kind().toLowerCase(Locale.ROOT) + "-"
                + AppName.of(workload.object().name(), "unnamed");
        draft.ask(
                id,
                workload.object().shortName() + " names no image ("
                        + workload.object().file() + ":"
                        + workload.object().line() + "): it looks like a patch for kustomize. Plan from rendered"
                        + " manifests: `kubectl kustomize DIR | landfall plan -`.",
                Draft.options("leave", "it is left out of the move"),
                workload.at("metadata", "name").exists() ? workload.at("metadata", "name") : workload.at("kind"));
        workload.at("metadata", "name").decision(RULE + "incomplete", id, "no container with an image");
        workload.at("spec").decision(RULE + "incomplete", id, "no container with an image");
        draft.left.put(workload.object(), "it names no image");
    }

    static void settleAll(Field workload, String rule, String note) {
        workload.at("metadata", "name").irrelevant(rule, note);
        workload.at("spec").irrelevant(rule, note);
    }
}
