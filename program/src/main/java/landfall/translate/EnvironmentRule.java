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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.translate.AppDraft.Variable;

/** {@code env} and {@code envFrom}: what the container's environment is, byte for byte, and where each value stands. */
final class EnvironmentRule {
    private static final Pattern REFERENCE = Pattern.compile("\\$(\\$)?\\(([A-Za-z_][A-Za-z0-9_.-]*)\\)");
    private static final Pattern SENSITIVE_NAME =
            Pattern.compile("(?i).*(password|passwd|secret|token|api_?key|private_?key|credential|_key|_dsn|_salt)$");
    private static final Pattern CREDENTIALS_IN_URL = Pattern.compile(".*://[^/@\\s]*:[^/@\\s]+@.*", Pattern.DOTALL);

    private final Draft draft;
    private final String owner;
    private final String to;
    private final Map<String, Variable> variables = new LinkedHashMap<>();

    private EnvironmentRule(Draft draft, String owner, String to) {
        this.draft = draft;
        this.owner = owner;
        this.to = to;
    }

    /**
     * The environment as Kubernetes builds it: envFrom in order, then env, later over earlier. Settles the references;
     * the values themselves are settled by whoever gives them a place.
     *
     * @param owner the app or service that asks, for names of decisions
     * @param to where references are resolved to
     */
    static Map<String, Variable> resolve(Draft draft, Field container, String owner, String to) {
        EnvironmentRule rule = new EnvironmentRule(draft, owner, to);
        container.at("envFrom").items().forEach(rule::whole);
        container.at("env").items().forEach(rule::single);
        for (String list : List.of("env", "envFrom")) {
            if (container.at(list).items().isEmpty()) {
                container.at(list).irrelevant("Container." + list, "empty");
            }
        }
        return rule.variables;
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
            reference.at("name").carried("Container.envFrom", to, "each of its keys is a variable");
            reference.at("optional").satisfied("Container.envFrom", "resolved while planning");
            Optional<Field> object = object(reference, secret);
            object.ifPresent(found -> keys(found, secret)
                    .forEach((key, leaf) ->
                            value(leaf, secret).ifPresent(text -> put(prefix + key, text, secret, List.of(leaf)))));
        }
    }

    private void single(Field variable) {
        String name = variable.at("name").text("");
        variable.at("name").carried("Container.env", to + "/" + name);
        if (variable.at("value").exists() || !variable.at("valueFrom").exists()) {
            Field leaf = variable.at("value");
            put(name, expand(leaf.text("")), false, leaf.exists() ? List.of(leaf) : List.of());
            return;
        }
        Field from = variable.at("valueFrom");
        for (String kind : List.of("configMapKeyRef", "secretKeyRef")) {
            Field reference = from.at(kind);
            if (reference.exists()) {
                reference(name, reference, kind.equals("secretKeyRef"));
            }
        }
        Field downward = from.at("fieldRef");
        if (downward.at("fieldPath").is("metadata.namespace")) {
            downward.carried("Container.env.fieldRef", to + "/" + name, "the namespace's name, as it was");
            put(name, draft.namespace, false, List.of());
        } else if (downward.exists() || from.at("resourceFieldRef").exists()) {
            Field field = downward.exists() ? downward : from.at("resourceFieldRef");
            draft.refuse(
                    "variable-" + owner + "-" + name.toLowerCase(java.util.Locale.ROOT),
                    name + " of " + owner + " tells the app about its own pod. What should it hold on Dokku?",
                    "Container.env.downward",
                    "a value that only a pod has; set the variable yourself if the app needs it",
                    field);
        }
    }

    private void reference(String name, Field reference, boolean secret) {
        String key = reference.at("key").text("");
        reference.at("name").carried("Container.env.valueFrom", to + "/" + name);
        reference.at("key").carried("Container.env.valueFrom", to + "/" + name);
        reference.at("optional").satisfied("Container.env.valueFrom", "resolved while planning");
        String withheld = draft.withheld.get(reference.at("name").text("") + "/" + key);
        if (secret
                && withheld != null
                && draft.index.secret(reference.at("name").text("")).isEmpty()) {
            put(name, withheld, true, List.of(reference.at("key")));
            return;
        }
        Optional<Field> object = object(reference, secret);
        if (object.isEmpty()) {
            return;
        }
        Field leaf = keys(object.get(), secret).get(key);
        if (leaf != null) {
            value(leaf, secret).ifPresent(text -> put(name, text, secret, List.of(leaf)));
        } else if (!reference.at("optional").is("true")) {
            missing(reference, object.get().object().shortName() + " has no key " + key);
        }
    }

    private Optional<Field> object(Field reference, boolean secret) {
        String name = reference.at("name").text("");
        Optional<Field> object = secret ? draft.index.secret(name) : draft.index.configMap(name);
        if (object.isEmpty() && !reference.at("optional").is("true")) {
            missing(reference, (secret ? "Secret/" : "ConfigMap/") + name + " is not among the manifests");
        }
        return object;
    }

    private void missing(Field reference, String what) {
        String id = "missing-" + reference.at("name").text("") + "-" + owner;
        draft.ask(
                id,
                what + ", and " + owner + " takes variables from it.",
                Draft.options("later", "the variables are left out; you set them on the app yourself"),
                reference);
        reference.decision("Container.env.missing", id, what);
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
        String raw = leaf.text("");
        String section =
                leaf.path().steps().getFirst() instanceof landfall.kube.FieldPath.Step.Key(String name) ? name : "";
        boolean encoded = secret ? section.equals("data") : section.equals("binaryData");
        if (!encoded) {
            return Optional.of(raw);
        }
        try {
            byte[] bytes = Base64.getMimeDecoder().decode(raw);
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private void put(String name, String value, boolean secret, List<Field> sources) {
        List<Field> all = new ArrayList<>(sources);
        Variable before = variables.remove(name);
        if (before != null) {
            before.sources()
                    .forEach(field -> field.satisfied(
                            "Container.env.overridden", "another entry of the same name wins, as in the cluster"));
        }
        boolean sensitive = secret
                || SENSITIVE_NAME.matcher(name).matches()
                || CREDENTIALS_IN_URL.matcher(value).matches();
        variables.put(name, new Variable(name, value, sensitive, all));
    }

    /** {@code $(NAME)} as the kubelet expands it: known names only, {@code $$(NAME)} is an escape. */
    private String expand(String value) {
        return expand(value, variables);
    }

    static String expand(String value, Map<String, Variable> variables) {
        Matcher matcher = REFERENCE.matcher(value);
        StringBuilder text = new StringBuilder();
        while (matcher.find()) {
            Variable variable = variables.get(matcher.group(2));
            String replacement;
            if (matcher.group(1) != null) {
                replacement = matcher.group().substring(1);
            } else {
                replacement = variable == null ? matcher.group() : variable.value();
            }
            matcher.appendReplacement(text, Matcher.quoteReplacement(replacement));
        }
        return matcher.appendTail(text).toString();
    }
}
