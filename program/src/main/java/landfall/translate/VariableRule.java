package landfall.translate;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.Limits;
import landfall.base.Secret;
import landfall.target.Place;
import landfall.target.TargetApp;
import landfall.target.Value;
import landfall.translate.AppDraft.Variable;

/** Gives each variable of an app its place on the target: exact bytes, or the new address of what it names. */
final class VariableRule {
    private static final Pattern DATABASE_URL = Pattern.compile(
            "((?:jdbc:)?[a-z][a-z0-9+]*)://(?:([^:@/]*)(?::([^@/]*))?@)?([^:/?,]+)(?::[0-9]+)?(?:/([^?]*))?(\\?.*)?");
    /** Scheme, user and password, host and port, path; the last {@code @} ends the password. */
    private static final Pattern SENSITIVE_URL = Pattern.compile(
            "((?:jdbc:)?[a-z][a-z0-9+]*)://(?:(\\S*:\\S*)@)?([A-Za-z0-9.-]+(?::[0-9]+)?)(/[A-Za-z0-9_.-]*)?(?:[/?#].*)?");

    private static final String RULE = "Container.env";

    private final Draft draft;
    private final AppDraft app;
    private final List<ServiceDraft> operated;

    VariableRule(Draft draft, AppDraft app) {
        this.draft = draft;
        this.app = app;
        this.operated = draft.services.stream()
                .filter(service -> !service.operatorNames.isEmpty())
                .toList();
    }

    void apply() {
        for (Variable variable : app.variables.values()) {
            List<Field> services = ServiceNames.mentioned(draft, variable.name(), variable.value());
            services =
                    services.stream().filter(service -> !draft.isKept(service)).toList();
            Optional<ServiceDraft> operated = operated(variable);
            if (operated.isPresent()) {
                operated(variable, operated.get());
            } else if (services.isEmpty()) {
                ofDatabase(variable);
            } else {
                elsewhere(variable, services);
            }
        }
    }

    /** Parts of a database address that stand in variables of their own: the password, the database's name. */
    private void ofDatabase(Variable variable) {
        for (ServiceDraft service : draft.services) {
            if (!service.users.contains(app.name)) {
                continue;
            }
            if (service.isFilledByHand() && isPartOf(variable, service)) {
                return;
            }
            if (service.source.isEmpty()) {
                continue;
            }
            ServiceDraft.SourceDatabase source = service.source.get();
            if (variable.sensitive() && variable.value().equals(source.password())) {
                composed(variable, service, "", "");
                draft.rewritten(app.name, variable.name(), "***", "the role's new password");
                return;
            }
            boolean namesDatabase = variable.name().matches("(?i).*(DB|DATABASE)(_?NAME)?$");
            if (namesDatabase && variable.value().equals(source.database())) {
                changed(variable, service.database());
                return;
            }
        }
        carried(variable);
    }

    private void elsewhere(Variable variable, List<Field> services) {
        String value = variable.value();
        for (Field service : services) {
            Optional<ServiceDraft> database = draft.databaseOf(service);
            Optional<AppDraft> other = draft.appOf(service);
            if (database.isPresent() && database.get().isFilledByHand()) {
                datastore(variable, database.get(), service);
                return;
            }
            if (database.isPresent()) {
                postgres(variable, database.get(), service);
                return;
            }
            Optional<String> outside = other.isPresent() ? Optional.empty() : OutsideHosts.of(draft, service);
            if (outside.isPresent()) {
                value = ServiceNames.renamed(service, draft.namespace, variable.name(), value, outside.get());
                continue;
            }
            if (other.isEmpty()) {
                unknownService(variable, service);
                return;
            }
            value = application(value, variable, service, other.get());
        }
        changed(variable, value);
    }

