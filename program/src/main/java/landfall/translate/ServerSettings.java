package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import landfall.target.Place;
import landfall.translate.AppDraft.Variable;

/**
 * What a database server is told on its command line and in its configuration files, as options of the plugin. The
 * plugins hand these on through a shell without quotes: only what needs none is carried.
 */
final class ServerSettings {
    private static final String RULE = "Database.settings";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_.,:/%+@=-]*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
    private static final Pattern SIMPLE_SCRIPT =
            Pattern.compile("[^;|&<>`\\n()]+|[^;|&<>`\\n()]*\\$\\([A-Z_a-z0-9]+\\).*");

    /** Where the old container kept its files, listened, and how it let clients in: the plugin's own business. */
    private static final Map<String, Set<String>> OF_THE_CONTAINER = Map.of(
            "postgres",
            Set.of(
                    "config_file",
                    "data_directory",
                    "ident_file",
                    "listen_addresses",
                    "port",
                    "external_pid_file",
                    "unix_socket_directories",
                    "ssl",
                    "ssl_cert_file",
                    "ssl_key_file",
                    "ssl_ca_file",
                    "D",
                    "logging_collector",
                    "log_directory",
                    "log_filename",
                    "datestyle",
                    "dynamic_shared_memory_type",
                    "lc_messages",
                    "lc_monetary",
                    "lc_numeric",
                    "lc_time",
                    "default_text_search_config",
                    "hba_file"),
            "redis",
            Set.of(
                    "bind",
                    "port",
                    "protected-mode",
                    "dir",
                    "daemonize",
                    "pidfile",
                    "requirepass",
                    "masterauth",
                    "logfile",
                    "unixsocket",
                    "unixsocketperm",
                    "dbfilename",
                    "supervised"),
            "mysql",
            Set.of(
                    "bind-address",
                    "bind_address",
                    "port",
                    "datadir",
                    "socket",
                    "pid-file",
                    "pid_file",
                    "user",
                    "log-error",
                    "log_error",
                    "basedir",
                    "tmpdir",
                    "secure-file-priv",
                    "skip-host-cache",
                    "lc-messages-dir",
                    "defaults-file",
                    "defaults-extra-file",
                    "default-file"),
            "mongo",
            Set.of(
                    "bind_ip",
                    "bind_ip_all",
                    "port",
                    "dbpath",
                    "auth",
                    "noauth",
                    "config",
                    "f",
                    "fork",
                    "logpath",
                    "pidfilepath",
                    "unixSocketPrefix"),
            "memcached",
            Set.of("p", "l", "u", "port", "listen", "user", "v", "vv"),
            "nats",
            Set.of("p", "port", "a", "addr", "user", "pass", "name", "n", "sd", "store_dir", "config", "c"));

    /** One of several servers: a service is one. */
    private static final Set<String> OF_A_CLUSTER = Set.of(
            "replicaof",
            "slaveof",
            "replica-announce-ip",
            "replica-announce-port",
            "cluster-enabled",
            "cluster-config-file",
            "cluster-node-timeout",
            "cluster-announce-ip",
            "replSet",
            "keyFile",
            "shardsvr",
            "configsvr",
            "clusterAuthMode",
            "server-id",
            "server_id",
            "log-bin",
            "log_bin",
            "gtid-mode",
            "gtid_mode",
            "enforce-gtid-consistency",
            "relay-log",
            "read-only",
            "super-read-only",
            "report-host",
            "cluster",
            "cluster_name",
            "routes",
            "primary_conninfo",
            "primary_slot_name",
            "restore_command",
            "archive_mode",
            "archive_command",
            "archive_timeout");

    private final Draft draft;
    private final ServiceDraft service;
    private final Map<String, Variable> environment;
    private final String to;

    ServerSettings(Draft draft, ServiceDraft service, Map<String, Variable> environment) {
        this.draft = draft;
        this.service = service;
        this.environment = environment;
        this.to = Place.task(service.name, "service");
    }

    private record Word(String text, Field leaf) {}

    /** {@code command} and {@code args}. */
    void commandLine() {
        List<Field> leaves = new ArrayList<>(service.container.at("command").items());
        leaves.addAll(service.container.at("args").items());
        for (String list : List.of("command", "args")) {
            if (service.container.at(list).items().isEmpty()) {
                service.container.at(list).irrelevant(RULE, "empty");
            }
        }
        List<Word> words = new ArrayList<>();
        for (Field leaf : leaves) {
            words.add(new Word(leaf.text(""), leaf));
        }
        if (words.isEmpty()) {
            return;
        }
        words = opened(words);
        int at = 0;
        while (at < words.size() && !words.get(at).text().startsWith("-")) {
            Word word = words.get(at);
            if (service.store.isServer(word.text())) {
                word.leaf().satisfied(RULE, "the plugin starts the same server");
            } else if (isFile(word.text())) {
                word.leaf().satisfied(RULE, "a configuration file: its settings become options of the plugin");
            } else {
                refuse(word.leaf(), word.text());
            }
            at++;
        }
        while (at < words.size()) {
            int end = at + 1;
            while (end < words.size() && !words.get(end).text().matches("-.*[A-Za-z].*")) {
                end++;
            }
            option(words.subList(at, end));
            at = end;
        }
    }

    private static boolean isFile(String word) {
        return word.startsWith("/") && word.matches(".*\\.(conf|cnf|cfg|ya?ml|ini)");
    }

    /** {@code sh -c 'redis-server --appendonly yes'} is the same as the words inside, if there is nothing else to it. */
    private static List<Word> opened(List<Word> words) {
        boolean isShell = words.size() == 3
                && words.get(0).text().matches("(/bin/|/usr/bin/)?(ba|da|a)?sh")
                && words.get(1).text().matches("-[a-z]*c");
        String script = isShell ? words.get(2).text().strip().replaceFirst("^exec\\s+", "") : "";
        if (!isShell || !SIMPLE_SCRIPT.matcher(script).matches()) {
            return words;
        }
        words.get(0).leaf().satisfied(RULE, "the plugin starts the server without a shell");
        words.get(1).leaf().satisfied(RULE, "the plugin starts the server without a shell");
        List<Word> inside = new ArrayList<>();
        for (String part : script.split("\\s+", -1)) {
            inside.add(
                    new Word(part.replaceAll("^[\"']|[\"']$", ""), words.get(2).leaf()));
        }
        return inside;
    }

    private void option(List<Word> words) {
        String flag = words.getFirst().text();
        String stripped = flag.replaceFirst("^--?", "");
        int equals = stripped.indexOf('=');
        List<String> values =
                new ArrayList<>(words.stream().skip(1).map(Word::text).toList());
        String name = equals < 0 ? stripped : stripped.substring(0, equals);
        if (equals >= 0) {
            values.addFirst(stripped.substring(equals + 1));
        }
        if (service.type.equals("postgres") && flag.startsWith("-c") && !flag.startsWith("--")) {
            String assignment = flag.length() > 2 ? flag.substring(2) : values.isEmpty() ? "" : values.removeFirst();
            name = assignment.replaceAll("\\s*=.*", "");
            values.addFirst(assignment.replaceAll("^[^=]*=?", ""));
        }
        Outcome outcome = setting(name, values, flag.startsWith("--"));
        words.forEach(word -> settle(word.leaf(), outcome, name(words)));
    }

    /** One parameter of the server, as an operator's object has it. */
    void parameter(String name, Field leaf) {
        settle(leaf, setting(name, List.of(leaf.text("")), true), name + "=" + leaf.text(""));
    }

    private static String name(List<Word> words) {
        return String.join(" ", words.stream().map(Word::text).toList());
    }

    /** What became of one setting. */
    private sealed interface Outcome {
        record Carried() implements Outcome {}

        record Own(String note) implements Outcome {}

        record OneServer() implements Outcome {}

        record Unfit() implements Outcome {}
    }

    private void settle(Field leaf, Outcome outcome, String text) {
        switch (outcome) {
            case Outcome.Carried ignored -> leaf.carried(RULE, to, "a setting of the server");
            case Outcome.Own own -> leaf.satisfied(RULE, own.note());
            case Outcome.OneServer ignored -> {
                leaf.lost(RULE, "a Dokku service is one server");
                draft.lost(
                        service.name,
                        "`" + hidden(text) + "`: a Dokku service is one server",
                        "plan backups; a second server is another host's business");
            }
            case Outcome.Unfit ignored -> refuse(leaf, text);
        }
    }

    private String hidden(String text) {
        return service.login
                .password()
                .map(password -> text.replace(password, "***"))
                .orElse(text);
    }

    private void refuse(Field leaf, String text) {
        String id = "setting-" + service.workload.object().name();
        String shown = hidden(text).lines().findFirst().orElse("");
        draft.refuse(
                id,
                service.store.system() + " is started with `"
                        + (shown.length() > 80 ? shown.substring(0, 80) + "…" : shown)
                        + "`, which Landfall can't hand to the plugin.",
                RULE,
                "the plugin starts the server its own way: set it on the host, under /var/lib/dokku/services/"
                        + service.type + "/" + service.name + "/config",
                leaf);
    }

    private Outcome setting(String givenName, List<String> givenValues, boolean isLong) {
        String name = service.type.equals("postgres") ? givenName.replace('-', '_') : givenName;
        List<String> values = givenValues.stream()
                .map(this::expanded)
                .filter(value -> !value.isEmpty())
                .toList();
        String family = service.type.equals("mariadb") ? "mysql" : service.type;
        if (name.equals("requirepass") && !values.isEmpty()) {
            service.login = new ServiceDraft.Login(
                    service.login.user(),
                    Optional.of(values.getFirst()),
                    service.login.rootPassword(),
                    service.login.database());
            return new Outcome.Own("the plugin's server wants a password too: a new one");
        }
        if (OF_THE_CONTAINER.getOrDefault(family, Set.of()).contains(name)) {
            return new Outcome.Own("the plugin chooses its own files, addresses and passwords");
        }
        if (name.equals("wal_level")) {
            return new Outcome.Own("always logical: the way back is followed through the log");
        }
        if (OF_A_CLUSTER.contains(name)) {
            return new Outcome.OneServer();
        }
        if (service.type.equals("redis") && name.equals("save") && values.isEmpty()) {
            return new Outcome.Own("the plugin's server writes snapshots as well: nothing is lost by that");
        }
        if (service.type.equals("memcached") && name.matches("m|memory-limit") && values.size() == 1) {
            return values.getFirst().matches("[0-9]{1,6}") ? memory(values.getFirst()) : new Outcome.Unfit();
        }
        boolean isPlain = NAME.matcher(name).matches()
                && givenValues.stream().noneMatch(value -> value.matches("\"\"|''"))
                && values.stream().allMatch(value -> PLAIN.matcher(value).matches())
                && values.stream()
                        .noneMatch(
                                value -> value.equals(service.login.password().orElse("")));
        if (!isPlain || !service.store.takesArguments()) {
            return new Outcome.Unfit();
        }
        service.configOptions.add(written(name, values, isLong));
        return new Outcome.Carried();
    }

    private Outcome memory(String megabytes) {
        service.memoryMegabytes = java.util.OptionalInt.of(Integer.parseInt(megabytes));
        return new Outcome.Carried();
    }

    private String written(String name, List<String> values, boolean isLong) {
        return switch (service.store) {
            case POSTGRESQL -> "-c " + name + "=" + String.join(",", values);
            case MYSQL, MARIADB -> "--" + name + (values.isEmpty() ? "" : "=" + String.join(" ", values));
            default -> (isLong ? "--" : "-") + name + (values.isEmpty() ? "" : " " + String.join(" ", values));
        };
    }

    /** {@code $(NAME)} of the kubelet and {@code $NAME} of a shell. */
    private String expanded(String value) {
        String text = EnvironmentRule.expand(value, environment);
        for (Variable variable : environment.values()) {
            text = text.replace("${" + variable.name() + "}", variable.value());
            if (text.equals("$" + variable.name())) {
                text = variable.value();
            }
        }
        return text.replaceAll("^[\"']|[\"']$", "");
    }

    /**
     * A configuration file of a ConfigMap.
     *
     * @return what options can't say of it: names of settings, or the file's own name if it is of another form; empty if
     *     all is said
     */
    List<String> file(String fileName, String text) {
        boolean isIni = service.store == Datastore.MYSQL || service.store == Datastore.MARIADB;
        boolean isKnown = switch (service.store) {
            case POSTGRESQL -> fileName.endsWith(".conf") && !fileName.contains("hba") && !fileName.contains("ident");
            case REDIS -> fileName.endsWith(".conf") && !fileName.contains("sentinel");
            case MYSQL, MARIADB -> fileName.endsWith(".cnf") || fileName.endsWith(".conf") || fileName.endsWith(".ini");
            default -> false;
        };
        if (!isKnown) {
            return List.of(fileName);
        }
        List<String> unsaid = new ArrayList<>();
        String section = isIni ? "" : "mysqld";
        for (String given : text.lines().toList()) {
            String line = given.strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith(";")) {
                continue;
            }
            if (isIni && line.startsWith("[")) {
                section = line.replaceAll("[\\[\\]]", "").strip();
                continue;
            }
            if (line.startsWith("!include") || line.startsWith("include")) {
                continue;
            }
            if (List.of("mysqld", "mariadb", "mariadbd", "server").contains(section)) {
                line(line).ifPresent(unsaid::add);
            }
        }
        return unsaid;
    }

    /** @return the setting's name, if no option can say it */
    private Optional<String> line(String line) {
        List<String> values;
        String name;
        if (service.store == Datastore.REDIS) {
            List<String> words = List.of(line.split("\\s+", -1));
            name = words.getFirst();
            values = words.subList(1, words.size());
        } else {
            String bare = line.replaceFirst("\\s+#.*$", "");
            int equals = bare.indexOf('=');
            name = (equals < 0 ? bare : bare.substring(0, equals)).strip();
            String value = equals < 0 ? "" : bare.substring(equals + 1).strip().replaceAll("^['\"]|['\"]$", "");
            values = value.isEmpty() ? List.of() : List.of(value);
        }
        return switch (setting(name, values, true)) {
            case Outcome.Carried ignored -> Optional.empty();
            case Outcome.Own ignored -> Optional.empty();
            case Outcome.OneServer ignored -> {
                draft.lost(
                        service.name,
                        "the setting " + name + ": a Dokku service is one server",
                        "plan backups; a second server is another host's business");
                yield Optional.empty();
            }
            case Outcome.Unfit ignored -> Optional.of(name);
        };
    }
}
