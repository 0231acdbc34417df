package landfall.kube;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A tree of what the API server sent; its lines are those that the object would have as block YAML. */
final class LiveTree {
    private int line;

    Node of(JsonNode json) {
        int begin = Math.max(line, 1);
        if (json.isObject()) {
            LinkedHashMap<String, Node> entries = new LinkedHashMap<>();
            json.properties().forEach(field -> {
                line++;
                entries.put(field.getKey(), of(field.getValue()));
            });
            return new Node.MapNode(entries, begin);
        }
        if (json.isArray()) {
            List<Node> items = new ArrayList<>();
            json.values().forEach(item -> {
                // A map in a list begins on the line of its dash.
                if (!item.isObject() || item.isEmpty()) {
                    line++;
                }
                items.add(of(item));
            });
            return new Node.ListNode(items, begin);
        }
        return scalar(json, begin);
    }

    private static Node.Scalar scalar(JsonNode json, int line) {
        if (json.isNull()) {
            return new Node.Scalar(null, "null", line);
        }
        if (json.isBoolean()) {
            return new Node.Scalar(json.asBoolean(), json.asString(), line);
        }
        if (json.isIntegralNumber()) {
            BigInteger number = json.bigIntegerValue();
            boolean isLong = number.bitLength() < Long.SIZE;
            return new Node.Scalar(isLong ? (Object) number.longValue() : number, number.toString(), line);
        }
        if (json.isNumber()) {
            return new Node.Scalar(json.asDouble(), json.asString(), line);
        }
        return new Node.Scalar(json.asString(), json.asString(), line);
    }
}
