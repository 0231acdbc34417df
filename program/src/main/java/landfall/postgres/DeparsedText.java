package landfall.postgres;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A definition as a server writes it back from its own tree, which servers of different versions do differently. */
final class DeparsedText {
    /** Items of the fingerprint that hold whole queries. */
    private static final Pattern QUERIES = Pattern.compile("^(view|rule|function) .*", Pattern.DOTALL);

    /** A literal is left as it is; of a name with dots in it the last part counts. */
    private static final Pattern LITERAL_OR_QUALIFIER =
            Pattern.compile("('(?:[^']|'')*')|(?:\"(?:[^\"]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)\\.");

    private DeparsedText() {}

    /**
     * Without what a column is qualified with: since 16 a query over one table has {@code place} where 15 wrote {@code
     * child.place}. What a view reads is compared beside it, by its dependencies (state.sql).
     */
    static String comparable(String item, String definition) {
        if (!QUERIES.matcher(item).matches()) {
            return definition;
        }
        Matcher matcher = LITERAL_OR_QUALIFIER.matcher(definition);
        return matcher.replaceAll(found -> found.group(1) == null ? "" : Matcher.quoteReplacement(found.group(1)));
    }
}
