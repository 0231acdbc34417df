package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Dokku's ENV file, read and written as its dotenv library does, faults included: a value that ends in a double quote or
 * a backslash is read back wrong, and the next write makes the file unparsable for good.
 */
final class DokkuEnvironment {
    private static final Pattern ESCAPE = Pattern.compile("\\\\.");
    private static final Pattern ESCAPED = Pattern.compile("\\\\([^$])");
    private static final Pattern VARIABLE = Pattern.compile("(\\\\)?(\\$)(\\()?\\{?([A-Z0-9_]+)?\\}?");

    private DokkuEnvironment() {}

    static Map<String, String> read(Path file) throws IOException, DokkuFailure {
        return Files.exists(file) ? parse(Files.readString(file)) : new TreeMap<>();
    }

    static void write(Path file, Map<String, String> values) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        // No lock, as on the real host: two writers at once lose updates. Only the file itself is never torn.
        Path next = Files.createTempFile(file.resolveSibling("."), "ENV", ".next");
        Files.writeString(next, marshal(values));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whole lines are sorted, so {@code VAR_10} stands before {@code VAR_1}. */
    static String marshal(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + quoted(entry.getValue()) + "\n")
                .sorted()
                .collect(Collectors.joining());
    }

    private static String quoted(String value) {
        if (value.matches("-?(0|[1-9][0-9]{0,17})") && !value.equals("-0")) {
            return value;
        }
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\\', '"', '!', '$', '`' -> out.append('\\').append(c);
                default -> out.append(c);
            }
        }
        return out.append('"').toString();
    }

    static Map<String, String> parse(String text) throws DokkuFailure {
        Map<String, String> values = new TreeMap<>();
        String rest = skip(text.replace("\r\n", "\n"));
        while (!rest.isEmpty()) {
            int at = keyEnd(rest);
            String key = rest.substring(0, at).strip();
            if (key.startsWith("export ")) {
                key = key.substring("export ".length()).strip();
            }
            rest = skip(value(key, rest.substring(at + 1).replaceFirst("^[ \t\f\r]+", ""), values));
        }
        return values;
    }

    private static String skip(String text) {
        String rest = text.stripLeading();
        while (rest.startsWith("#")) {
            int end = rest.indexOf('\n');
            rest = end < 0 ? "" : rest.substring(end).stripLeading();
        }
        return rest;
    }

    private static int keyEnd(String rest) throws DokkuFailure {
        for (int i = 0; i < rest.length(); i++) {
            char c = rest.charAt(i);
            if (c == '=' || c == ':') {
                return i;
            }
            boolean blank = c == ' ' || c == '\t' || c == '\f' || c == '\r';
            if (!blank && c != '_' && c != '.' && !Character.isLetterOrDigit(c)) {
                throw DokkuFailure.refused("unexpected character " + DokkuJson.string(String.valueOf(c))
                        + " in variable name near " + DokkuJson.string(rest));
            }
        }
        throw DokkuFailure.refused("zero length string");
    }

    /** Puts the value and returns what follows it. */
    private static String value(String key, String rest, Map<String, String> values) throws DokkuFailure {
        char quote = rest.isEmpty() ? '\n' : rest.charAt(0);
        if (quote != '"' && quote != '\'') {
            int end = rest.indexOf('\n');
            String line = end < 0 ? rest : rest.substring(0, end);
            values.put(key, expand(line.replaceFirst("\\s#.*$", "").strip(), values));
            return end < 0 ? "" : rest.substring(end);
        }
        for (int i = 1; i < rest.length(); i++) {
            if (rest.charAt(i) != quote || rest.charAt(i - 1) == '\\') {
                continue;
            }
            String inner = trim(rest.substring(0, i), quote);
            values.put(key, quote == '"' ? expand(unescape(inner), values) : inner);
            return rest.substring(i + 1);
        }
        int end = rest.indexOf('\n');
        throw DokkuFailure.refused("unterminated quoted value " + (end < 0 ? rest : rest.substring(0, end)));
    }

    /** The library trims quotes from both ends: this is where a closing quote inside the value is lost. */
    private static String trim(String text, char quote) {
        int from = 0;
        int to = text.length();
        while (to > from && text.charAt(to - 1) == quote) {
            to--;
        }
        while (from < to && text.charAt(from) == quote) {
            from++;
        }
        return text.substring(from, to);
    }

    private static String unescape(String text) {
        String lines = ESCAPE.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        switch (match.group()) {
                            case "\\n" -> "\n";
                            case "\\r" -> "\r";
                            default -> match.group();
                        }));
        return ESCAPED.matcher(lines).replaceAll("$1");
    }

    private static String expand(String text, Map<String, String> values) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            String name = match.group(4);
            if (match.group(1) != null || match.group(3) != null) {
                return Matcher.quoteReplacement(match.group().substring(1));
            }
            return Matcher.quoteReplacement(name == null ? match.group() : values.getOrDefault(name, ""));
        });
    }
}
