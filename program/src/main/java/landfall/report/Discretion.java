package landfall.report;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.kube.KubeObject;
import landfall.kube.Node;

/** Keeps secrets out of what is shown: the values of Secrets wherever they turn up, and what bears a password's name. */
public final class Discretion {
    static final String HIDDEN = "…";

    /** A shorter value is a word like any other unless its name says that it is secret. */
    private static final int TELLING_LENGTH = 16;

    private static final Pattern SENSITIVE = Pattern.compile(
            "(?i)pass(?:wor[dt]|wd|phrase|code)|pwd|^pass$|[_.-]pass$|secret|token|credential|htpasswd|signer|salt$|dsn$"
                    + "|(?:api|access|private|encryption|signing|master|auth|session|account|license)[_.-]?key|key[_.-]?base"
                    + "|[_.-]key$|connection[_.-]?string|webhook");
    private static final Pattern SENSITIVE_KEY = Pattern.compile("(?i)(?:password|passwd|passphrase|token|apikey)$");
    private static final Pattern ASSIGNMENT =
            Pattern.compile("^(\\s*(?:- )?[\"']?([A-Za-z0-9_.-]+)[\"']?\\s*[:=]\\s*)(\\S.*)$");
    private static final Pattern INLINE = Pattern.compile(
            "(?i)((?:pass(?:word|wd)?|pwd|secret|token|api[_-]?key)[\"']?\\s*[=:]\\s*|--?(?:password|requirepass|masterauth|token|secret|auth)[ =])"
                    + "([\"']?)(?![\"']?(?:\\{\\{|\\$[({]|%))([^\\s\"',;&]{3,})");
    private static final Pattern FLAG =
            Pattern.compile("(?i)--?[a-z0-9_.-]*(?:passw(?:or)?d|requirepass|masterauth|token|secret|api-?key)");
    /** An option and its secret as neighbours in a list: {@code CMD ["--requirepass", "…"]}. */
    private static final Pattern LISTED = Pattern.compile("(\"" + FLAG.pattern() + "\"\\s*,\\s*\")[^\"]*");

    private static final Pattern URL_PASSWORD = Pattern.compile("(://[^\\s:/@\"']*:)([^\\s@/\"']+)(@)");
    private static final Pattern WORDS = Pattern.compile("[^\\s\"'=:,;&@/]+");

    /** Manifests and notes say the same again and again. */
    private static final int REMEMBERED_MAX = 20_000;

    private final Set<String> known;
    private final Map<String, String> shown = new HashMap<>();

    private Discretion(Set<String> known) {
        this.known = known;
    }

    /** What to keep quiet about these objects. */
    public static Discretion about(List<KubeObject> objects) {
        Set<String> known = new HashSet<>();
        for (KubeObject object : objects) {
            if (object.kind().equals("Secret")) {
                object.root()
                        .entriesAt("stringData")
                        .forEach((key, value) -> value.text().ifPresent(text -> remember(known, key, text)));
                object.root()
                        .entriesAt("data")
                        .forEach((key, value) -> value.text().ifPresent(text -> {
                            remember(known, key, text);
                            remember(known, key, decoded(text));
                        }));
            }
        }
        return new Discretion(known);
    }

    private static void remember(Set<String> known, String key, String value) {
        String text = value.strip();
        if (text.length() >= TELLING_LENGTH || (text.length() >= 4 && isSensitive(key))) {
            known.add(text);
            text.lines()
                    .map(String::strip)
                    .filter(line -> line.length() >= TELLING_LENGTH)
                    .forEach(known::add);
        }
    }

    private static String decoded(String text) {
        try {
            return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // Not base64: a manifest that no cluster would take. The text itself is remembered already.
            return "";
        }
    }

    /** True for names that usually hold secrets: {@code DB_PASSWORD}, {@code api-key}. */
    static boolean isSensitive(String name) {
        return SENSITIVE.matcher(name).find();
    }

    /** True for an option that is followed by a secret: {@code --requirepass}. */
    static boolean isSecretFlag(String word) {
        return FLAG.matcher(word).matches();
    }

    /** True if a value below a key of a kind is never to be shown, whatever it is. */
    static boolean isAlwaysHidden(String kind, String key) {
        return key.equals("kubectl.kubernetes.io/last-applied-configuration")
                || (kind.equals("Secret") && Set.of("data", "stringData").contains(key))
                || (kind.equals("SealedSecret") && key.equals("encryptedData"));
    }

    /** A line with its secrets hidden. */
    String line(String text) {
        String line = shown.get(text);
        if (line == null) {
            line = hidden(text);
            if (shown.size() < REMEMBERED_MAX) {
                shown.put(text, line);
            }
        }
        return line;
    }

    private String hidden(String text) {
        String shown = URL_PASSWORD.matcher(text).replaceAll("$1" + HIDDEN + "$3");
        if (shown.contains("PRIVATE KEY")) {
            return shown.replaceAll("-----BEGIN.*", HIDDEN);
        }
        Matcher assignment = ASSIGNMENT.matcher(shown);
        if (assignment.matches() && isSensitive(assignment.group(2)) && !isReference(assignment.group(3))) {
            return assignment.group(1) + HIDDEN;
        }
        return words(LISTED.matcher(INLINE.matcher(shown).replaceAll("$1$2" + HIDDEN))
                .replaceAll("$1" + HIDDEN));
    }

    /** {@code "{{ .input | dq }}"} and {@code $(VAR)} name a secret and don't tell it. */
    private static boolean isReference(String value) {
        String bare = value.replaceAll("^[\"']", "");
        return bare.startsWith("{{") || bare.startsWith("$") || bare.equals("true") || bare.equals("false");
    }

    /** The text without values of Secrets; names and settings stay as they are. */
    String words(String text) {
        if (known.isEmpty()) {
            return text;
        }
        String whole = text.strip();
        int colon = whole.indexOf(": ");
        if (known.contains(whole) || (colon > 0 && known.contains(unquoted(whole.substring(colon + 2))))) {
            return text.substring(0, text.indexOf(whole)) + (colon > 0 ? whole.substring(0, colon + 2) : "") + HIDDEN;
        }
        Matcher matcher = WORDS.matcher(text);
        StringBuilder shown = new StringBuilder();
        while (matcher.find()) {
            boolean isKnown = known.contains(matcher.group());
            matcher.appendReplacement(shown, Matcher.quoteReplacement(isKnown ? HIDDEN : matcher.group()));
        }
        return matcher.appendTail(shown).toString();
    }

    private static String unquoted(String text) {
        return text.replaceAll("^[\"']|[\"']$", "");
    }

    /** A scalar that stands at a key of a map; {@code siblings} tells the name of an environment variable. */
    boolean isHidden(String key, Map<String, Node> siblings) {
        if (key.equals("value") && siblings.get("name") instanceof Node.Scalar name) {
            return isSensitive(name.raw());
        }
        return SENSITIVE_KEY.matcher(key).find();
    }
}
