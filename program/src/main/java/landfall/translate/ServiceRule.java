package landfall.translate;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import landfall.kube.KubeObject;
import landfall.target.Place;
import landfall.target.TargetApp;

/** Service: port mappings and network names; the Services of apps that can run on one side only are bridged. */
final class ServiceRule {
    private static final String RULE = "Service.";

    private ServiceRule() {}

    static void apply(Draft draft, Field service) {
        MetadataRule.apply(service);
        Optional<AppDraft> app = draft.appOf(service);
        Optional<ServiceDraft> database = draft.databaseOf(service);
        Field spec = service.at("spec");
        if (draft.isKept(service)) {
            service.at("metadata", "name").irrelevant(RULE + "kept", "stays on the cluster with what it leads to");
            spec.irrelevant(RULE + "kept", "stays on the cluster with what it leads to");
            return;
        }
        if (app.isEmpty() && database.isEmpty()) {
            nobody(draft, service);
            return;
        }
        for (String field : List.of(
                "clusterIP",
                "clusterIPs",
                "ipFamilies",
                "ipFamilyPolicy",
                "internalTrafficPolicy",
                "externalTrafficPolicy",
                "publishNotReadyAddresses",
                "allocateLoadBalancerNodePorts",
                "loadBalancerClass",
                "healthCheckNodePort")) {
            spec.at(field).irrelevant(RULE + field, "how the cluster routes inside itself");
        }
        if (spec.at("sessionAffinity").is("None")) {
            spec.at("sessionAffinity").irrelevant(RULE + "sessionAffinity", "none was asked for");
        } else if (spec.at("sessionAffinity").exists()) {
            spec.at("sessionAffinity").lost(RULE + "sessionAffinity", "Dokku's nginx has no sticky sessions");
            spec.at("sessionAffinityConfig").lost(RULE + "sessionAffinity", "Dokku's nginx has no sticky sessions");
            draft.lost(service.object().name(), "sticky sessions", "run one process, or keep sessions in Redis");
        }
        if (database.isPresent()) {
            String link = database.get().host();
            service.at("metadata", "name")
                    .adapted(RULE + "name", Place.task(database.get().name, "service"), "reached as " + link);
            spec.at("type").satisfied(RULE + "type", "reached through links");
            spec.at("selector").satisfied(RULE + "selector", "links name the service");
            spec.at("ports").satisfied(RULE + "ports", "linked apps reach it at " + link);
            return;
        }
        ofApp(draft, service, app.get());
        OutsideHosts.settle(draft, service, "kept by the cluster about the pods behind a Service");
    }

    private static void nobody(Draft draft, Field service) {
        Field spec = service.at("spec");
        Optional<Map.Entry<KubeObject, String>> left = draft.left.entrySet().stream()
                .filter(entry -> Index.selects(service, Field.root(draft.book, entry.getKey())))
                .findFirst();
        if (left.isPresent()) {
            String note = "leads to " + left.get().getKey().shortName() + ", which is no part of the move: "
                    + left.get().getValue();
            service.at("metadata", "name").irrelevant(RULE + "left", note);
            spec.irrelevant(RULE + "left", note);
            return;
        }
        Optional<String> outside = OutsideHosts.of(draft, service);
        if (outside.isPresent()) {
            String note = "stands for " + outside.get() + " outside the cluster; apps name that host itself";
            service.at("metadata", "name").adapted(RULE + "outside", Place.settings("apps"), note);
            spec.satisfied(RULE + "outside", note);
            OutsideHosts.settle(draft, service, note);
            return;
        }
        String id = "service-" + service.object().name();
        draft.ask(
                id,
                service.object().shortName() + " sends its traffic to nothing that this move takes along.",
                Draft.options("leave", "it stays on the cluster as it is"),
                spec);
        service.at("metadata", "name").decision(RULE + "nobody", id, "no pods of this move");
        spec.decision(RULE + "nobody", id, "no pods of this move");
        OutsideHosts.settle(draft, service, "kept by the cluster about the pods behind a Service");
    }

    private static void ofApp(Draft draft, Field service, AppDraft app) {
        Field spec = service.at("spec");
        String ports = Place.task(app.name, "ports");
        String name = service.object().name();
        service.at("metadata", "name")
                .adapted(
                        RULE + "name",
                        app.networks.isEmpty() ? ports : Place.task(app.name, "network"),
                        "other apps reach it as " + app.name + ".web");
        spec.at("selector").adapted(RULE + "selector", ports, "its traffic goes to the app " + app.name);
        String type = spec.at("type").text("ClusterIP");
        switch (type) {
            case "NodePort" ->
                spec.at("type").carried(RULE + "type", ports, "the node port answers on the Dokku host too");
            case "LoadBalancer" -> {
                spec.at("type").adapted(RULE + "type", ports, "its ports answer on the Dokku host's own address");
                draft.changed(
                        name, "the load balancer's address goes away with the cluster: point DNS at the Dokku host");
            }
            default ->
                spec.at("type")
                        .satisfied(
                                RULE + "type",
                                spec.at("clusterIP").is("None")
                                        ? "headless: Docker's DNS answers with the app's own processes"
                                        : "Docker's network joins the apps of the host");
        }
        for (Field port : spec.at("ports").items()) {
            port(draft, service, app, port, type);
        }
    }

