package landfall.translate;

import java.util.Map;
import java.util.Optional;
import landfall.base.Secret;
import landfall.target.Place;
import landfall.translate.AppDraft.Variable;

/** PostgreSQL: a service of the same version and settings, and how its data is reached. */
final class PostgresRule {
    private static final String RULE = "PostgreSQL.";

    private PostgresRule() {}

    static void apply(Draft draft, ServiceDraft service) {
        DatabaseRule.version(draft, service);
        Map<String, Variable> environment = DatabaseRule.environment(draft, service);
        service.configOptions.add("-c wal_level=logical");
        new ServerSettings(draft, service, environment).commandLine();
        DatabaseRule.workload(draft, service);
        source(draft, service, environment);
        variables(draft, service, environment);
        owner(draft, service);
        copies(draft, service);
    }

    private static void source(Draft draft, ServiceDraft service, Map<String, Variable> environment) {
        boolean isBitnami = service.container.at("image").text("").contains("bitnami");
        boolean isKnown =
                Datastore.POSTGRESQL.userVariables().stream().allMatch(name -> isResolved(service, environment, name))
                        && Datastore.POSTGRESQL.databaseVariables().stream()
                                .allMatch(name -> isResolved(service, environment, name));
        String user = service.login.user().orElse("postgres");
        String database = service.login.database().orElse(isBitnami ? "postgres" : user);
        // Bitnami's own user is no superuser: postgres is, if it has a password.
        boolean needsSuperuser = isBitnami && !user.equals("postgres");
        Optional<Variable> password = (needsSuperuser
                        ? Datastore.POSTGRESQL.rootPasswordVariables()
                        : Datastore.POSTGRESQL.passwordVariables())
                .stream()
                        .flatMap(name -> Optional.ofNullable(environment.get(name)).stream())
                        .filter(variable -> !variable.value().isEmpty())
                        .findFirst();
        if (!isKnown || password.isEmpty()) {
            credentials(draft, service, isKnown);
            return;
        }
        int port = service.container.at("ports").items().stream()
                .flatMap(item -> item.at("containerPort").number().stream())
                .findFirst()
                .orElse(5432);
        service.role = service.role.or(() -> Optional.of(user));
        Optional<String> secret = secret(password.get());
        service.source = Optional.of(new ServiceDraft.SourceDatabase(
                needsSuperuser ? "postgres" : user,
                database,
                port,
                secret.orElseGet(() -> Place.secret(service.database() + "_source_password")),
                service.login.password().orElse(password.get().value()),
                secret.isPresent()
                        ? Optional.empty()
                        : Optional.of(Secret.of(password.get().value()))));
    }

    /** {@code secret/key}, where the password comes from a Secret, whether it is among the manifests or not. */
    private static Optional<String> secret(Variable password) {
        for (Field leaf : password.sources()) {
            String key = leaf.path().lastKey().orElse("");
            if (leaf.object().kind().equals("Secret")) {
                return Optional.of(leaf.object().name() + "/" + key);
            }
            if (Draft.isWithheld(password.value())) {
                return Optional.of(Draft.withheldName(password.value()));
            }
        }
        return Optional.empty();
    }

    /** False for a variable that the container has, and whose value these manifests don't tell. */
    private static boolean isResolved(ServiceDraft service, Map<String, Variable> environment, String name) {
        boolean isAsked = service.container.at("env").items().stream()
                .anyMatch(variable -> variable.at("name").is(name));
        Variable variable = environment.get(name);
        return variable == null ? !isAsked : !Draft.isWithheld(variable.value());
    }

    private static void credentials(Draft draft, ServiceDraft service, boolean isKnown) {
        String name = service.workload.object().shortName();
        Optional<String> answer = draft.ask(
                "credentials-" + service.workload.object().name(),
                (isKnown
                                ? "These manifests don't tell the superuser's password of "
                                : "These manifests don't tell the user or the database of ")
                        + name + ", so Landfall can't log in to copy the data.",
                Draft.options(
                        "later",
                        "I add what is missing (a Secret, say) and plan again before `landfall sync`",
                        "dump",
                        "I copy it myself while the apps are stopped: "
                                + DatastoreDump.of(draft, service).orElse("")),
                service.container.at("name"));
        service.isByHand = answer.filter("dump"::equals).isPresent();
    }

    private static void variables(Draft draft, ServiceDraft service, Map<String, Variable> environment) {
        String to = Place.settings("databases/" + service.name);
        Datastore store = service.store;
        for (Variable variable : environment.values()) {
            String plain = variable.name().replaceFirst("_FILE$", "");
            boolean isPlace = store.userVariables().contains(plain)
                    || store.databaseVariables().contains(plain);
            boolean isPassword = store.passwordVariables().contains(plain)
                    || store.rootPasswordVariables().contains(plain);
            for (Field leaf : variable.sources()) {
                if (isPlace) {
                    leaf.adapted(RULE + "env", to, "how the data is reached when it is copied");
                } else if (isPassword) {
                    leaf.adapted(
                            RULE + "env",
                            to,
                            "used to log in when the data is copied; the app's role gets a new password");
                }
            }
        }
        DatabaseRule.otherVariables(draft, service, environment);
    }

    /** Who owns what is copied: the app's role, and no superuser. */
    private static void owner(Draft draft, ServiceDraft service) {
        service.source.ifPresent(source -> {
            String role = service.role.orElse(source.user());
            if (!role.equals(source.user())) {
                return;
            }
            draft.decide(
                    "role-" + service.name,
                    "The role " + role + " is the superuser of its server today. On Dokku it owns the database and is"
                            + " no superuser.",
                    Draft.options(
                            "owner", "owner of all it uses, without superuser rights",
                            "by-hand", "the same, and I grant what it needs beyond that after `landfall apply`"),
                    Optional.of("owner"),
                    service.container.at("image"));
            draft.changed(
                    service.name,
                    "the role " + role + " keeps its name, gets a new password and is no superuser any more");
        });
    }

    /** The data is read from whichever pod is ready: of several, only one takes writes. */
    private static void copies(Draft draft, ServiceDraft service) {
        Field replicas = service.workload.at("spec", "replicas");
        if (service.source.isPresent() && replicas.number().orElse(1) > 1) {
            String id = "primary-" + service.workload.object().name();
            draft.ask(
                    id,
                    service.workload.object().shortName() + " has " + replicas.text("") + " pods, and `landfall sync`"
                            + " reads the first that is ready. Only one of them takes writes.",
                    Draft.options("scaled", "I scale it to the one that takes writes before `landfall sync`"),
                    replicas);
        }
    }
}
