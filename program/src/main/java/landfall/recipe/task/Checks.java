package landfall.recipe.task;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import landfall.base.Limits;
import landfall.base.Secret;

/** Checks that Dokku itself doesn't make: what it takes silently breaks later deploys. */
final class Checks {
    private static final Pattern APP = Pattern.compile("[a-z0-9][a-z0-9.-]*");
    private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern DOMAIN = Pattern.compile(
            "(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern SERVICE = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern PROCESS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*");
    private static final Pattern MEMORY = Pattern.compile("[1-9][0-9]*[bkmg]?", Pattern.CASE_INSENSITIVE);
    private static final Pattern CPU = Pattern.compile("[0-9]+(\\.[0-9]+)?");
    private static final Pattern IMAGE =
            Pattern.compile("([A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?/)?[a-z0-9]+((\\.|_{1,2}|-+)[a-z0-9]+)*"
                    + "(/[a-z0-9]+((\\.|_{1,2}|-+)[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?"
                    + "(@sha256:[0-9a-f]{64})?");
    private static final int PORT_MAX = 65_535;
    private static final int SCALE_MAX = 1000;

    private Checks() {}

    static String app(TaskFields fields) {
        String app = fields.text("app");
        fields.demand(APP.matcher(app).matches(), "app", "an app's name is lower case letters, digits, dots, dashes");
        return app;
    }

    static String service(TaskFields fields, String field) {
        String name = fields.text(field);
        fields.demand(
                SERVICE.matcher(name).matches() && !name.startsWith("-"),
                field,
                "a service's name is letters, digits, _ and -");
        return name;
    }

    static String label(TaskFields fields, String field) {
        String name = fields.text(field);
        fields.demand(LABEL.matcher(name).matches(), field, "it is lower case letters, digits and dashes, at most 63");
        return name;
    }

    static String word(TaskFields fields, String field) {
        String name = fields.text(field);
        fields.demand(
                PROCESS.matcher(name).matches(),
                field,
                "it is letters, digits, dashes and _, beginning with a letter or digit");
        return name;
    }

    static void domain(TaskFields fields, String domain) {
        fields.demand(DOMAIN.matcher(domain).matches(), "domains", "\"" + domain + "\" is not a domain name");
    }

    static void port(TaskFields fields, String what, int port) {
        fields.demand(port >= 1 && port <= PORT_MAX, "port_mappings", what + " must be from 1 to " + PORT_MAX);
    }

    static void config(TaskFields fields, String key, Secret value) {
        fields.demand(KEY.matcher(key).matches(), "config", "\"" + key + "\" is not a name of a variable");
        String text = value.reveal();
        fields.demand(
                !text.endsWith("\"") && !text.endsWith("\\"),
                "config",
                "the value of " + key
                        + " ends in \" or \\: Dokku would store it so that no later config command of the app works");
        fields.demand(
                text.getBytes(StandardCharsets.UTF_8).length <= Limits.CONFIG_VALUE_BYTES_MAX,
                "config",
                "the value of " + key + " is larger than " + Limits.CONFIG_VALUE_BYTES_MAX
                        + " bytes: every later deploy of the app would fail");
        fields.demand(text.indexOf('\0') < 0, "config", "the value of " + key + " holds a zero byte");
    }

    static void resource(TaskFields fields, String name, String value) {
        boolean good = switch (name) {
            case "cpu" -> CPU.matcher(value).matches() && Double.parseDouble(value) > 0;
            case "memory", "memory-swap" -> MEMORY.matcher(value).matches();
            case "nvidia-gpu" -> value.matches("[0-9]+");
            default -> false;
        };
        fields.demand(
                good,
                "resources",
                name + ": \"" + value + "\" is not a resource and amount Docker takes (cpu 0.5, memory 512m)");
    }

    /** Dokku stores several in one line as one, and then takes out none of them. */
    static void oneOption(TaskFields fields, String option) {
        char quote = 0;
        for (int at = 0; at < option.length(); at++) {
            char letter = option.charAt(at);
            if (quote != 0) {
                quote = letter == quote ? 0 : quote;
            } else if (letter == '"' || letter == '\'') {
                quote = letter;
            } else {
                fields.demand(
                        letter != ' ' || !option.substring(at).matches(" +-[-A-Za-z].*"),
                        "option",
                        "it holds more than one option: give each a task of its own");
            }
        }
        fields.demand(quote == 0, "option", "a quotation mark is not closed");
    }

    static void image(TaskFields fields, String image) {
        fields.demand(
                IMAGE.matcher(image).matches(),
                "image",
                "\"" + image + "\" is no image: [REGISTRY[:PORT]/]NAME[:TAG][@sha256:64 HEX DIGITS], in lower case");
    }

    static void scale(TaskFields fields, String process, int count) {
        fields.demand(PROCESS.matcher(process).matches(), "scale", "\"" + process + "\" is not a process type");
        fields.demand(count >= 0 && count <= SCALE_MAX, "scale", process + " must be from 0 to " + SCALE_MAX);
    }
}
