package landfall.objects.s3;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import landfall.objects.user.User;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A bucket policy, evaluated as IAM tells: a Deny that matches wins, else an Allow that matches, else nothing is said
 * ("Policy evaluation logic", "IAM JSON policy elements reference").
 */
record Policy(List<Statement> statements) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int BYTES_MAX = 20 << 10;

    /** What a policy says of a request. */
    enum Verdict {
        ALLOW,
        DENY,
        NOTHING
    }

    /** One statement; patterns with {@code *} and {@code ?}. */
    record Statement(
            boolean allow,
            List<String> principals,
            boolean notPrincipal,
            List<String> actions,
            boolean notAction,
            List<String> resources,
            boolean notResource,
            List<Condition> conditions) {}

    /** One condition: its operator, the key, and values of which one must match. */
    record Condition(String operator, String key, List<String> values) {}

    /** What is asked, with the condition keys that are known by lower-case name. */
    record Question(@Nullable User user, String action, String resource, Map<String, String> facts) {}

    /** @throws S3Exception MalformedPolicy */
    static Policy parse(byte[] bytes, String bucket) {
        if (bytes.length > BYTES_MAX) {
            throw new S3Exception(S3Error.MalformedPolicy, "Policies must be at most " + BYTES_MAX + " bytes");
        }
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (JacksonException notJson) {
            throw new S3Exception(S3Error.MalformedPolicy, "Policies must be valid JSON", notJson);
        }
        JsonNode list = root.path("Statement");
        List<Statement> statements = new ArrayList<>();
        for (JsonNode each : list.isArray() ? list : List.of(list)) {
            statements.add(statement(each, bucket));
        }
        if (statements.isEmpty()) {
            throw malformed("Missing required field Statement");
        }
        return new Policy(statements);
    }

    private static S3Exception malformed(String message) {
        return new S3Exception(S3Error.MalformedPolicy, message);
    }

    private static Statement statement(JsonNode node, String bucket) {
        if (!node.isObject()) {
            throw malformed("Missing required field Statement");
        }
        String effect = node.path("Effect").asString("");
        if (!effect.equals("Allow") && !effect.equals("Deny")) {
            throw malformed("Invalid effect: " + effect);
        }
        boolean notPrincipal = node.has("NotPrincipal");
        if (notPrincipal && effect.equals("Allow")) {
            throw malformed("Allow with NotPrincipal isn't allowed");
        }
        JsonNode principal = node.path(notPrincipal ? "NotPrincipal" : "Principal");
        List<String> principals = principal.isObject() ? strings(principal.path("AWS")) : strings(principal);
        if (principals.isEmpty() && !principal.path("CanonicalUser").isMissingNode()) {
            principals = strings(principal.path("CanonicalUser"));
        }
        if (principals.isEmpty()) {
            throw malformed("Missing required field Principal");
        }
        List<String> actions = strings(node.path(node.has("NotAction") ? "NotAction" : "Action"));
        List<String> resources = strings(node.path(node.has("NotResource") ? "NotResource" : "Resource"));
        if (actions.isEmpty() || resources.isEmpty()) {
            throw malformed("Missing required field " + (actions.isEmpty() ? "Action" : "Resource"));
        }
        for (String resource : resources) {
            if (!resource.equals("*") && !resource.startsWith("arn:aws:s3:::")) {
                throw malformed("Policy has invalid resource: " + resource);
            }
            String name = resource.replaceFirst("^arn:aws:s3:::", "");
            String first = name.split("/", 2)[0];
            if (!like(first, bucket)) {
                throw malformed("Policy has invalid resource: " + resource + " isn't in the bucket " + bucket);
            }
        }
        List<Condition> conditions = new ArrayList<>();
        for (Map.Entry<String, JsonNode> operator : node.path("Condition").properties()) {
            for (Map.Entry<String, JsonNode> key : operator.getValue().properties()) {
                conditions.add(new Condition(operator.getKey(), key.getKey(), strings(key.getValue())));
                PolicyConditions.requireKnown(operator.getKey());
            }
        }
        return new Statement(
                effect.equals("Allow"),
                principals,
                notPrincipal,
                actions,
                node.has("NotAction"),
                resources,
                node.has("NotResource"),
                conditions);
    }

    private static List<String> strings(JsonNode node) {
        List<String> found = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(each -> found.add(each.asString()));
        } else if (node.isValueNode() && !node.isNull()) {
            found.add(node.asString());
        }
        return found;
    }

    Verdict asked(Question question) {
        boolean allowed = false;
        for (Statement statement : statements) {
            if (matches(statement, question)) {
                if (!statement.allow()) {
                    return Verdict.DENY;
                }
                allowed = true;
            }
        }
        return allowed ? Verdict.ALLOW : Verdict.NOTHING;
    }

    private static boolean matches(Statement statement, Question question) {
        boolean principal = statement.principals().stream().anyMatch(each -> names(each, question.user()));
        boolean action = statement.actions().stream()
                .anyMatch(each ->
                        like(each.toLowerCase(Locale.ROOT), question.action().toLowerCase(Locale.ROOT)));
        boolean resource = statement.resources().stream().anyMatch(each -> like(each, question.resource()));
        return principal != statement.notPrincipal()
                && action != statement.notAction()
                && resource != statement.notResource()
                && statement.conditions().stream().allMatch(each -> PolicyConditions.holds(each, question.facts()));
    }

    /** {@code *}, a canonical id, {@code arn:aws:iam::…:user/NAME} or {@code arn:aws:iam::ID:root}. */
    private static boolean names(String principal, @Nullable User user) {
        if (principal.equals("*")) {
            return true;
        }
        return user != null
                && (principal.equals(user.canonicalId())
                        || principal.endsWith(":user/" + user.name())
                        || principal.equals("arn:aws:iam::" + user.canonicalId() + ":root")
                        || principal.equals("arn:aws:iam:::user/" + user.canonicalId())
                        || principal.endsWith(":user/" + user.canonicalId())
                        || principal.endsWith(":user/" + user.displayName()));
    }

    /** Whether anybody at all gets something by it: such policies are public. */
    boolean isPublic() {
        return statements.stream()
                .anyMatch(each -> each.allow()
                        && each.principals().contains("*")
                        && each.conditions().stream().noneMatch(Policy::narrows));
    }

    private static boolean narrows(Condition condition) {
        String key = condition.key().toLowerCase(Locale.ROOT);
        return List.of(
                                "aws:sourceip",
                                "aws:sourcevpc",
                                "aws:sourcevpce",
                                "aws:sourcearn",
                                "aws:userid",
                                "aws:sourceaccount")
                        .contains(key)
                && condition.values().stream().noneMatch(value -> value.equals("0.0.0.0/0") || value.equals("*"));
    }

    /** Whether text matches a pattern with {@code *} and {@code ?}. */
    static boolean like(String pattern, String text) {
        if (pattern.equals("*") || pattern.equals(text)) {
            return true;
        }
        StringBuilder regular = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char letter = pattern.charAt(i);
            switch (letter) {
                case '*' -> regular.append(".*");
                case '?' -> regular.append('.');
                default -> regular.append(Pattern.quote(String.valueOf(letter)));
            }
        }
        return Pattern.compile(regular.toString(), Pattern.DOTALL).matcher(text).matches();
    }

    /** Whether an address lies in a network given as {@code address/bits}. */
    static boolean inNetwork(String address, String network) {
        try {
            String[] parts = network.split("/", 2);
            byte[] net = InetAddress.getByName(parts[0]).getAddress();
            byte[] host = InetAddress.getByName(address).getAddress();
            int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : net.length * 8;
            if (net.length != host.length) {
                return false;
            }
            for (int i = 0; i < bits; i++) {
                int mask = 0x80 >> (i % 8);
                if ((net[i / 8] & mask) != (host[i / 8] & mask)) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException | NumberFormatException | ArrayIndexOutOfBoundsException unfit) {
            throw new S3Exception(S3Error.MalformedPolicy, "not a network: " + network, unfit);
        }
    }
}
