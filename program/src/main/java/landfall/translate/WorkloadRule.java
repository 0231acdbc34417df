package landfall.translate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import landfall.target.Place;

/** Deployments and StatefulSets that run an app: the app, its scale, its container. */
final class WorkloadRule {
    private static final String RULE = "Workload.";

    private WorkloadRule() {}

    static void apply(Draft draft, AppDraft app) {
        Field workload = app.workload;
        MetadataRule.apply(workload);
        workload.at("metadata", "name").carried(RULE + "name", Place.task(app.name, "app"));
        strategy(draft, app);
        replicas(app);
        Field spec = workload.at("spec");
        spec.at("selector").irrelevant(RULE + "selector", "finds the pods of the cluster");
        spec.at("revisionHistoryLimit")
                .irrelevant(
                        RULE + "revisionHistoryLimit", "old ReplicaSets; on Dokku an earlier image is deployed again");
        spec.at("progressDeadlineSeconds")
                .satisfied(RULE + "progressDeadlineSeconds", "a deploy whose checks fail ends and the old one stays");
        spec.at("minReadySeconds")
                .satisfied(RULE + "minReadySeconds", "Dokku waits for its checks before traffic comes");
        spec.at("serviceName").irrelevant(RULE + "serviceName", "names pods one by one; Dokku names process types");
        spec.at("podManagementPolicy").irrelevant(RULE + "podManagementPolicy", "the order in which pods are made");
        spec.at("persistentVolumeClaimRetentionPolicy")
                .satisfied(
                        RULE + "persistentVolumeClaimRetentionPolicy", "entries stay until they are removed by hand");
        if (spec.at("paused").is("false")) {
            spec.at("paused").irrelevant(RULE + "paused", "rollouts go on");
        }
        Field pod = spec.at("template", "spec");
        PodRule.common(spec.at("template"), app.name);
        PodRule.app(draft, app, pod);
        container(draft, app, pod);
    }

    private static void strategy(Draft draft, AppDraft app) {
        for (String name : List.of("strategy", "updateStrategy")) {
            Field strategy = app.workload.at("spec", name);
            if (strategy.at("type").is("Recreate")) {
                draft.ask(
                        "overlap-" + app.name,
                        app.name + " must not run twice at once (strategy Recreate), but Dokku starts the new"
                                + " container before it stops the old one.",
                        Draft.options("overlap", "that is fine", "by-hand", "I stop the app before I deploy it"),
                        strategy.at("type"));
                strategy.at("type")
                        .decision(RULE + name, "overlap-" + app.name, "Dokku's deploys overlap for some seconds");
            } else {
                strategy.satisfied(RULE + name, "Dokku starts the new container, checks it, then stops the old one");
            }
        }
    }

    private static void replicas(AppDraft app) {
        Field replicas = app.workload.at("spec", "replicas");
        app.processes = replicas.number().orElse(1);
        replicas.carried(RULE + "replicas", Place.task(app.name, "scale", "web"));
    }

    private static void container(Draft draft, AppDraft app, Field pod) {
        Field container = app.container;
        container.at("name").adapted("Container.name", Place.task(app.name, "scale", "web"), "the process type web");
        container.at("image").carried("Container.image", Place.appFile(app.name, "Dockerfile:1"));
        container
                .at("imagePullPolicy")
                .satisfied("Container.imagePullPolicy", "pulled when it is deployed; a moving tag needs a new deploy");
        command(draft, app);
        SecurityRule.apply(draft, app, pod);
        ProbeRule.apply(draft, app);
        ResourceRule.apply(draft, app);
        VolumeRule.apply(draft, app, pod);
        for (Field port : container.at("ports").items()) {
            port(draft, app, port);
        }
        for (String path : List.of("terminationMessagePath", "terminationMessagePolicy")) {
            container.at(path).irrelevant("Container." + path, "where the cluster looks for last words");
        }
        for (String terminal : List.of("stdin", "tty")) {
            if (container.at(terminal).is("true")) {
                app.dockerOptions.add(terminal.equals("tty") ? "-t" : "-i");
                container.at(terminal).carried("Container." + terminal, Place.task(app.name, "docker-options"));
            } else {
                container.at(terminal).satisfied("Container." + terminal, "Docker's default");
            }
        }
        for (String list : List.of("args", "command", "ports", "volumeMounts")) {
            if (container.at(list).items().isEmpty()) {
                container.at(list).irrelevant("Container." + list, "empty");
            }
        }
        preStop(draft, app);
    }

    private static void command(Draft draft, AppDraft app) {
        String dockerfile = Place.appFile(app.name, "Dockerfile");
        for (String part : List.of("command", "args")) {
            for (Field word : app.container.at(part).items()) {
                String text = EnvironmentRule.expand(word.text(""), app.variables);
                boolean secret = app.variables.values().stream()
                        .filter(AppDraft.Variable::sensitive)
                        .anyMatch(variable -> word.text("").contains("$(" + variable.name() + ")"));
                if (secret) {
                    draft.refuse(
                            "command-" + app.name,
                            "The command of " + app.name + " contains a secret, which would stand in its Dockerfile.",
                            "Container." + part,
                            "a secret in a command line",
                            word);
                } else {
                    (part.equals("command") ? app.entrypoint : app.arguments).add(text);
                    word.carried("Container." + part, dockerfile);
                }
            }
        }
        Field folder = app.container.at("workingDir");
        app.workingDirectory = folder.text();
        folder.carried("Container.workingDir", dockerfile);
    }

    private static void port(Draft draft, AppDraft app, Field port) {
        port.at("name").irrelevant("Container.ports.name", "Services and probes name it; resolved to its number");
        Optional<Integer> number = port.at("containerPort").number();
        if (port.at("protocol").exists() && !port.at("protocol").is("TCP")) {
            draft.lost(
                    app.name,
                    "port " + port.at("containerPort").text("") + "/"
                            + port.at("protocol").text("") + ": Dokku's proxy serves HTTP only",
                    "publish it with a docker option (-p) yourself");
            port.at("containerPort").lost("Container.ports.protocol", "Dokku's proxy serves HTTP only");
            port.at("protocol").lost("Container.ports.protocol", "Dokku's proxy serves HTTP only");
            return;
        }
        port.at("protocol").satisfied("Container.ports.protocol", "TCP");
        if (number.isPresent()) {
            port.at("containerPort").carried("Container.ports.containerPort", Place.task(app.name, "ports"));
        }
        Field hostPort = port.at("hostPort");
        if (hostPort.exists()) {
            draft.refuse(
                    "host-port-" + app.name,
                    app.name + " takes a port of its node for itself.",
                    "Container.ports.hostPort",
                    "not published; Services are",
                    hostPort);
        }
    }

    private static void preStop(Draft draft, AppDraft app) {
        Field lifecycle = app.container.at("lifecycle");
        if (lifecycle.exists()) {
            lifecycle.lost("Container.lifecycle", "Dokku has no hooks around a container's life");
            draft.lost(
                    app.name,
                    "lifecycle hooks ("
                            + String.join(
                                    ", ",
                                    Map.copyOf(lifecycle.entries()).keySet().stream()
                                            .sorted()
                                            .toList()) + ")",
                    "let the app do it itself on SIGTERM; a sleep before it is not needed: nginx has let go by then");
        }
    }
}
