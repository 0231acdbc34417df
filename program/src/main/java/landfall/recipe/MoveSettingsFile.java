package landfall.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads and writes move.yaml. Unknown and missing keys are named, all in one run. */
public final class MoveSettingsFile {
    private static final String HEADER = """
            # The move, as `landfall plan` drew it. Answers, host and addresses are yours to edit; a new plan keeps them.
            """;

    private MoveSettingsFile() {}

    public static String write(MoveSettings settings) {
        Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("version", 1);
        root.put("move", settings.move());
        root.put(
                "source",
                map(
                        "kubernetes",
                        map(
                                "kubeconfig", settings.kubernetes().kubeconfig(),
                                "context", settings.kubernetes().context(),
                                "namespace", settings.kubernetes().namespace())));
        Map<String, @Nullable Object> target = map(
                "host", settings.target().host(),
                "identity", settings.target().identity(),
                "known-hosts", settings.target().knownHosts(),
                "bridge-address", settings.target().bridgeAddress());
        if (settings.target().admin() != null) {
            target.put("admin", settings.target().admin());
        }
        root.put("target", target);
        Map<String, @Nullable Object> decisions = new LinkedHashMap<>();
        settings.decisions().forEach((id, decision) -> decisions.put(id, decision(decision)));
        root.put("decisions", decisions);
        root.put("apps", settings.apps().stream().map(MoveSettingsFile::app).toList());
        root.put(
                "databases",
                settings.databases().stream().map(MoveSettingsFile::database).toList());
        root.put("files", settings.files().stream().map(MoveSettingsFile::files).toList());
        return HEADER + YamlText.write(root);
    }

    private static Map<String, @Nullable Object> decision(MoveSettings.Decision decision) {
        return map(
                "question", decision.question(),
                "options", decision.options(),
                "default", decision.fallback(),
                "answer", decision.answer());
    }

    private static Map<String, @Nullable Object> app(MoveSettings.App app) {
        List<Object> bridges = new ArrayList<>();
        app.bridges()
                .forEach(bridge -> bridges.add(
                        map("service", bridge.service(), "port", bridge.port(), "dokku-port", bridge.dokkuPort())));
        return map(
                "name", app.name(),
                "folder", app.folder(),
                "image", app.image(),
                "waits-for", app.waitsFor(),
                "workloads", app.workloads(),
                "cron-jobs", app.cronJobs(),
                "bridges", bridges);
    }

    private static Map<String, @Nullable Object> database(MoveSettings.Database database) {
        MoveSettings.DatabaseSource source = database.source();
        MoveSettings.DatabaseChoices choices = database.choices();
        Map<String, @Nullable Object> from = map(
                "workload", source.workload(),
                "port", source.port(),
                "database", source.database(),
                "user", source.user(),
                "password-secret", source.passwordSecret());
        if (choices.sourceUrl() != null) {
            from.put("url", choices.sourceUrl());
        }
        Map<String, @Nullable Object> written = map(
                "service", database.service(),
                "database", database.database(),
                "role", database.role(),
                "password", database.password(),
                "source", from);
        if (choices.targetUrl() != null) {
            written.put("url", choices.targetUrl());
        }
        if (choices.plain()) {
            written.put("plain", true);
        }
        if (!choices.identities().isEmpty()) {
            written.put("identities", choices.identities());
        }
        return written;
    }

    private static Map<String, @Nullable Object> files(MoveSettings.Files files) {
        MoveSettings.FilesSource source = files.source();
        return map(
                "entry", files.entry(),
                "app", files.app(),
                "path", files.path(),
                "source",
                        map(
                                "claim", source.claim(),
                                "workload", source.workload(),
                                "container", source.container(),
                                "path", source.path()));
    }

