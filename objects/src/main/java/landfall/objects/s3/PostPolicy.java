package landfall.objects.s3;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The policy that a form carries: until when it holds, and what each field must be ("POST policy"). */
final class PostPolicy {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Clock clock;

    PostPolicy(Clock clock) {
        this.clock = clock;
    }

    /** How many bytes the file may have. */
    record Bounds(long least, long most) {
        static final Bounds NONE = new Bounds(0, Receiving.PUT_MAX);

        /** @throws S3Exception EntityTooSmall, EntityTooLarge */
        void check(long size) {
            checkMost(size);
            if (size < least) {
                throw new S3Exception(S3Error.EntityTooSmall)
                        .with("ProposedSize", Long.toString(size))
                        .with("MinSizeAllowed", Long.toString(least));
            }
        }

        void checkMost(long size) {
            if (size > most) {
                throw new S3Exception(S3Error.EntityTooLarge)
                        .with("ProposedSize", Long.toString(size))
                        .with("MaxSizeAllowed", Long.toString(most));
            }
        }
    }

    private static S3Exception malformed(String message) {
        return new S3Exception(S3Error.InvalidPolicyDocument, "Invalid Policy: " + message);
    }

    private static S3Exception unmet(String message) {
        return new S3Exception(S3Error.AccessDenied, "Invalid according to Policy: " + message);
    }

    /**
     * Compares the form's fields with the policy.
     *
     * @param fields by lower-case name
     * @throws S3Exception InvalidPolicyDocument, AccessDenied
     */
    Bounds check(String base64, Map<String, String> fields, String bucket) {
        JsonNode policy;
        try {
            policy = JSON.readTree(new String(Base64.getDecoder().decode(base64.strip()), StandardCharsets.UTF_8));
        } catch (JacksonException | IllegalArgumentException unread) {
            throw new S3Exception(S3Error.InvalidPolicyDocument, "Invalid Policy: Invalid JSON.", unread);
        }
        requireValid(policy.path("expiration"));
        JsonNode conditions = policy.path("conditions");
        if (!conditions.isArray() || conditions.isEmpty()) {
            throw malformed("Policy missing conditions.");
        }
        Set<String> named = new HashSet<>();
        Bounds bounds = Bounds.NONE;
        for (JsonNode condition : conditions) {
            if (condition.isArray()
                    && "content-length-range".equalsIgnoreCase(condition.path(0).asString(""))) {
                bounds = range(condition);
            } else {
                condition(condition, fields, named, bucket);
            }
        }
        for (String field : fields.keySet()) {
            boolean exempt = field.startsWith("x-ignore-")
                    || field.startsWith("x-amz-checksum-")
                    || Set.of("awsaccesskeyid", "signature", "policy", "file", "x-amz-signature")
                            .contains(field);
            if (!exempt && !named.contains(field)) {
                throw unmet("Extra input fields: " + field);
            }
        }
        return bounds;
    }

    private void requireValid(JsonNode expiration) {
        if (!expiration.isString()) {
            throw malformed("Policy missing expiration.");
        }
        Instant until;
        try {
            until = Instant.parse(expiration.stringValue());
        } catch (DateTimeParseException notIso) {
            throw new S3Exception(
                    S3Error.InvalidPolicyDocument,
                    "Invalid Policy: Invalid 'expiration' value: '" + expiration.stringValue() + "'",
                    notIso);
        }
        if (clock.instant().isAfter(until)) {
            throw unmet("Policy expired.");
        }
    }

    private static Bounds range(JsonNode condition) {
        if (condition.size() != 3) {
            throw malformed("content-length-range takes two numbers.");
        }
        try {
            Bounds bounds = new Bounds(
                    Long.parseLong(condition.get(1).asString()),
                    Long.parseLong(condition.get(2).asString()));
            if (bounds.least() < 0 || bounds.most() < bounds.least()) {
                throw malformed("content-length-range must not be negative.");
            }
            return new Bounds(bounds.least(), Math.min(bounds.most(), Receiving.PUT_MAX));
        } catch (NumberFormatException notANumber) {
            throw new S3Exception(
                    S3Error.InvalidPolicyDocument,
                    "Invalid Policy: content-length-range takes two numbers.",
                    notANumber);
        }
    }

    private static void condition(JsonNode condition, Map<String, String> fields, Set<String> named, String bucket) {
        if (condition.isObject()) {
            if (condition.isEmpty()) {
                throw malformed(
                        "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
            }
            for (Map.Entry<String, JsonNode> each : condition.properties()) {
                compare("eq", each.getKey(), text(each.getValue()), fields, named, bucket);
            }
        } else if (condition.isArray()
                && condition.size() == 3
                && text(condition.get(1)).startsWith("$")) {
            compare(
                    text(condition.get(0)).toLowerCase(Locale.ROOT),
                    text(condition.get(1)).substring(1),
                    text(condition.get(2)),
                    fields,
                    named,
                    bucket);
        } else {
            throw malformed("Invalid Condition: " + condition);
        }
    }

    private static String text(JsonNode node) {
        if (!node.isString()) {
            throw malformed("a condition takes texts: " + node);
        }
        return node.stringValue();
    }

    private static void compare(
            String operator, String name, String wanted, Map<String, String> fields, Set<String> named, String bucket) {
        String field = name.toLowerCase(Locale.ROOT);
        named.add(field);
        String value = field.equals("bucket") ? bucket : fields.get(field);
        boolean holds = switch (operator) {
            case "eq" -> value != null && value.equals(wanted);
            case "starts-with" -> value != null && value.startsWith(wanted);
            default -> throw malformed("Invalid Condition: " + operator);
        };
        if (!holds) {
            throw unmet("Policy Condition failed: [\"" + operator + "\", \"$" + name + "\", \"" + wanted + "\"]");
        }
    }
}
