package landfall.translate;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
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
    }

    private static void nobody(Draft draft, Field service) {
        String id = "service-" + service.object().name();
        draft.ask(
                id,
                service.object().shortName() + " sends its traffic to nothing that this move takes along.",
                Draft.options("leave", "it stays on the cluster as it is"),
                service.at("spec"));
        service.at("metadata", "name").decision(RULE + "nobody", id, "no pods of this move");
        service.at("spec").decision(RULE + "nobody", id, "no pods of this move");
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
            default -> spec.at("type").satisfied(RULE + "type", "Docker's network joins the apps of the host");
        }
        for (Field port : spec.at("ports").items()) {
            port(draft, service, app, port, type);
        }
    }

    private static void port(Draft draft, Field service, AppDraft app, Field port, String type) {
        String ports = Place.task(app.name, "ports");
        int number = port.at("port").number().orElse(80);
        if (port.at("protocol").exists() && !port.at("protocol").is("TCP")) {
            port.lost(RULE + "ports.protocol", "Dokku's proxy serves HTTP only");
            draft.lost(
                    service.object().name(),
                    "port " + number + "/" + port.at("protocol").text(""),
                    "publish it with a docker option (-p) yourself");
            return;
        }
        OptionalInt container = app.containerPort(port.at("targetPort").text(String.valueOf(number)));
        if (container.isEmpty()) {
            draft.refuse(
                    "port-" + service.object().name(),
                    service.object().shortName() + " names a port that the container of " + app.name + " doesn't have.",
                    RULE + "ports.targetPort",
                    "no such port",
                    port);
            return;
        }
        Optional<Integer> nodePort = port.at("nodePort").number();
        Optional<Integer> open =
                type.equals("LoadBalancer") && number != 80 && number != 443 ? Optional.of(number) : nodePort;
        open.ifPresent(host -> app.ports.add(new TargetApp.Port("http", host, container.getAsInt())));
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
