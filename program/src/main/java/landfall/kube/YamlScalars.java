package landfall.kube;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What kubectl makes of a plain scalar: the rules of sigs.k8s.io/yaml 1.6 (go-yaml 2.4), which are YAML 1.1's with
 * exceptions of their own — no sexagesimals, dates stay text, {@code 0o14} and {@code 0x1F} are numbers.
 *
 * <p>The table in YamlScalarsTest is that library's own output.
 */
final class YamlScalars {
    private static final Map<String, Boolean> WORDS = Map.ofEntries(
            Map.entry("y", true),
            Map.entry("Y", true),
            Map.entry("n", false),
            Map.entry("N", false),
            Map.entry("yes", true),
            Map.entry("Yes", true),
            Map.entry("YES", true),
            Map.entry("no", false),
            Map.entry("No", false),
            Map.entry("NO", false),
            Map.entry("true", true),
            Map.entry("True", true),
            Map.entry("TRUE", true),
            Map.entry("false", false),
            Map.entry("False", false),
            Map.entry("FALSE", false),
            Map.entry("on", true),
            Map.entry("On", true),
            Map.entry("ON", true),
            Map.entry("off", false),
            Map.entry("Off", false),
            Map.entry("OFF", false));

    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> NOT_NUMBERS = Set.of(
            ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF");

    private static final Pattern INTEGER = Pattern.compile(
            "([+-]?)(?:0[xX](?<hex>[0-9a-fA-F]+)|0[bB](?<bin>[01]+)|0[oO]?(?<oct>[0-7]+)|(?<dec>0|[1-9][0-9]*))");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final BigInteger UNSIGNED_MAX = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private static final String PREFIX = "tag:yaml.org,2002:";

    private YamlScalars() {}

    /**
     * @param tag the tag written in the file, or null
     * @param plain true if there are no quotes and it is no block scalar
     * @throws ParseFailure if kubectl refuses it
     */
    static Node.Scalar resolve(@Nullable String tag, boolean plain, String text, int line, int column)
            throws ParseFailure {
        if (tag == null) {
            return new Node.Scalar(plain ? plainValue(text, line, column) : text, text, line);
        }
        if (!tag.startsWith(PREFIX)) {
            return new Node.Scalar(text, text, line);
        }
        String type = tag.substring(PREFIX.length());
        Object value = switch (type) {
            case "int", "float", "bool", "null" -> typed(type, text, line, column);
            case "binary" -> binary(text, line, column);
            default -> text;
        };
        return new Node.Scalar(value, text, line);
    }

    private static @Nullable Object plainValue(String text, int line, int column) throws ParseFailure {
        if (NULLS.contains(text)) {
            return null;
        }
        Boolean word = WORDS.get(text);
        if (word != null) {
            return word;
        }
        if (NOT_NUMBERS.contains(text)) {
            throw new ParseFailure(
                    line,
                    column,
                    "“" + text + "” has no form in JSON",
                    "kubectl sends objects as JSON and refuses this number",
                    "Quote it if it is meant as text.");
        }
        Object number = number(text);
        return number == null ? text : number;
    }

    /** Returns null if the text is no number. */
    private static @Nullable Object number(String text) {
        char first = text.charAt(0);
        if (first == '.') {
            return FLOAT.matcher(text).matches() ? finite(text) : null;
        }
        if (first != '+' && first != '-' && (first < '0' || first > '9')) {
            return null;
        }
        String digits = text.replace("_", "");
        Matcher integer = INTEGER.matcher(digits);
        if (integer.matches()) {
            Object value = integer(integer);
            if (value != null) {
                return value;
            }
        }
        return FLOAT.matcher(digits).matches() ? finite(digits) : null;
    }

    private static @Nullable Object integer(Matcher text) {
        BigInteger value;
        if (text.group("hex") != null) {
            value = new BigInteger(text.group("hex"), 16);
        } else if (text.group("bin") != null) {
            value = new BigInteger(text.group("bin"), 2);
        } else if (text.group("oct") != null) {
            value = new BigInteger(text.group("oct"), 8);
        } else {
            value = decimal(text.group("dec"));
        }
        if ("-".equals(text.group(1))) {
            value = value.negate();
        }
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value.signum() > 0
                        && value.compareTo(UNSIGNED_MAX) <= 0
                        && text.group(1).isEmpty()
                ? value
                : null;
    }

    /** A number of a million digits takes BigInteger long; beyond 64 bits it is a float anyway. */
    private static BigInteger decimal(String digits) {
        return digits.length() > 20 ? UNSIGNED_MAX.add(BigInteger.ONE) : new BigInteger(digits);
    }

    private static @Nullable Double finite(String digits) {
        double value = Double.parseDouble(digits);
        return Double.isInfinite(value) ? null : value;
    }

    private static @Nullable Object typed(String type, String text, int line, int column) throws ParseFailure {
        Object value = plainValue(text, line, column);
        boolean fits = switch (type) {
            case "int" -> value instanceof Long || value instanceof BigInteger;
            case "float" -> value instanceof Number;
            case "bool" -> value instanceof Boolean;
            default -> value == null;
        };
        if (!fits) {
            throw new ParseFailure(
                    line,
                    column,
                    "the value does not fit its tag !!" + type,
                    "kubectl refuses it",
                    "Take the tag away or write a value of that type.");
        }
        return value;
    }

    private static String binary(String text, int line, int column) throws ParseFailure {
        try {
            return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            ParseFailure failure = new ParseFailure(
                    line,
                    column,
                    "the value of the tag !!binary is not base64",
                    "base64 was expected",
                    "Take the tag away or encode the value.");
            failure.initCause(e);
            throw failure;
        }
    }

    /** A map's key as kubectl makes it: JSON has only strings for keys. Null for a key that is null. */
    static @Nullable String key(Node.Scalar scalar) {
        return switch (scalar.value()) {
            case null -> null;
            case Double number ->
                new BigDecimal(number.toString()).stripTrailingZeros().toPlainString();
            case Object value -> value.toString();
        };
    }
}