    private static void port(Draft draft, Field service, AppDraft app, Field port, String type) {
        String ports = Place.task(app.name, "ports");
        int number = port.at("port").number().orElse(80);
        OptionalInt container = app.containerPort(
                ServicePort.target(port).isEmpty() ? String.valueOf(number) : ServicePort.target(port));
        if (container.isEmpty()) {
            draft.refuse(
                    "port-" + service.object().name(),
                    service.object().shortName() + " names a port that the container of " + app.name + " doesn't have.",
                    RULE + "ports.targetPort",
                    "no such port",
                    port);
            return;
        }
        ServicePort kind = ServicePort.of(port);
        boolean isOutside = type.equals("LoadBalancer") || type.equals("NodePort");
        if (!kind.isHttp() && isOutside) {
            publish(draft, service, app, port, kind, container.getAsInt(), type);
            return;
        }
        if (!kind.protocol().equals("TCP")) {
            port.satisfied(
                    RULE + "ports",
                    "inside the host the app is reached at " + app.name + ".web:" + container.getAsInt()
                            + ", by any protocol");
            return;
        }
        Optional<Integer> nodePort = port.at("nodePort").number();
        Optional<Integer> open =
                type.equals("LoadBalancer") && number != 80 && number != 443 ? Optional.of(number) : nodePort;
        open.filter(host -> app.ports.stream().noneMatch(taken -> taken.host() == host))
                .ifPresent(host -> app.ports.add(new TargetApp.Port("http", host, container.getAsInt())));
        if (type.equals("LoadBalancer") && number == 443) {
            tls(draft, service, app);
        }
        port.at("nodePort").carried(RULE + "ports.nodePort", ports);
        port.at("protocol").satisfied(RULE + "ports.protocol", "TCP");
        port.at("appProtocol").irrelevant(RULE + "ports.appProtocol", "a hint for the cluster's proxies");
        port.at("targetPort").carried(RULE + "ports.targetPort", ports);
        String note = "inside the host the app is reached at " + app.name + ".web:" + container.getAsInt();
        port.at("port").adapted(RULE + "ports.port", ports, note);
        if (app.isBridged()) {
            int dokkuPort = open.orElseGet(() -> freePort(draft, app, number, container.getAsInt()));
            String portName = port.at("name").text(String.valueOf(number));
            app.bridges.add(new TargetApp.Bridge(service.object().name(), portName, dokkuPort));
            port.at("name").carried(RULE + "ports.name", Place.settings("apps/" + app.name + "/bridges"));
        } else {
            port.at("name").irrelevant(RULE + "ports.name", "Ingresses name it; resolved to its number");
        }
    }

    /** The load balancer passed TLS on to the pods, or ended it with a certificate of the cloud's. */
    private static void tls(Draft draft, Field service, AppDraft app) {
        draft.ask(
                "tls-port-" + service.object().name(),
                service.object().shortName()
                        + " answers on port 443. On Dokku, nginx ends TLS there with a certificate of " + app.name
                        + " and speaks plain HTTP to the app.",
                Draft.options(
                        "letsencrypt", "I enable letsencrypt on the app once DNS points to the Dokku host",
                        "by-hand", "I add the certificate with `dokku certs:add`"),
                service.at("spec", "ports"));
    }

    /** What isn't HTTP goes past nginx: Docker publishes the port. */
    private static void publish(
            Draft draft, Field service, AppDraft app, Field port, ServicePort kind, int container, String type) {
        int host = type.equals("NodePort") ? port.at("nodePort").number().orElse(kind.number()) : kind.number();
        String option = "-p " + host + ":" + container + kind.suffix();
        String id = "publish-" + service.object().name();
        boolean isTaken = host == 22
                || host == 80
                || host == 443
                || draft.apps.values().stream().anyMatch(other -> other != app && other.published.contains(option));
        Optional<String> chosen = draft.decide(
                id,
                service.object().shortName() + " is reached from outside on " + kind + ", which isn't HTTP"
                        + (isTaken ? "; that port of the Dokku host is taken" : "")
                        + ". Docker can publish the port past nginx; each deploy then stops the old process before it starts"
                        + " the new one, because only one can have the port.",
                Draft.options(
                        "publish",
                        "the app gets docker option " + option + " and deploys without overlap",
                        "leave",
                        "the port is reached from apps of the host only"),
                isTaken ? Optional.empty() : Optional.of("publish"),
                port);
        if (chosen.filter("publish"::equals).isPresent()) {
            app.published.add(option);
            app.stopsFirst = true;
            port.adapted(RULE + "ports.published", Place.task(app.name, "publish"), "published by Docker: " + option);
            draft.changed(
                    app.name,
                    "port " + kind
                            + " is published by Docker and goes past nginx; a deploy stops the old process first");
        } else {
            port.decision(RULE + "ports.published", id, "not HTTP, and reached from outside");
        }
    }

    /** A port of the Dokku host for this app alone: the Service's own where it is free, else the next from 20080 on. */
    private static int freePort(Draft draft, AppDraft app, int wanted, int container) {
        Set<Integer> taken = new HashSet<>(List.of(22, 80, 443));
        draft.apps.values().forEach(other -> other.ports.forEach(port -> taken.add(port.host())));
        taken.addAll(draft.index.nodePorts());
        int port = wanted >= 1024 ? wanted : 20080;
        while (taken.contains(port)) {
            port = port < 20080 ? 20080 : port + 1;
        }
        app.ports.add(new TargetApp.Port("http", port, container));
        return port;
    }
}
