package landfall.sandbox;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** JSON as Dokku's Go programs print it: keys sorted, no blanks, {@code <}, {@code >} and {@code &} escaped. */
final class DokkuJson {
    private DokkuJson() {}

    static String object(Map<String, String> values) {
        return object(values, Map.of());
    }

    static String object(Map<String, String> values, Map<String, List<String>> lists) {
        Map<String, String> entries = new TreeMap<>();
        values.forEach((key, value) -> entries.put(key, string(value)));
        lists.forEach((key, list) ->
                entries.put(key, list.stream().map(DokkuJson::string).collect(Collectors.joining(",", "[", "]"))));
        return entries.entrySet().stream()
                .map(entry -> string(entry.getKey()) + ":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    static String string(String value) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') {
                        out.append("\\u").append(String.format("%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }
}
