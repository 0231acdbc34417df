package landfall.translate;

import java.util.List;
import java.util.Optional;

/** Containers beside the main one: what the host does anyway, what is lost, and what must be decided. */
final class SidecarRule {
    private static final String RULE = "Pod.containers";

    private SidecarRule() {}

    static void applyAll(Draft draft, AppDraft app, Field workload, Field main) {
        for (Field container : Index.pod(workload).at("containers").items()) {
            boolean isOwn = container.path().equals(main.path())
                    || draft.apps.values().stream()
                            .flatMap(other -> other.all().stream())
                            .anyMatch(process -> process.workload.object().equals(workload.object())
                                    && process.container.path().equals(container.path()));
            if (!isOwn) {
                apply(draft, app, workload, container);
            }
        }
    }

    /**
     * True for a container that becomes an app of its own: one of the main one's image, or with a Service of its own, unless
     * the user says otherwise; any other by the user's answer.
     */
    static boolean isOwnApp(Draft draft, ProcessTypes.Running main, Field container) {
        boolean isOwn = ContainerRole.of(container) == ContainerRole.OWN && !ContainerRole.isDatabase(container);
        boolean isAsked = switch (ContainerRole.of(container)) {
            case DATABASE_PROXY, LOGIN_PROXY, WEB_SERVER -> true;
            case OWN -> isOwn;
            case MESH, LOG_SHIPPER, EXPORTER, AGENT, NETWORK, NODE_PART, INGRESS, CLUSTER_PART, RELOADER -> false;
        };
        if (!isAsked || container.at("image").text().isEmpty()) {
            return false;
        }
        String subject = AppName.of(main.name(), "app");
        Optional<String> answer = draft.answered(id(subject, container));
        boolean isSibling = container.at("image").is(main.image());
        if (isOwn && (isSibling || draft.index.isReached(main.workload(), container))) {
            answer = draft.decide(
                    id(subject, container),
                    "The container " + container.at("name").text("") + " of " + subject
                            + (isSibling
                                    ? " runs the image of the main one with settings or a command of its own."
                                    : " (" + container.at("image").text("") + ") is reached by a Service of its own."),
                    Draft.options(
                            "app",
                            "an app of its own, " + subject + "-"
                                    + container.at("name").text(""),
                            "leave",
                            "it is left out of the move"),
                    Optional.of("app"),
                    container.at("image"));
        }
        boolean isApp = answer.filter("app"::equals).isPresent();
        if (isApp) {
            draft.changed(
                    subject,
                    "its container " + container.at("name").text("") + " is an app of its own: they reached each other"
                            + " at 127.0.0.1, and now as APP.web on the network they share");
        }
        return isApp;
    }

    private static String id(String subject, Field container) {
        return "sidecar-" + subject + "-" + container.at("name").text("");
    }

    static void apply(Draft draft, AppDraft app, Field workload, Field container) {
        apply(draft, AppName.of(workload.object().name(), "app"), workload, container);
    }

    /** @param subject the app or service that the pod is */
    static void apply(Draft draft, String subject, Field workload, Field container) {
        String name = container.at("name").text("");
        ContainerRole role = ContainerRole.of(container);
        switch (role) {
            case MESH ->
                container.satisfied(
                        RULE + ".mesh", "routed and encrypted between pods; on one host traffic stays inside Docker");
            case RELOADER ->
                container.satisfied(
                        RULE + ".reloader", "told the app about changed ConfigMaps; on Dokku a change is a deploy");
            case LOG_SHIPPER -> {
                draft.lost(
                        subject,
                        "the shipping of its logs by the container " + name,
                        "`dokku logs:set " + subject + " vector-sink URL` ships what it writes to its output; make it"
                                + " write there what it writes to files");
                container.lost(RULE + ".logs", "a shipper of logs; Dokku ships what an app writes to its output");
            }
            case EXPORTER, AGENT -> {
                draft.lost(
                        subject,
                        "metrics by the container " + name + " ("
                                + container.at("image").text("") + ")",
                        "if you keep Prometheus, run the exporter as an app of its own on the same network");
                container.lost(RULE + ".metrics", "an exporter of metrics; nothing on Dokku reads them");
            }
            case DATABASE_PROXY ->
                ask(
                        draft,
                        subject,
                        container,
                        "connects " + subject + " to a managed database, which it finds at 127.0.0.1.",
                        List.of(
                                "direct", "I point its settings at the database's own address",
                                "app", "the proxy becomes an app; I point the settings at it",
                                "leave", "it is left out; I see to it"));
            case LOGIN_PROXY ->
                ask(
                        draft,
                        subject,
                        container,
                        "asks for a login before traffic reaches " + subject + ". Without it the app is open to all.",
                        List.of(
                                "leave",
                                "I make an app of the proxy, give it the domain and let it lead to " + subject + ".web",
                                "open",
                                "the app may be reached without"));
            case WEB_SERVER ->
                ask(
                        draft,
                        subject,
                        container,
                        "is a web server in front of " + subject
                                + (sharesVolume(workload, container)
                                        ? " that serves files of a volume they share."
                                        : "."),
                        List.of(
                                "dokku",
                                "Dokku's nginx takes its place; I carry over what its configuration does",
                                "app",
                                "it becomes an app; I let it lead to " + subject + ".web and share their files"));
            case CLUSTER_PART, NETWORK, NODE_PART, INGRESS ->
                container.irrelevant(RULE + ".cluster", role.what + ": it works on objects of the cluster");
            case OWN ->
                ask(
                        draft,
                        subject,
                        container,
                        ContainerRole.isDatabase(container)
                                ? "keeps data inside the pods of " + subject + ", reached at 127.0.0.1."
                                : "runs beside " + subject + " in its pods; they reach each other at 127.0.0.1.",
                        ContainerRole.isDatabase(container)
                                ? List.of("leave", "I create a Dokku service for it, link it and move its data")
                                : List.of(
                                        "app", "it becomes an app; I point their settings at each other",
                                        "leave", "it is left out of the move"));
        }
    }

    private static boolean sharesVolume(Field workload, Field container) {
        List<String> own = mounts(container);
        return Index.pod(workload).at("containers").items().stream()
                .filter(other -> !other.path().equals(container.path()))
                .anyMatch(other -> mounts(other).stream().anyMatch(own::contains));
    }

    private static List<String> mounts(Field container) {
        return container.at("volumeMounts").items().stream()
                .map(mount -> mount.at("name").text(""))
                .toList();
    }

    private static void ask(Draft draft, String subject, Field container, String what, List<String> options) {
        String name = container.at("name").text("");
        String id = id(subject, container);
        draft.ask(
                id,
                "The container " + name + " (" + container.at("image").text("no image") + ") " + what,
                Draft.options(options.toArray(String[]::new)),
                container);
        container.decision(RULE, id, "a second container of the pod");
    }
}