    private static Map<String, @Nullable Object> map(@Nullable Object... keysAndValues) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
            map.put(String.valueOf(keysAndValues[i]), keysAndValues[i + 1]);
        }
        return map;
    }

    /** @throws LandfallException (bad input) with every problem of the file */
    public static MoveSettings read(String text, String fileName) {
        Problems problems = new Problems();
        Object loaded = load(text, fileName);
        Fields root = new Fields(fileName, "", loaded, problems);
        root.only(Set.of("version", "move", "source", "target", "decisions", "apps", "databases", "files"));
        int version = root.integer("version");
        if (version != 1 && !problems.hasErrors()) {
            root.problem("version", "is " + version + ", and this Landfall reads version 1");
        }
        Fields kubernetes = root.child("source").only(Set.of("kubernetes")).child("kubernetes");
        kubernetes.only(Set.of("kubeconfig", "context", "namespace"));
        Fields target = root.child("target").only(Set.of("host", "identity", "known-hosts", "bridge-address", "admin"));
        Map<String, MoveSettings.Decision> decisions = new LinkedHashMap<>();
        root.children("decisions").forEach((id, fields) -> decisions.put(id, readDecision(fields)));
        String move = root.text("move");
        if (!move.matches("[a-z][a-z0-9_]{0,30}")) {
            root.problem("move", "must be a lower-case name of at most 31 letters, digits and _");
        }
        MoveSettings settings = new MoveSettings(
                move,
                new MoveSettings.Kubernetes(
                        kubernetes.textOrNull("kubeconfig"),
                        kubernetes.textOrNull("context"),
                        kubernetes.text("namespace")),
                new MoveSettings.DokkuTarget(
                        target.textOrNull("host"),
                        target.textOrNull("identity"),
                        target.textOrNull("known-hosts"),
                        target.textOrNull("bridge-address"),
                        target.textOrNull("admin")),
                decisions,
                root.list("apps", MoveSettingsFile::readApp),
                root.list("databases", MoveSettingsFile::readDatabase),
                root.list("files", MoveSettingsFile::readFiles));
        problems.stopOnErrors(ExitCode.BAD_INPUT);
        return settings;
    }

    private static Object load(String text, String fileName) {
        try {
            Object loaded = new Load(LoadSettings.builder().setLabel(fileName).build()).loadFromString(text);
            return loaded == null ? Map.of() : loaded;
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            new Origin(fileName, line),
                            "not YAML",
                            String.valueOf(e.getProblem()),
                            "Mend the line, or run `landfall plan` again."),
                    e);
        } catch (YamlEngineException e) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(fileName),
                            "not YAML",
                            String.valueOf(e.getMessage()),
                            "Run `landfall plan` again."),
                    e);
        }
    }

    private static MoveSettings.Decision readDecision(Fields fields) {
        fields.only(Set.of("question", "options", "default", "answer"));
        Map<String, String> options = new LinkedHashMap<>();
        fields.child("options").values.forEach((name, text) -> options.put(name, String.valueOf(text)));
        MoveSettings.Decision decision = new MoveSettings.Decision(
                fields.text("question"), options, fields.textOrNull("default"), fields.textOrNull("answer"));
        String answer = decision.answer();
        if (answer != null && !options.containsKey(answer)) {
            fields.problem("answer", "`" + answer + "` is not one of " + String.join(", ", options.keySet()));
        }
        return decision;
    }

    private static MoveSettings.App readApp(Fields fields) {
        fields.only(Set.of("name", "folder", "image", "waits-for", "workloads", "cron-jobs", "bridges"));
        return new MoveSettings.App(
                fields.text("name"),
                fields.textOrNull("folder"),
                fields.textOrNull("image"),
                fields.texts("waits-for"),
                fields.texts("workloads"),
                fields.texts("cron-jobs"),
                fields.list("bridges", bridge -> {
                    bridge.only(Set.of("service", "port", "dokku-port"));
                    return new MoveSettings.Bridge(
                            bridge.text("service"), bridge.text("port"), bridge.integer("dokku-port"));
                }));
    }

    private static MoveSettings.Database readDatabase(Fields fields) {
        fields.only(Set.of("service", "database", "role", "password", "source", "url", "plain", "identities"));
        Fields source =
                fields.child("source").only(Set.of("workload", "port", "database", "user", "password-secret", "url"));
        Map<String, String> identities = new LinkedHashMap<>();
        fields.child("identities").values.forEach((table, choice) -> {
            if (!Set.of("index", "recopy").contains(String.valueOf(choice))) {
                fields.problem("identities." + table, "must be index or recopy, not `" + choice + "`");
            }
            identities.put(table, String.valueOf(choice));
        });
        String plain = fields.textOrNull("plain");
        if (plain != null && !Set.of("true", "false").contains(plain)) {
            fields.problem("plain", "must be true or false, not `" + plain + "`");
        }
        return new MoveSettings.Database(
                fields.text("service"),
                fields.text("database"),
                fields.text("role"),
                fields.text("password"),
                new MoveSettings.DatabaseSource(
                        source.text("workload"),
                        source.integer("port"),
                        source.text("database"),
                        source.text("user"),
                        source.text("password-secret")),
                new MoveSettings.DatabaseChoices("true".equals(plain), identities, address(source), address(fields)));
    }

    /** move.yaml is no place for a password. */
    private static @Nullable String address(Fields fields) {
        String url = fields.textOrNull("url");
        if (url == null) {
            return null;
        }
        if (!url.matches("postgres(ql)?://[^\\s]+")) {
            fields.problem("url", "must be postgres://USER@HOST:PORT/NAME");
        } else if (url.matches("[a-z]+://[^/@]*:[^/@]*@.*")) {
            fields.problem("url", "must hold no password; it belongs into secrets.yml, or stays in its Secret");
        }
        return url;
    }

    private static MoveSettings.Files readFiles(Fields fields) {
        fields.only(Set.of("entry", "app", "path", "source"));
        Fields source = fields.child("source").only(Set.of("claim", "workload", "container", "path"));
        return new MoveSettings.Files(
                fields.text("entry"),
                fields.text("app"),
                fields.text("path"),
                new MoveSettings.FilesSource(
                        source.text("claim"), source.text("workload"), source.text("container"), source.text("path")));
    }

    /** One map of the file, with the path it stands at; every wrong shape becomes a problem and a harmless value. */
    private static final class Fields {
        private final String fileName;
        private final String path;
        private final Map<String, @Nullable Object> values;
        private final Problems problems;

        Fields(String fileName, String path, @Nullable Object value, Problems problems) {
            this.fileName = fileName;
            this.path = path;
            this.problems = problems;
            this.values = new LinkedHashMap<>();
            if (value instanceof Map<?, ?> map) {
                map.forEach((key, child) -> values.put(String.valueOf(key), child));
            } else {
                problem("", "must be a map");
            }
        }

        void problem(String key, String why) {
            String place = key.isEmpty() ? (path.isEmpty() ? "the file" : path) : at(key);
            problems.add(Problem.error(
                    Origin.file(fileName), place + " " + why, "", "Mend it, or run `landfall plan` again."));
        }

        private String at(String key) {
            return path.isEmpty() ? key : path + "." + key;
        }

        Fields only(Set<String> known) {
            values.keySet().stream()
                    .filter(key -> !known.contains(key))
                    .forEach(key -> problem(key, "is not a known key"));
            return this;
        }

        Fields child(String key) {
            Object value = values.get(key);
            return new Fields(fileName, at(key), value == null ? Map.of() : value, problems);
        }

        Map<String, Fields> children(String key) {
            Map<String, Fields> children = new LinkedHashMap<>();
            Fields child = child(key);
            child.values.forEach(
                    (name, value) -> children.put(name, new Fields(fileName, child.at(name), value, problems)));
            return children;
        }

        <T> List<T> list(String key, Function<Fields, T> read) {
            List<T> items = new ArrayList<>();
            Object value = values.get(key);
            if (value instanceof List<?> list) {
                for (int i = 0; i < list.size(); i++) {
                    items.add(read.apply(new Fields(fileName, at(key) + "[" + i + "]", list.get(i), problems)));
                }
            } else if (value != null) {
                problem(key, "must be a list");
            }
            return items;
        }

        List<String> texts(String key) {
            List<String> texts = new ArrayList<>();
            if (values.get(key) instanceof List<?> list) {
                list.forEach(item -> texts.add(String.valueOf(item)));
            } else if (values.get(key) != null) {
                problem(key, "must be a list");
            }
            return texts;
        }

        @Nullable
        String textOrNull(String key) {
            Object value = values.get(key);
            if (value instanceof Map || value instanceof List) {
                problem(key, "must be a single value");
                return null;
            }
            return value == null ? null : value.toString();
        }

        String text(String key) {
            String text = textOrNull(key);
            if (text == null || text.isEmpty()) {
                problem(key, "is missing");
                return "missing";
            }
            return text;
        }

        int integer(String key) {
            String text = text(key);
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                if (!text.equals("missing")) {
                    problem(key, "must be a whole number, not `" + text + "`");
                }
                return 0;
            }
        }
    }
}
