package landfall.translate;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import landfall.target.Place;
import landfall.translate.AppDraft.Variable;

/** {@code env} and {@code envFrom}: what the container's environment is, byte for byte, and where each value stands. */
final class EnvironmentRule {
    private static final Pattern SENSITIVE_NAME =
            Pattern.compile("(?i).*(password|passwd|secret|token|api_?key|private_?key|credential|_key|_dsn|_salt)$");
    private static final Pattern CREDENTIALS_IN_URL = Pattern.compile(".*://[^/@\\s]*:[^/@\\s]+@.*", Pattern.DOTALL);

    private final Draft draft;
    private final String owner;
    private final String to;
    private final Field container;
    /** True for an app: a value that is kept elsewhere becomes an input; others do without. */
    private final boolean fills;

    private final ServiceVariables services;
    private final Map<String, Variable> variables = new LinkedHashMap<>();

    private EnvironmentRule(Draft draft, Field container, String owner, String to, boolean fills) {
        this.draft = draft;
        this.container = container;
        this.owner = owner;
        this.to = to;
        this.fills = fills;
        boolean areOff = DownwardRule.template(container)
                .at("spec", "enableServiceLinks")
                .is("false");
        services = areOff ? ServiceVariables.NONE : draft.serviceVariables();
    }

    /** An app's environment; what only the cluster or a store holds is among it, without a value. */
    static Map<String, Variable> ofApp(Draft draft, AppDraft app) {
        EnvironmentRule rule =
                new EnvironmentRule(draft, app.container, app.name, Place.task(app.name, "config"), true);
        rule.resolve();
        rule.ofServices();
        return rule.variables;
    }

    /**
     * The environment as far as its values are known.
     *
     * @param owner the app or service that asks, for names of decisions
     * @param to where references are resolved to
     */
    static Map<String, Variable> resolve(Draft draft, Field container, String owner, String to) {
        EnvironmentRule rule = new EnvironmentRule(draft, container, owner, to, false);
        rule.resolve();
        rule.variables.values().removeIf(variable -> !variable.isKnown());
        return rule.variables;
    }

    /**
     * As Kubernetes builds it: envFrom in order, then env, later over earlier. Settles the references; the values
     * themselves are settled by whoever gives them a place.
     */
    private void resolve() {
        container.at("envFrom").items().forEach(this::whole);
        container.at("env").items().forEach(this::single);
        for (String list : List.of("env", "envFrom")) {
            if (container.at(list).items().isEmpty()) {
                container.at(list).irrelevant("Container." + list, "empty");
            }
        }
    }

    private void whole(Field source) {
        String prefix = source.at("prefix").text("");
        source.at("prefix").carried("Container.envFrom", to, "the prefix is part of each variable's name");
        for (String kind : List.of("configMapRef", "secretRef")) {
            Field reference = source.at(kind);
            if (!reference.exists()) {
                continue;
            }
            boolean secret = kind.equals("secretRef");
            Optional<HeldKeys> held = held(reference, secret);
            if (held.isEmpty()) {
                absent(
                        reference,
                        secret,
                        () -> unlisted(reference, said(reference, secret) + " is not among the manifests"));
                continue;
            }
            reference.at("name").carried("Container.envFrom", to, "each of its keys is a variable");
            reference.at("optional").satisfied("Container.envFrom", "resolved while planning");
            held.get()
                    .values()
                    .forEach((key, leaf) ->
                            value(leaf, secret).ifPresent(text -> put(prefix + key, text, secret, List.of(leaf))));
            held.get().promised().forEach((key, leaf) -> promised(prefix + key, key, leaf, held.get()));
            if (!held.get().isComplete()) {
                unlisted(reference, held.get().origin() + " doesn't name the keys that its store holds");
            }
        }
    }

    private void single(Field variable) {
        String name = variable.at("name").text("");
        variable.at("name").carried("Container.env", to + "/" + name);
        Field from = variable.at("valueFrom");
        if (!variable.at("value").text("").isEmpty() || from.entries().isEmpty()) {
            Field leaf = variable.at("value");
            from.irrelevant("Container.env", "empty");
            expanded(name, leaf);
            return;
        }
        variable.at("value").irrelevant("Container.env", "empty: valueFrom counts");
        for (String kind : List.of("configMapKeyRef", "secretKeyRef")) {
            if (from.at(kind).exists()) {
                reference(name, from.at(kind), kind.equals("secretKeyRef"));
            }
        }
        if (from.at("fieldRef").exists() || from.at("resourceFieldRef").exists()) {
            new DownwardRule(draft, container, owner, to)
                    .value(name, from)
                    .ifPresent(value -> put(name, value, false, List.of()));
        }
        if (from.at("fileKeyRef").exists()) {
            draft.refuse(
                    "file-variable-" + owner,
                    owner + " takes variables from a file that another container of its pod writes at each start. Set"
                            + " them yourself, or let the app read the file.",
                    "Container.env.fileKeyRef",
                    "written by another container at each start",
                    from.at("fileKeyRef"));
        }
    }

