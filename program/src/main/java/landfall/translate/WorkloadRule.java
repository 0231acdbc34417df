package landfall.translate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import landfall.kube.FieldPath;
import landfall.target.Place;
import landfall.target.TargetApp;

/** Whatever keeps an app's pods running: the app, its scale, its container. */
final class WorkloadRule {
    private static final String RULE = "Workload.";

    private WorkloadRule() {}

    static void apply(Draft draft, AppDraft app) {
        Field workload = app.workload;
        MetadataRule.apply(workload);
        name(app);
        strategy(draft, app);
        replicas(draft, app);
        Field spec = workload.at("spec");
        spec.at("selector").irrelevant(RULE + "selector", "finds the pods of the cluster");
        spec.at("revisionHistoryLimit")
                .irrelevant(
                        RULE + "revisionHistoryLimit", "old ReplicaSets; on Dokku an earlier image is deployed again");
        spec.at("progressDeadlineSeconds")
                .satisfied(RULE + "progressDeadlineSeconds", "a deploy whose checks fail ends and the old one stays");
        spec.at("serviceName").irrelevant(RULE + "serviceName", "names pods one by one; Dokku names process types");
        spec.at("podManagementPolicy").irrelevant(RULE + "podManagementPolicy", "the order in which pods are made");
        spec.at("persistentVolumeClaimRetentionPolicy")
                .satisfied(
                        RULE + "persistentVolumeClaimRetentionPolicy", "entries stay until they are removed by hand");
        if (spec.at("paused").is("false")) {
            spec.at("paused").irrelevant(RULE + "paused", "rollouts go on");
        }
        Field template = Index.podTemplate(workload);
        Field pod = template.at("spec");
        PodRule.common(template, app.name);
        PodRule.app(draft, app, pod);
        container(draft, app, pod);
        readyAfter(app);
        if (KnativeRule.is(workload)) {
            KnativeRule.apply(draft, app);
        }
    }

    private static void name(AppDraft app) {
        Field name = app.workload.at("metadata", "name");
        String to = Place.task(app.name, "app");
        if (app.isMember) {
            name.adapted(RULE + "name", to, "the process type " + app.process + " of " + app.name);
        } else if (name.is(app.name)) {
            name.carried(RULE + "name", to);
        } else {
            name.adapted(RULE + "name", to, "the app is called " + app.name);
        }
    }

    /** Containers of one app must not overlap where the cluster ended the old pod before it started the new one. */
    private static void strategy(Draft draft, AppDraft app) {
        Field deployment = app.workload.at("spec", "strategy");
        Field update = app.workload.at("spec", "updateStrategy");
        if (deployment.at("type").is("Recreate")) {
            stopFirst(draft, app, deployment.at("type"), "strategy Recreate");
            deployment.at("rollingUpdate").irrelevant(RULE + "strategy", "Recreate has no steps");
        } else {
            deployment.satisfied(
                    RULE + "strategy", "Dokku starts the new container, checks it, then stops the old one");
        }
        boolean keepsFiles = app.workload.object().kind().equals("StatefulSet")
                && !(app.workload.at("spec", "volumeClaimTemplates").items().isEmpty()
                        && Index.pod(app.workload).at("volumes").items().stream()
                                .noneMatch(volume ->
                                        volume.at("persistentVolumeClaim").exists()));
        if (keepsFiles) {
            stopFirst(draft, app, app.workload.at("spec", "replicas"), "a StatefulSet with files");
        }
        if (update.at("type").is("OnDelete")) {
            update.satisfied(RULE + "updateStrategy", "on Dokku too nothing is replaced until you deploy");
        } else {
            update.satisfied(RULE + "updateStrategy", "a deploy replaces the containers one after the other");
        }
    }

    private static void stopFirst(Draft draft, AppDraft app, Field raisedBy, String why) {
        String id = "overlap-" + app.name;
        Optional<String> answer = draft.decide(
                id,
                app.name + " must not run twice at once (" + why + "). Dokku starts the new container before it stops"
                        + " the old one, unless its checks are off.",
                Draft.options(
                        "stop-first", "checks are off: each deploy has a gap, and is not checked",
                        "overlap", "old and new run together for some seconds; deploys are checked"),
                Optional.of("stop-first"),
                raisedBy);
        app.stopsFirst = answer.filter("stop-first"::equals).isPresent();
        if (!raisedBy.path().endsWith(FieldPath.keys("replicas"))) {
            raisedBy.decision(RULE + "strategy", id, "checks off at deploys, or an overlap of some seconds");
        }
    }

    private static void replicas(Draft draft, AppDraft app) {
        Field replicas = app.workload.at("spec", "replicas");
        switch (app.workload.object().kind()) {
            case "CronJob" -> app.processes = 0;
            case "DaemonSet" ->
                draft.changed(app.name, "ran once on each node (DaemonSet); on the Dokku host it runs once");
            default -> app.processes = replicas.number().orElse(1);
        }
        replicas.carried(RULE + "replicas", app.scalePlace());
        if (replicas.is("0")) {
            draft.changed(
                    app.name,
                    app.process + " is scaled to 0 today and stays so: `dokku ps:scale " + app.name + " " + app.process
                            + "=1` starts it");
        }
    }

    /** Dokku calls a container good as soon as its checks pass; one on its uptime makes it wait as the cluster did. */
    private static void readyAfter(AppDraft app) {
        Field seconds = app.workload.at("spec", "minReadySeconds");
        int uptime = seconds.number().orElse(0);
        if (uptime == 0) {
            seconds.satisfied(RULE + "minReadySeconds", "Dokku waits for its checks before traffic comes");
            return;
        }
        Map<String, Object> check = new LinkedHashMap<>();
        check.put("type", "startup");
        check.put("name", "ready");
        check.put("uptime", uptime);
        app.checks.add(new TargetApp.Check(check));
        seconds.adapted(
                RULE + "minReadySeconds",
                Place.appFile(app.name, "app.json"),
                "a check on the container's uptime, before traffic comes");
    }

    private static void container(Draft draft, AppDraft app, Field pod) {
        Field container = app.container;
        container.at("name").adapted("Container.name", app.scalePlace(), "the process type " + app.process);
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
                draft.changed(
                        app.name,
                        (terminal.equals("tty") ? "has a terminal (tty)" : "has its standard input open (stdin)")
                                + " today: a program that reads it ends at once when it is closed, so the docker option "
                                + (terminal.equals("tty") ? "-t" : "-i") + " keeps it");
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
        String to = app.commandPlace();
        for (String part : List.of("command", "args")) {
            for (Field word : app.container.at(part).items()) {
                String text = EnvironmentRule.expand(word.text(""), app.variables);
                boolean secret = app.variables.values().stream()
                        .filter(AppDraft.Variable::sensitive)
                        .anyMatch(variable -> word.text("").contains("$(" + variable.name() + ")"));
                if (secret) {
                    draft.refuse(
                            "command-" + app.name,
                            "The command of " + app.name + " contains a secret, which would stand in its app folder.",
                            "Container." + part,
                            "a secret in a command line",
                            word);
                } else {
                    (part.equals("command") ? app.entrypoint : app.arguments).add(text);
                    word.carried("Container." + part, to);
                }
            }
        }
        Field folder = app.container.at("workingDir");
        app.workingDirectory = folder.text();
        folder.carried("Container.workingDir", Place.appFile(app.name, "Dockerfile"));
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