    private void postgres(Variable variable, ServiceDraft service, Field named) {
        app.links.add(new TargetApp.Link(service.type, service.name));
        app.waitsFor.add(service.name);
        Matcher url = DATABASE_URL.matcher(variable.value());
        Optional<ServiceDraft.SourceDatabase> source = service.source;
        Optional<ServiceNames.Mention> whole = ServiceNames.find(
                        named, draft.namespace, variable.name(), variable.value())
                .filter(mention -> mention.start() == 0
                        && mention.end() == variable.value().length());
        if (whole.isPresent()) {
            changed(
                    variable,
                    service.host() + whole.get().port().map(port -> ":5432").orElse(""));
            return;
        }
        String database = url.matches() && url.group(5) != null ? url.group(5) : "";
        String user = url.matches() && url.group(2) != null ? url.group(2) : "";
        boolean isOfTheMove = url.matches()
                && source.filter(from -> from.database().equals(database)).isPresent()
                && (user.isEmpty() || service.role.filter(user::equals).isPresent());
        if (!isOfTheMove) {
            otherDatabase(variable, service);
            return;
        }
        String query = url.group(6) == null ? "" : url.group(6);
        String suffix = "@" + service.host() + ":5432/" + service.database() + query;
        if (user.isEmpty()) {
            // The role and its password stand in variables of their own.
            changed(variable, url.group(1) + "://" + suffix.substring(1));
            return;
        }
        String prefix = url.group(1) + "://" + user + ":";
        composed(variable, service, prefix, suffix);
        draft.rewritten(app.name, variable.name(), shown(variable, variable.value()), shown(variable, prefix + suffix));
    }

    private void otherDatabase(Variable variable, ServiceDraft service) {
        String id = "database-of-" + app.name;
        draft.ask(
                id,
                variable.name() + " of " + app.name
                        + " names the database in a way Landfall doesn't take apart, or another"
                        + " database or role than the one it moves with "
                        + service.workload.object().shortName() + ".",
                Draft.options("later", "the variable is left out; you set it after `landfall apply`"),
                variable.sources().getFirst());
        variable.sources().forEach(leaf -> leaf.decision(RULE, id, "another database, role or form"));
    }

    private void composed(Variable variable, ServiceDraft service, String prefix, String suffix) {
        composed(variable, service, prefix, service.passwordName(), suffix);
    }

    private void composed(Variable variable, ServiceDraft service, String prefix, String password, String suffix) {
        String input = app.inputName(variable.name());
        app.environment.put(variable.name(), new Value.Composed(input, prefix, password, suffix));
        String to = Place.task(app.name, "config", variable.name());
        variable.sources()
                .forEach(leaf -> leaf.adapted(
                        RULE + ".database", to, "the app's own role on " + service.host() + ", with a new password"));
    }

    /** A datastore whose clients log in as the plugin has it: everything but PostgreSQL that is moved live. */
    private void datastore(Variable variable, ServiceDraft service, Field named) {
        app.links.add(new TargetApp.Link(service.type, service.name));
        String link = Place.task(app.name, "link-" + service.name);
        Matcher url = DATABASE_URL.matcher(variable.value());
        boolean firstDatabase =
                url.matches() && (url.group(5) == null || List.of("", "0").contains(url.group(5)));
        if (service.store == Datastore.REDIS && variable.name().equals("REDIS_URL") && firstDatabase) {
            service.toldPassword.add(app.name);
            variable.sources()
                    .forEach(leaf ->
                            leaf.adapted(RULE + ".redis", link, "set by the link, with the service's password"));
            draft.rewritten(
                    app.name,
                    variable.name(),
                    shown(variable, variable.value()),
                    "redis://:***@" + service.host() + ":6379");
            return;
        }
        Optional<ServiceNames.Mention> mention =
                ServiceNames.find(named, draft.namespace, variable.name(), variable.value());
        address(variable, service, mention.flatMap(found -> DatastoreAddress.of(draft, variable, service, found)));
    }

    /** The database that an operator runs, if the value names one of the Services it makes. */
    private Optional<ServiceDraft> operated(Variable variable) {
        return operated.stream()
                .filter(service -> ServiceNames.findMade(
                                service.operatorNames, draft.namespace, variable.name(), variable.value())
                        .isPresent())
                .findFirst();
    }

    private void operated(Variable variable, ServiceDraft service) {
        app.links.add(new TargetApp.Link(service.type, service.name));
        address(
                variable,
                service,
                ServiceNames.findMade(service.operatorNames, draft.namespace, variable.name(), variable.value())
                        .flatMap(mention -> DatastoreAddress.of(draft, variable, service, mention)));
    }

    private void address(Variable variable, ServiceDraft service, Optional<DatastoreAddress> address) {
        if (address.isEmpty()) {
            otherDatabase(variable, service);
        } else if (address.get().password().isPresent()) {
            service.toldPassword.add(app.name);
            composed(
                    variable,
                    service,
                    address.get().prefix(),
                    address.get().password().get(),
                    address.get().suffix());
            draft.rewritten(
                    app.name,
                    variable.name(),
                    shown(variable, variable.value()),
                    address.get().prefix() + "***" + address.get().suffix());
        } else {
            changed(variable, address.get().prefix());
        }
    }

