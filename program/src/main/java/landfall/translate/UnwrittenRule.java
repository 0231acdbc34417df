package landfall.translate;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an app may rely on and no field says outright: who its clients are, and that it starts alone. */
final class UnwrittenRule {
    private static final Pattern READS_ADDRESSES = Pattern.compile(
            "(?i).*(TRUST(ED)?_?PROX|REAL_?IP|FORWARDED|REMOTE_?(IP|ADDR)|PROXY_?(COUNT|PROTOCOL|HEADERS?)|(ALLOW|DENY|BLOCK)(ED)?_?(IPS?|CIDRS?|NETWORKS?|ADDRESSES)|IP_?(WHITE|ALLOW)LIST).*");

    private UnwrittenRule() {}

    static void apply(Draft draft, AppDraft app) {
        addresses(draft, app);
        migrations(draft, app);
    }

    /** Between a client and the app stands Dokku's nginx, whose address is the one that the app's connections have. */
    private static void addresses(Draft draft, AppDraft app) {
        Optional<Field> raisedBy = direct(draft, app).or(() -> setting(app));
        raisedBy.ifPresent(field -> draft.decide(
                "client-address-" + app.name,
                "Do clients' addresses matter to " + app.name + " (to authorise, to limit, to log)? " + why(field)
                        + " On Dokku every connection comes from nginx, and the client's own address is in the header"
                        + " X-Forwarded-For only, which nginx sets anew.",
                Draft.options(
                        "header",
                        "it reads X-Forwarded-For, or addresses don't matter to it",
                        "direct",
                        "it goes by the connection's address: I publish its port past nginx, with the docker option -p"),
                Optional.of("header"),
                field));
    }

    private static String why(Field field) {
        if (!field.object().kind().equals("Service")) {
            return "It has a setting about them (" + field.path() + ").";
        }
        String way = field.path().lastKey().orElse("").equals("externalTrafficPolicy")
                ? " keeps them (externalTrafficPolicy Local)."
                : " lets clients in without a proxy (" + field.text("") + ").";
        return field.object().shortName() + way;
    }

    private static Optional<Field> direct(Draft draft, AppDraft app) {
        for (Field service : draft.index.servicesOf(app.workload)) {
            Field type = service.at("spec", "type");
            if (type.is("NodePort") || type.is("LoadBalancer")) {
                Field policy = service.at("spec", "externalTrafficPolicy");
                return Optional.of(policy.is("Local") ? policy : type);
            }
        }
        return Optional.empty();
    }

    private static Optional<Field> setting(AppDraft app) {
        return app.variables.values().stream()
                .filter(variable -> READS_ADDRESSES.matcher(variable.name()).matches())
                .flatMap(variable -> variable.sources().stream())
                .findFirst();
    }

    /** Processes that start at once and each bring the database up to date. */
    private static void migrations(Draft draft, AppDraft app) {
        boolean hasDatabase = draft.services.stream()
                .anyMatch(service -> app.waitsFor.contains(service.name)
                        || app.links.stream()
                                .anyMatch(link ->
                                        link.service().equals(service.name) && isRelational(link.serviceType())));
        if (!hasDatabase || !app.predeploy.isEmpty()) {
            return;
        }
        Field replicas = app.workload.at("spec", "replicas");
        Optional<Field> peak = draft.index.all("autoscaling", "HorizontalPodAutoscaler").stream()
                .filter(scaler -> scaler.at("spec", "scaleTargetRef", "name")
                                .is(app.workload.object().name())
                        && scaler.at("spec", "scaleTargetRef", "kind")
                                .is(app.workload.object().kind()))
                .map(scaler -> scaler.at("spec", "maxReplicas"))
                .findFirst();
        int most = Math.max(app.processes, peak.flatMap(Field::number).orElse(1));
        if (most < 2) {
            return;
        }
        draft.decide(
                "migrations-" + app.name,
                "Up to " + most + " processes of " + app.name
                        + " start at once. If each migrates the database at its start"
                        + " and takes no lock, two race, and one of them dies. Who migrates?",
                Draft.options(
                        "as-today",
                        "as in the cluster, where its pods start at once too: nobody, or one that locks out the others",
                        "once",
                        "a command of its own: I write it into app.json as scripts.dokku.predeploy and take it out of"
                                + " the start"),
                Optional.of("as-today"),
                peak.orElse(replicas));
    }

    private static boolean isRelational(String service) {
        return List.of("postgres", "mysql", "mariadb").contains(service);
    }
}
