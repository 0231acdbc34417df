package landfall.sandbox;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Label and field selectors of list and watch. */
final class ApiSelector {
    private static final Pattern SET = Pattern.compile("([^\\s!=,()]+)\\s+(in|notin)\\s+\\(([^)]*)\\)");
    private static final Pattern EQUALITY = Pattern.compile("([^\\s!=,()]+)\\s*(==|=|!=)\\s*([^\\s!=,()]*)");
    private static final Pattern EXISTS = Pattern.compile("(!?)\\s*([^\\s!=,()]+)");

    private ApiSelector() {}

    static Predicate<JsonNode> of(String labels, String fields) throws ApiFailure {
        Predicate<JsonNode> all = object -> true;
        for (String term : terms(labels)) {
            all = all.and(label(term));
        }
        for (String term : terms(fields)) {
            all = all.and(field(term));
        }
        return all;
    }

    /** Splits at commas outside of parentheses. */
    private static List<String> terms(String selector) {
        List<String> terms = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < selector.length(); i++) {
            char c = selector.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                terms.add(selector.substring(start, i).strip());
                start = i + 1;
            }
        }
        terms.add(selector.substring(start).strip());
        terms.removeIf(String::isEmpty);
        return terms;
    }

    private static Predicate<JsonNode> label(String term) throws ApiFailure {
        Matcher set = SET.matcher(term);
        if (set.matches()) {
            List<String> values =
                    Arrays.stream(set.group(3).split(",")).map(String::strip).toList();
            boolean in = set.group(2).equals("in");
            return object -> {
                JsonNode value = ApiJson.at(object, "metadata", "labels", set.group(1));
                return in
                        ? value.isString() && values.contains(value.asString())
                        : !values.contains(value.asString(""));
            };
        }
        Matcher equality = EQUALITY.matcher(term);
        if (equality.matches()) {
            boolean equal = !equality.group(2).equals("!=");
            return object -> {
                JsonNode value = ApiJson.at(object, "metadata", "labels", equality.group(1));
                return equal == (value.isString() && value.asString().equals(equality.group(3)));
            };
        }
        Matcher exists = EXISTS.matcher(term);
        if (exists.matches()) {
            boolean wanted = exists.group(1).isEmpty();
            return object -> wanted == ApiJson.at(object, "metadata", "labels").has(exists.group(2));
        }
        throw ApiFailure.badRequest("unable to parse label selector: " + term);
    }

    private static Predicate<JsonNode> field(String term) throws ApiFailure {
        Matcher equality = EQUALITY.matcher(term);
        if (!equality.matches()) {
            throw ApiFailure.badRequest("unable to parse field selector: " + term);
        }
        String[] path = equality.group(1).split("\\.");
        boolean equal = !equality.group(2).equals("!=");
        return object -> equal == ApiJson.text(object, path).equals(equality.group(3));
    }
}