    private void expanded(String name, Field leaf) {
        List<Field> sources = leaf.exists() ? List.of(leaf) : List.of();
        TreeSet<String> missing = new TreeSet<>();
        boolean[] sensitive = {false};
        String text = Expansion.of(leaf.text(""), reference -> {
            Variable known = variables.get(reference);
            if (known == null) {
                return services.values().get(reference);
            }
            sensitive[0] |= known.sensitive();
            if (!known.isKnown()) {
                missing.add(reference);
                return null;
            }
            return known.value();
        });
        if (missing.isEmpty()) {
            put(name, text, sensitive[0], sources);
        } else {
            String words = "with the value of " + String.join(" and ", missing) + " in it";
            put(new Variable(name, text, true, sources, Optional.of(words)));
        }
    }

    private void reference(String name, Field reference, boolean secret) {
        String key = reference.at("key").text("");
        Optional<HeldKeys> held = held(reference, secret);
        Field leaf = held.map(keys -> keys.values().get(key)).orElse(null);
        if (leaf != null) {
            settle(reference, name);
            value(leaf, secret).ifPresent(text -> put(name, text, secret, List.of(leaf)));
            return;
        }
        Field promise = held.map(keys -> keys.promised().get(key)).orElse(null);
        String withheld = draft.withheld.get(reference.at("name").text("") + "/" + key);
        if (secret && withheld != null) {
            settle(reference, name);
            put(name, withheld, Draft.isWithheld(withheld), List.of(promise == null ? reference.at("key") : promise));
            return;
        }
        if (promise != null) {
            settle(reference, name);
            promised(name, key, promise, held.get());
            return;
        }
        String what = held.isPresent()
                ? held.get().origin() + " names no key " + key
                : said(reference, secret) + " is not among the manifests";
        absent(reference, secret, () -> missing(name, reference, secret, what));
    }

    private void settle(Field reference, String name) {
        reference.at("name").carried("Container.env.valueFrom", to + "/" + name);
        reference.at("key").carried("Container.env.valueFrom", to + "/" + name);
        reference.at("optional").satisfied("Container.env.valueFrom", "resolved while planning");
    }

    private Optional<HeldKeys> held(Field reference, boolean secret) {
        String name = reference.at("name").text("");
        return secret ? HeldKeys.secret(draft, name) : HeldKeys.configMap(draft, name);
    }

    private static String said(Field reference, boolean secret) {
        return (secret ? "Secret/" : "ConfigMap/") + reference.at("name").text("");
    }

    private static void absent(Field reference, boolean secret, Runnable otherwise) {
        if (reference.at("optional").is("true")) {
            reference.irrelevant(
                    "Container.env.optional",
                    said(reference, secret) + " may be absent, and is not among the manifests");
        } else {
            otherwise.run();
        }
    }

    /** A key whose value a store or the cluster holds: an input of the recipe. */
    private void promised(String name, String key, Field leaf, HeldKeys held) {
        String input = AppDraft.inputName(owner, name);
        if (!fills) {
            String id = "missing-" + leaf.object().name() + "-" + owner;
            draft.ask(
                    id,
                    held.origin() + " holds values that only the cluster or its store can read, and " + owner
                            + " takes variables from it.",
                    Draft.options("later", "the variables are left out; you set them yourself"),
                    leaf);
            leaf.decision("Container.env.promised", id, "its value is kept elsewhere");
            return;
        }
        leaf.adapted(
                "Container.env.promised",
                Place.secret(input),
                "its value is kept elsewhere: write it into secrets.yml as " + input);
        draft.fill(owner, name + " (" + input + ")", held.origin());
        put(new Variable(name, "", true, List.of(leaf), Optional.of("key " + key + " of " + held.origin())));
    }