    /** User, password and database of a service in variables of their own; false if this is none of them. */
    private boolean isPartOf(Variable variable, ServiceDraft service) {
        ServiceDraft.Login login = service.login;
        String value = variable.value();
        if (variable.sensitive() && login.password().filter(value::equals).isPresent()) {
            service.passwordIsNeeded = true;
            return password(variable, service, service.passwordName());
        }
        if (variable.sensitive() && login.rootPassword().filter(value::equals).isPresent()) {
            service.rootPasswordIsNeeded = true;
            return password(variable, service, service.rootPasswordName());
        }
        if (service.store == Datastore.MINIO && ObjectStoreRule.isForeignKey(variable, service)) {
            return keys(variable, service);
        }
        Optional<String> user = service.store.user(service.name);
        boolean namesUser = variable.name().matches("(?i).*USER(_?NAME)?$")
                || (service.store == Datastore.MINIO && ObjectStoreRule.isAccessKey(variable.name()));
        if (namesUser
                && login.user().filter(value::equals).isPresent()
                && user.isPresent()
                && !DatastoreAddress.isRoot(service, value)) {
            user(variable, user.get());
            return true;
        }
        boolean namesDatabase = variable.name().matches("(?i).*(DB|DATABASE|VHOST)(_?NAME)?$");
        if (namesDatabase && login.database().filter(value::equals).isPresent()) {
            changed(variable, service.database());
            return true;
        }
        return false;
    }

    /** Keys of a user that the old store has and the new service doesn't: whose they are from now on is the user's to say. */
    private boolean keys(Variable variable, ServiceDraft service) {
        if (!ObjectStoreRule.takesServiceKeys(draft, app, variable, service)) {
            return false;
        }
        if (ObjectStoreRule.isAccessKey(variable.name())) {
            user(variable, service.store.user(service.name).orElseThrow());
            return true;
        }
        service.passwordIsNeeded = true;
        return password(variable, service, service.passwordName());
    }

    private boolean password(Variable variable, ServiceDraft service, String name) {
        service.toldPassword.add(app.name);
        composed(variable, service, "", name, "");
        draft.rewritten(app.name, variable.name(), "***", "the service's password");
        return true;
    }

    private String application(String value, Variable variable, Field service, AppDraft other) {
        ServiceNames.Mention mention = ServiceNames.find(service, draft.namespace, variable.name(), value)
                .orElseThrow();
        boolean inUrl = value.substring(0, mention.start()).contains("://");
        String asked = mention.port().orElse("80");
        List<Field> ports = service.at("spec", "ports").items();
        String target = ports.stream()
                .filter(port -> port.at("port").is(asked))
                .findFirst()
                .map(ServicePort::target)
                .orElse(asked);
        int port = other.containerPort(target).orElse(other.firstPort().orElse(80));
        boolean isBare = mention.port().isEmpty() && !inUrl;
        if (isBare) {
            barePort(variable, other, ports);
        }
        draft.networks.add(draft.move);
        app.networks.add(draft.move);
        other.networks.add(draft.move);
        return value.substring(0, mention.start()) + other.name + ".web" + (isBare ? "" : ":" + port)
                + value.substring(mention.end());
    }

    /** A host without a port: the port stands elsewhere, and on Dokku it is the container's, not the Service's. */
    private void barePort(Variable variable, AppDraft other, List<Field> ports) {
        for (Field port : ports) {
            String number = port.at("port").text("");
            String target = ServicePort.target(port);
            if (!String.valueOf(other.containerPort(target).orElse(0)).equals(number)) {
                draft.ask(
                        "port-" + app.name + "-" + other.name,
                        variable.name() + " of " + app.name + " names " + other.name
                                + " without a port. The Service's port " + number + " is " + target + " on Dokku: does "
                                + app.name + " ask for the right one?",
                        Draft.options("checked", "yes, or I set the variable that holds the port myself"),
                        variable.sources().isEmpty()
                                ? app.container.at("env")
                                : variable.sources().getFirst());
            }
        }
    }

    private void unknownService(Variable variable, Field service) {
        String id = "address-" + service.object().name();
        draft.ask(
                id,
                variable.name() + " of " + app.name + " names "
                        + service.object().shortName() + ", which this move doesn't take along.",
                Draft.options(
                        "keep", "the value stays; you see to it that the address is reachable from the Dokku host"),
                variable.sources().getFirst());
        value(variable, variable.value());
        variable.sources().forEach(leaf -> leaf.decision(RULE, id, "names a Service that is not moved"));
    }

