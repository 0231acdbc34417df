package landfall.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/** The move folder's files by the places that the ledger names: the lines a field went to, with their secrets hidden. */
public final class TargetText {
    private static final String TASKS = "recipe.yml#tasks/";
    private static final int LINES_MAX = 16;
    private static final NavigableSet<Integer> NOWHERE = new TreeSet<>();

    /**
     * Lines of a file.
     *
     * @param first number of the first line, counted from 1; 0 where the lines are no quotation
     * @param hit index of the line that is meant
     */
    public record Snippet(String file, int first, List<String> lines, int hit) {
        public Snippet {
            lines = List.copyOf(lines);
        }
    }

    private final Map<String, List<String>> files = new HashMap<>();
    private final Map<String, Integer> tasks = new HashMap<>();
    private final Map<String, Map<String, NavigableSet<Integer>>> indexes = new HashMap<>();
    private final Discretion discretion;

    /** @param files path inside the move folder to text */
    public TargetText(Map<String, String> files, Discretion discretion) {
        this.discretion = discretion;
        files.forEach((path, text) -> this.files.put(path, text.lines().toList()));
        List<String> recipe = this.files.getOrDefault("recipe.yml", List.of());
        for (int at = 0; at < recipe.size(); at++) {
            String line = recipe.get(at);
            if (line.startsWith("      - name: ")) {
                tasks.putIfAbsent(unquoted(line.substring("      - name: ".length())), at);
            }
        }
    }

    /** The lines at a place as the ledger writes it; empty if there is no such file or task. */
    public Optional<Snippet> at(String place) {
        if (place.startsWith(TASKS)) {
            return task(place.substring(TASKS.length()));
        }
        if (place.startsWith("secrets.yml#")) {
            String name = place.substring("secrets.yml#".length());
            return Optional.of(new Snippet("secrets.yml", 0, List.of(name + ": " + Discretion.HIDDEN), 0));
        }
        int hash = place.indexOf('#');
        int colon = place.lastIndexOf(':');
        boolean isNumbered = hash < 0 && colon > 0 && place.substring(colon + 1).matches("[0-9]{1,7}");
        String file = hash >= 0 ? place.substring(0, hash) : isNumbered ? place.substring(0, colon) : place;
        List<String> lines = files.get(file);
        if (lines == null || lines.isEmpty()) {
            return Optional.empty();
        }
        int hit = hash >= 0
                ? named(file, lines, place.substring(hash + 1))
                : isNumbered ? Math.min(lines.size(), Integer.parseInt(place.substring(colon + 1))) - 1 : 0;
        int first = Math.max(0, hit - 4);
        int end = Math.min(lines.size(), first + LINES_MAX);
        return Optional.of(snippet(file, first, lines.subList(first, end), hit - first, file.equals("move.yaml")));
    }

    private Optional<Snippet> task(String wanted) {
        String name = wanted;
        while (!tasks.containsKey(name) && name.lastIndexOf('/') > 0) {
            name = name.substring(0, name.lastIndexOf('/'));
        }
        Integer begin = tasks.get(name);
        if (begin == null) {
            return Optional.empty();
        }
        List<String> recipe = files.getOrDefault("recipe.yml", List.of());
        int end = begin + 1;
        while (end < recipe.size() && recipe.get(end).startsWith("        ")) {
            end++;
        }
        String part = wanted.length() > name.length() ? wanted.substring(name.length() + 1) : "";
        int hit = begin;
        for (int at = begin; at < end && !part.isEmpty(); at++) {
            String line = recipe.get(at).strip();
            if (unquoted(line.contains(":") ? line.substring(0, line.indexOf(':')) : line)
                    .equals(part)) {
                hit = at;
                break;
            }
        }
        if (end - begin <= LINES_MAX || hit == begin) {
            int shown = Math.min(end, begin + LINES_MAX);
            return Optional.of(snippet("recipe.yml", begin, recipe.subList(begin, shown), hit - begin, false));
        }
        int first = Math.max(begin, hit - 5);
        return Optional.of(snippet(
                "recipe.yml", first, recipe.subList(first, Math.min(end, first + LINES_MAX)), hit - first, false));
    }

    /** Follows keys, or the names of items, downwards: {@code databases/uro-db/source}. */
    private int named(String file, List<String> lines, String path) {
        Map<String, NavigableSet<Integer>> words = indexes.computeIfAbsent(file, ignored -> index(lines));
        int at = 0;
        for (String step : path.split("/", -1)) {
            Integer below = words.getOrDefault(step, NOWHERE).ceiling(at);
            if (below != null) {
                at = below;
            }
        }
        return at;
    }

    /** The lines of each key, and of each value by which an item may be called. */
    private static Map<String, NavigableSet<Integer>> index(List<String> lines) {
        Map<String, NavigableSet<Integer>> words = new HashMap<>();
        for (int at = 0; at < lines.size(); at++) {
            String line = lines.get(at).strip();
            String bare = line.startsWith("- ") ? line.substring(2) : line;
            int colon = bare.indexOf(':');
            String key = unquoted(colon < 0 ? bare : bare.substring(0, colon));
            words.computeIfAbsent(key, ignored -> new TreeSet<>()).add(at);
            int value = bare.lastIndexOf(": ");
            if (value >= 0) {
                words.computeIfAbsent(unquoted(bare.substring(value + 2)), ignored -> new TreeSet<>())
                        .add(at);
            }
        }
        return words;
    }

    private Snippet snippet(String file, int first, List<String> lines, int hit, boolean isSafe) {
        List<String> shown = new ArrayList<>();
        for (String line : lines) {
            String quiet = isSafe ? line : discretion.line(line);
            shown.add(quiet.length() > 300 ? quiet.substring(0, 300) + " (…)" : quiet);
        }
        return new Snippet(file, first + 1, shown, hit);
    }

    private static String unquoted(String text) {
        String bare = text.strip();
        return bare.length() >= 2 && bare.startsWith("\"") && bare.endsWith("\"")
                ? bare.substring(1, bare.length() - 1)
                : bare;
    }
}