    private void missing(String name, Field reference, boolean secret, String what) {
        String id = "missing-" + reference.at("name").text("") + "-" + owner;
        String key = reference.at("key").text("");
        if (!fills) {
            draft.ask(
                    id,
                    what + ", and " + owner + " takes variables from it.",
                    Draft.options("later", "the variables are left out; you set them yourself"),
                    reference);
            reference.decision("Container.env.missing", id, what);
            return;
        }
        Optional<String> answer = draft.decide(
                id,
                what + ", and " + owner + " takes variables from it. Plan again with it, or from the live cluster; else"
                        + " write the values into secrets.yml.",
                Draft.options(
                        "fill",
                        "each variable is an input of the recipe; `landfall apply` asks for those that secrets.yml"
                                + " doesn't have",
                        "omit",
                        "the variables are left out"),
                Optional.of("fill"),
                reference);
        reference.decision("Container.env.missing", id, what);
        if (answer.filter("fill"::equals).isPresent()) {
            String input = AppDraft.inputName(owner, name);
            draft.fill(owner, name + " (" + input + ")", said(reference, secret));
            put(new Variable(
                    name, "", true, List.of(reference), Optional.of("key " + key + " of " + said(reference, secret))));
        }
    }

    /** A whole object whose keys nobody can tell: no input can be made of it. */
    private void unlisted(Field reference, String what) {
        String id = "missing-" + reference.at("name").text("") + "-" + owner;
        draft.ask(
                id,
                what + ", and " + owner + " takes all its keys as variables.",
                Draft.options(
                        "later",
                        "I set them with `dokku config:set` before the app is deployed, or plan again with the object"),
                reference);
        reference.decision("Container.env.missing", id, what);
    }

    /** Variables of Services that the command reads through a shell. */
    private void ofServices() {
        for (String part : List.of("command", "args")) {
            for (Field word : container.at(part).items()) {
                services.readBy(word.text("")).forEach((name, value) -> {
                    if (!variables.containsKey(name)) {
                        put(name, value, false, List.of(word));
                        draft.changed(
                                owner,
                                name + ", which Kubernetes sets for its Service, is a variable of the app: the command"
                                        + " reads it");
                    }
                });
            }
        }
    }

    /** The leaves of a ConfigMap or Secret by key; stringData wins over data, as on the API server. */
    static Map<String, Field> keys(Field object, boolean secret) {
        Map<String, Field> keys = new LinkedHashMap<>(object.at("data").entries());
        keys.putAll(object.at(secret ? "stringData" : "binaryData").entries());
        return keys;
    }

    private Optional<String> value(Field leaf, boolean secret) {
        Optional<String> text = text(leaf, secret);
        if (text.isEmpty()) {
            draft.refuse(
                    "binary-" + leaf.object().name(),
                    leaf.object().shortName() + " holds bytes that are no UTF-8 text and can't be a variable.",
                    "Container.env.binary",
                    "not UTF-8",
                    leaf);
        }
        return text;
    }

    /** A leaf's text; of a Secret's or ConfigMap's encoded data the text it encodes, empty if it isn't UTF-8. */
    static Optional<String> text(Field leaf, boolean secret) {
        return bytes(leaf, secret).flatMap(bytes -> {
            try {
                return Optional.of(StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString());
            } catch (CharacterCodingException e) {
                return Optional.empty();
            }
        });
    }

    /** A leaf's bytes; empty if it should be base64 and isn't. */
    static Optional<byte[]> bytes(Field leaf, boolean secret) {
        String raw = leaf.text("");
        String section =
                leaf.path().steps().getFirst() instanceof landfall.kube.FieldPath.Step.Key(String name) ? name : "";
        boolean encoded = secret ? section.equals("data") : section.equals("binaryData");
        if (!encoded) {
            return Optional.of(raw.getBytes(StandardCharsets.UTF_8));
        }
        try {
            return Optional.of(Base64.getMimeDecoder().decode(raw));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void put(String name, String value, boolean secret, List<Field> sources) {
        boolean sensitive = secret || isSensitive(name, value);
        put(new Variable(name, value, sensitive, sources, Optional.empty()));
    }

    private void put(Variable variable) {
        Variable before = variables.remove(variable.name());
        if (before != null) {
            before.sources()
                    .forEach(field -> field.satisfied(
                            "Container.env.overridden", "another entry of the same name wins, as in the cluster"));
        }
        variables.put(
                variable.name(),
                new Variable(
                        variable.name(),
                        variable.value(),
                        variable.sensitive(),
                        new ArrayList<>(variable.sources()),
                        variable.missing()));
    }

    /** True for a value that looks like a secret though no Secret holds it. */
    static boolean isSensitive(String name, String value) {
        return SENSITIVE_NAME.matcher(name).matches()
                || CREDENTIALS_IN_URL.matcher(value).matches();
    }

    /** {@code $(NAME)} in a command or argument. */
    static String expand(String value, Map<String, Variable> variables) {
        return Expansion.of(value, name -> {
            Variable variable = variables.get(name);
            return variable == null || !variable.isKnown() ? null : variable.value();
        });
    }
}
