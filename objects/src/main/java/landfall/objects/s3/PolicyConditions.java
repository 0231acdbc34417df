package landfall.objects.s3;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Condition operators of policies: "IAM JSON policy elements: Condition operators". */
final class PolicyConditions {
    private static final Set<String> KNOWN = Set.of(
            "stringequals",
            "stringnotequals",
            "stringequalsignorecase",
            "stringnotequalsignorecase",
            "stringlike",
            "stringnotlike",
            "numericequals",
            "numericnotequals",
            "numericlessthan",
            "numericlessthanequals",
            "numericgreaterthan",
            "numericgreaterthanequals",
            "dateequals",
            "datenotequals",
            "datelessthan",
            "datelessthanequals",
            "dategreaterthan",
            "dategreaterthanequals",
            "bool",
            "ipaddress",
            "notipaddress",
            "arnequals",
            "arnlike",
            "arnnotequals",
            "arnnotlike",
            "null");

    private PolicyConditions() {}

    private static String plain(String operator) {
        String lower = operator.toLowerCase(Locale.ROOT);
        lower = lower.startsWith("foranyvalue:") || lower.startsWith("forallvalues:")
                ? lower.substring(lower.indexOf(':') + 1)
                : lower;
        return lower.endsWith("ifexists") ? lower.substring(0, lower.length() - "ifexists".length()) : lower;
    }

    /** @throws S3Exception MalformedPolicy: a condition that isn't understood must not be taken for one that holds */
    static void requireKnown(String operator) {
        if (!KNOWN.contains(plain(operator))) {
            throw new S3Exception(S3Error.MalformedPolicy, "Invalid Condition type : " + operator);
        }
    }

    static boolean holds(Policy.Condition condition, Map<String, String> facts) {
        String operator = plain(condition.operator());
        @Nullable String fact = fact(condition.key(), facts);
        if (operator.equals("null")) {
            return condition.values().stream().anyMatch(value -> Boolean.parseBoolean(value) == (fact == null));
        }
        boolean negated = operator.contains("not");
        if (fact == null) {
            return negated || condition.operator().toLowerCase(Locale.ROOT).endsWith("ifexists");
        }
        BiPredicate<String, String> test = test(negated ? operator.replace("not", "") : operator);
        List<String> values = condition.values();
        boolean any = values.stream().anyMatch(value -> test.test(value, fact));
        return negated != any;
    }

    /** Keys are compared without case, but for what follows the slash of a tag's key. */
    private static @Nullable String fact(String key, Map<String, String> facts) {
        int slash = key.indexOf('/');
        return facts.get(
                slash < 0
                        ? key.toLowerCase(Locale.ROOT)
                        : key.substring(0, slash).toLowerCase(Locale.ROOT) + key.substring(slash));
    }

    private static BiPredicate<String, String> test(String operator) {
        return switch (operator) {
            case "stringequals" -> String::equals;
            case "arnequals", "arnlike", "stringlike" -> Policy::like;
            case "stringequalsignorecase", "bool" -> String::equalsIgnoreCase;
            case "ipaddress" -> (value, fact) -> Policy.inNetwork(fact, value);
            case "numericequals" -> (value, fact) -> number(value, fact) == 0;
            case "numericlessthan" -> (value, fact) -> number(value, fact) > 0;
            case "numericlessthanequals" -> (value, fact) -> number(value, fact) >= 0;
            case "numericgreaterthan" -> (value, fact) -> number(value, fact) < 0;
            case "numericgreaterthanequals" -> (value, fact) -> number(value, fact) <= 0;
            case "dateequals" -> (value, fact) -> date(value, fact) == 0;
            case "datelessthan" -> (value, fact) -> date(value, fact) > 0;
            case "datelessthanequals" -> (value, fact) -> date(value, fact) >= 0;
            case "dategreaterthan" -> (value, fact) -> date(value, fact) < 0;
            case "dategreaterthanequals" -> (value, fact) -> date(value, fact) <= 0;
            default -> throw new S3Exception(S3Error.MalformedPolicy, "Invalid Condition type : " + operator);
        };
    }

    private static int number(String value, String fact) {
        try {
            return new java.math.BigDecimal(value).compareTo(new java.math.BigDecimal(fact));
        } catch (NumberFormatException unfit) {
            throw new S3Exception(S3Error.AccessDenied, "a condition of the policy compares what is no number", unfit);
        }
    }

    private static int date(String value, String fact) {
        try {
            return Instant.parse(value).compareTo(Instant.parse(fact));
        } catch (DateTimeParseException unfit) {
            throw new S3Exception(S3Error.AccessDenied, "a condition of the policy compares what is no date", unfit);
        }
    }
}