    /** A new user's name is no secret, even where the old one's was kept like one. */
    private void user(Variable variable, String user) {
        draft.rewritten(app.name, variable.name(), shown(variable, variable.value()), user);
        place(variable, user);
    }

    private void changed(Variable variable, String value) {
        draft.rewritten(app.name, variable.name(), shown(variable, variable.value()), shown(variable, value));
        place(variable, value);
    }

    private void place(Variable variable, String value) {
        value(variable, value);
        String to = Place.task(app.name, "config", variable.name());
        variable.sources().forEach(leaf -> leaf.adapted(RULE + ".address", to, "the new address of what it names"));
    }

    private void carried(Variable variable) {
        if (Draft.isWithheld(variable.value())) {
            missing(variable);
            return;
        }
        if (value(variable, variable.value())) {
            String to = Place.task(app.name, "config", variable.name());
            variable.sources().forEach(leaf -> leaf.carried(RULE, to));
        }
    }

    /** A key of a Secret that only the cluster has, and that is no part of a database's address here: an input. */
    private void missing(Variable variable) {
        String origin = "key " + Draft.withheldName(variable.value()).replaceFirst(".*/", "") + " of Secret/"
                + Draft.withheldName(variable.value()).replaceFirst("/.*", "");
        String input = app.inputName(variable.name());
        draft.fill(app.name, variable.name() + " (" + input + ")", origin.replaceFirst(".* of ", ""));
        app.environment.put(
                variable.name(), new Value.Asked(input, variable.name() + " of " + app.name + ", " + origin));
        String to = Place.task(app.name, "config", variable.name());
        variable.sources().forEach(leaf -> leaf.adapted(RULE + ".missing", to, "an input: only the cluster has it"));
    }

    /** @return false if Dokku would corrupt the value, and the user has been asked */
    private boolean value(Variable variable, String value) {
        if (Draft.isWithheld(value)) {
            missing(variable);
            return true;
        }
        String why = "";
        if (value.endsWith("\"") || value.endsWith("\\")) {
            why = "ends in a quote or a backslash, which Dokku reads back wrong";
        } else if (value.getBytes(StandardCharsets.UTF_8).length > Limits.CONFIG_VALUE_BYTES_MAX) {
            why = "is 128 KiB or longer, with which no container starts";
        } else if (value.indexOf('\0') >= 0) {
            why = "holds a zero byte";
        } else if (!variable.name().matches("[A-Za-z_][A-Za-z0-9_]*")) {
            why = "has a name that Dokku doesn't take";
        }
        if (!why.isEmpty()) {
            String id = "value-" + app.name + "-"
                    + variable.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
            draft.ask(
                    id,
                    variable.name() + " of " + app.name + " " + why + ".",
                    Draft.options("drop", "it is left out; give the app the value another way (a file, encoded)"),
                    variable.sources().isEmpty()
                            ? app.container.at("env")
                            : variable.sources().getFirst());
            for (Field leaf : variable.sources()) {
                leaf.decision(RULE + ".refused", id, why);
            }
            return false;
        }
        if (!variable.isKnown()) {
            String form = value.isEmpty() ? "" : ": " + shown(variable, value);
            app.environment.put(
                    variable.name(),
                    new Value.Asked(
                            app.inputName(variable.name()),
                            variable.name() + " of " + app.name + form + ", "
                                    + variable.missing().orElse("")));
            return true;
        }
        // docket renders the recipe as a template: text with {{ in it is handed over as an input instead.
        boolean hidden = variable.sensitive() || value.contains("{{") || value.contains("}}");
        app.environment.put(
                variable.name(),
                hidden ? new Value.Hidden(app.inputName(variable.name()), Secret.of(value)) : new Value.Plain(value));
        return true;
    }

    /**
     * A value as the report may show it: of a sensitive one only where it leads. A path or query may hold a token, so
     * that only a database's name is shown of them.
     */
    static String shown(Variable variable, String value) {
        if (!variable.sensitive()) {
            return value;
        }
        Matcher url = SENSITIVE_URL.matcher(value);
        if (!url.matches()) {
            return "***";
        }
        boolean isDatabase = url.group(1).matches("(jdbc:)?(postgres|postgresql|ecto|redis|rediss)");
        String userinfo = url.group(2) == null ? "" : url.group(2).replaceAll(":.*", "") + ":***@";
        String path = url.group(4) == null || isDatabase
                ? String.valueOf(url.group(4)).replace("null", "")
                : "/***";
        return url.group(1) + "://" + (isDatabase ? userinfo : userinfo.isEmpty() ? "" : "***@") + url.group(3) + path;
    }
}
