package landfall.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The common shape of every {@code X:report}.
 *
 * @param prefix stripped in JSON, as {@code app-}
 * @param twice whether JSON has every value bare and prefixed
 * @param lists what JSON has as lists besides, under bare names
 */
record DokkuReport(
        String title, String prefix, boolean twice, Map<String, String> values, Map<String, List<String>> lists) {
    DokkuReport(String title, String prefix, boolean twice, Map<String, String> values) {
        this(title, prefix, twice, values, Map.of());
    }

    /** @param flags what follows the app: an info flag, {@code --format json}, or nothing */
    void print(DokkuCall call, List<String> flags) throws DokkuFailure {
        int format = flags.indexOf("--format");
        String wanted = format >= 0 && format + 1 < flags.size() ? flags.get(format + 1) : "";
        for (String flag : flags) {
            if (flag.startsWith("--format=")) {
                wanted = flag.substring("--format=".length());
            }
        }
        String info = flags.stream()
                .filter(flag -> flag.startsWith("--") && !flag.startsWith("--format"))
                .findFirst()
                .orElse("");
        if (!info.isEmpty()) {
            if (!wanted.isEmpty()) {
                throw DokkuFailure.refused("--format flag cannot be specified when specifying an info flag");
            }
            String value = values.get(info.substring(2));
            if (value == null) {
                throw DokkuFailure.refused("Invalid flag passed, valid flags: "
                        + String.join(
                                ", ",
                                new TreeMap<>(values)
                                        .keySet().stream()
                                                .map(key -> "--" + key)
                                                .toList()));
            }
            call.out(value + "\n");
        } else if (wanted.equals("json")) {
            call.out(DokkuJson.object(json(), lists) + "\n");
        } else {
            text(call);
        }
    }

    private Map<String, String> json() {
        Map<String, String> all = new TreeMap<>();
        values.forEach((key, value) -> {
            all.put(key.startsWith(prefix) ? key.substring(prefix.length()) : key, value);
            if (twice) {
                all.put(key, value);
            }
        });
        return all;
    }

    private void text(DokkuCall call) {
        call.heading("=====> " + title);
        Map<String, String> labels = new LinkedHashMap<>();
        new TreeMap<>(values).forEach((key, value) -> labels.put(label(key), value));
        int width = Math.max(
                31, 1 + labels.keySet().stream().mapToInt(String::length).max().orElse(0));
        labels.forEach((label, value) -> call.out("       " + pad(label, width) + value + "\n"));
    }

    private static String label(String key) {
        String words = key.replace('-', ' ').replace('.', ' ');
        return (words.startsWith("resource ") ? words : Character.toUpperCase(words.charAt(0)) + words.substring(1))
                + ":";
    }

    static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
