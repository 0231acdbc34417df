package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import landfall.target.Place;
import landfall.translate.AppDraft.Variable;

/** PostgreSQL: a service of the same version and settings, and how its data is reached. */
final class PostgresRule {
    private static final String RULE = "PostgreSQL.";

    /** Settings that name files or sockets of the old container. */
    private static final Set<String> OF_THE_CONTAINER = Set.of(
            "config_file",
            "data_directory",
            "hba_file",
            "ident_file",
            "listen_addresses",
            "port",
            "unix_socket_directories",
            "external_pid_file",
            "ssl",
            "ssl_cert_file",
            "ssl_key_file",
            "ssl_ca_file");

    /** The plugin passes its options through a shell: only what needs no quoting goes in. */
    private static final Pattern PLAIN_SETTING = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.]*=[A-Za-z0-9_.,:/%+-]+");

    private PostgresRule() {}

    static void apply(Draft draft, ServiceDraft service) {
        DatabaseRule.version(draft, service);
        DatabaseRule.workload(draft, service);
        settings(draft, service);
        source(draft, service);
        owner(draft, service);
    }

    private static void settings(Draft draft, ServiceDraft service) {
        List<String> options = new ArrayList<>(List.of("-c wal_level=logical"));
        String create = Place.task(service.name, "service");
        List<Field> words = new ArrayList<>(service.container.at("command").items());
        words.addAll(service.container.at("args").items());
        for (int i = 0; i < words.size(); i++) {
            Field word = words.get(i);
            String text = word.text("");
            if (i == 0 && text.equals("postgres")) {
                word.satisfied(RULE + "args", "the plugin starts the same server");
                continue;
            }
            Optional<Field> setting = Optional.empty();
            String assignment = "";
            if (text.equals("-c") && i + 1 < words.size()) {
                setting = Optional.of(words.get(i + 1));
                assignment = words.get(i + 1).text("");
            } else if (text.startsWith("-c") || text.startsWith("--")) {
                assignment = text.substring(2);
            }
            String name = assignment.replaceAll("=.*", "").replace('-', '_');
            if (!PLAIN_SETTING.matcher(assignment).matches() || OF_THE_CONTAINER.contains(name)) {
                draft.refuse(
                        "setting-" + service.workload.object().name(),
                        "PostgreSQL is started with `" + text + "`, which Landfall can't hand to the plugin.",
                        RULE + "args",
                        "not carried",
                        word);
                setting.ifPresent(value -> value.decision(
                        RULE + "args", "setting-" + service.workload.object().name(), "not carried"));
            } else if (name.equals("wal_level")) {
                settle(word, setting, "always logical: the way back is followed through the log", create);
            } else {
                options.add("-c " + name + assignment.substring(assignment.indexOf('=')));
                settle(word, setting, "a setting of the server", create);
            }
            i += setting.isPresent() ? 1 : 0;
        }
        service.configOptions = Optional.of(String.join(" ", options));
    }

    private static void settle(Field word, Optional<Field> value, String note, String create) {
        word.carried(RULE + "args", create, note);
        value.ifPresent(field -> field.carried(RULE + "args", create, note));
    }

    private static void source(Draft draft, ServiceDraft service) {
        Map<String, Variable> environment = DatabaseRule.environment(draft, service);
        String to = Place.settings("databases/" + service.name);
        Variable password = environment.get("POSTGRES_PASSWORD");
        String user = value(environment, "POSTGRES_USER").orElse("postgres");
        String database = value(environment, "POSTGRES_DB").orElse(user);
        for (Variable variable : environment.values()) {
            String note = switch (variable.name()) {
                case "POSTGRES_USER", "POSTGRES_DB" -> "how the data is reached when it is copied";
                case "POSTGRES_PASSWORD" ->
                    "read from the Secret when the data is copied; the app's role gets a new one";
                case "PGDATA", "POSTGRES_INITDB_ARGS", "POSTGRES_HOST_AUTH_METHOD" -> "the plugin's own";
                default -> "";
            };
            for (Field leaf : variable.sources()) {
                if (note.equals("the plugin's own")) {
                    leaf.satisfied(RULE + "env", "the plugin lays out its own data folder and access rules");
                } else if (note.isEmpty()) {
                    leaf.irrelevant(RULE + "env", "not a variable of the image");
                } else {
                    leaf.adapted(RULE + "env", to, note);
                }
            }
        }
        Optional<Field> secret = password == null
                ? Optional.empty()
                : password.sources().stream()
                        .filter(leaf -> leaf.object().kind().equals("Secret"))
                        .findFirst();
        if (password == null || secret.isEmpty()) {
            draft.ask(
                    "credentials-" + service.workload.object().name(),
                    "The password of " + service.workload.object().shortName()
                            + " is not in a Secret of these manifests, so Landfall can't log in to copy the data.",
                    Draft.options(
                            "later", "I add the Secret (POSTGRES_PASSWORD) and plan again before `landfall sync`"),
                    service.container.at("name"));
            return;
        }
        Field leaf = secret.get();
        String key = leaf.path().steps().getLast() instanceof landfall.kube.FieldPath.Step.Key(String name) ? name : "";
        int port = service.container.at("ports").items().stream()
                .flatMap(item -> item.at("containerPort").number().stream())
                .findFirst()
                .orElse(5432);
        service.source = Optional.of(new ServiceDraft.SourceDatabase(
                user, database, port, leaf.object().name() + "/" + key, password.value()));
    }

    private static Optional<String> value(Map<String, Variable> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(Variable::value);
    }

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
}
