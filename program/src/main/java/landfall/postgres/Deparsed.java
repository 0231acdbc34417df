package landfall.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Definitions as servers write them back from their own trees: one meaning may have several spellings, of which a move must
 * not be refused.
 */
final class Deparsed {
    /** Items of the fingerprint that hold whole queries. */
    private static final Pattern QUERIES = Pattern.compile("^(view|rule|function) .*", Pattern.DOTALL);

    /** A literal is left as it is; of a name with dots in it the last part counts. */
    private static final Pattern LITERAL_OR_QUALIFIER =
            Pattern.compile("('(?:[^']|'')*')|(?:\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)\\.");

    private static final String CAST_ARRAY = "(ARRAY[";
    private static final Pattern ARRAY_TYPE =
            Pattern.compile("\\)::((?:\"(?:[^\"]|\"\")+\"|[A-Za-z_0-9 .])+?(?:\\([0-9, ]+\\))?)\\[]");
    private static final Pattern NAMED_AFTER_TYPE =
            Pattern.compile("((?:'|NULL)::([a-z][a-z0-9 ]*?)) AS ([a-z0-9]+)\\b");
    /** Names of types where they aren't what is written. */
    private static final Map<String, String> NAMES = Map.of(
            "integer", "int4",
            "bigint", "int8",
            "smallint", "int2",
            "boolean", "bool",
            "character varying", "varchar",
            "double precision", "float8",
            "real", "float4",
            "timestamp with time zone", "timestamptz",
            "timestamp without time zone", "timestamp");

    private Deparsed() {}

    /**
     * The form in which the definition comes out of every dump after the first. What a server writes isn't always what it
     * writes when it has read that again: {@code varchar IN ('a', 'b')} is one cast of an array before, and a cast of each
     * element behind; a nameless {@code 'x'::text} is called {@code text}.
     */
    static @Nullable String settled(@Nullable String definition) {
        if (definition == null) {
            return null;
        }
        return NAMED_AFTER_TYPE
                .matcher(castEach(definition))
                .replaceAll(found -> Matcher.quoteReplacement(
                        NAMES.getOrDefault(found.group(2), found.group(2)).equals(found.group(3))
                                ? found.group(1)
                                : found.group()));
    }

    /**
     * Without what a column is qualified with, for servers of different majors: since 16 a query over one table has {@code
     * place} where 15 wrote {@code child.place}. What a view reads is compared beside it, by its dependencies (state.sql).
     */
    static String unqualified(String item, String definition) {
        if (!QUERIES.matcher(item).matches()) {
            return definition;
        }
        Matcher matcher = LITERAL_OR_QUALIFIER.matcher(definition);
        return matcher.replaceAll(found -> found.group(1) == null ? "" : Matcher.quoteReplacement(found.group(1)));
    }

    private static String castEach(String definition) {
        String text = definition;
        int from = 0;
        while (true) {
            int start = text.indexOf(CAST_ARRAY, from);
            if (start < 0) {
                return text;
            }
            List<String> elements = new ArrayList<>();
            int end = elements(text, start + CAST_ARRAY.length(), elements);
            Matcher type = ARRAY_TYPE.matcher(text);
            from = start + 1;
            if (end >= 0 && type.find(end + 1) && type.start() == end + 1) {
                String each = String.join(
                        ", ",
                        elements.stream()
                                .map(element -> "(" + element + ")::" + type.group(1))
                                .toList());
                text = text.substring(0, start) + "ARRAY[" + each + "]" + text.substring(type.end());
            }
        }
    }

    /** @return where the bracket closes; -1 if it doesn't */
    private static int elements(String text, int from, List<String> into) {
        int depth = 0;
        int begin = from;
        for (int i = from; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '\'', '"' -> {
                    i = text.indexOf(text.charAt(i), i + 1);
                    if (i < 0) {
                        return -1;
                    }
                }
                case '(', '[' -> depth++;
                case ')', ']' -> {
                    if (depth == 0) {
                        into.add(text.substring(begin, i));
                        return i;
                    }
                    depth--;
                }
                case ',' -> {
                    if (depth == 0) {
                        into.add(text.substring(begin, i));
                        begin = i + 2;
                    }
                }
                default -> {}
            }
        }
        return -1;
    }
}
