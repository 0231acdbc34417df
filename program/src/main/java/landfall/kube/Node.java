package landfall.kube;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One place of a document as it was read: nothing is thrown away, and each node knows its line.
 *
 * <p>Nodes are immutable and an expanded alias shares the anchor's nodes, whose lines are the anchor's.
 */
public sealed interface Node {
    /** The line it begins at, counted from 1. */
    int line();

    /** A map in the order of its file; keys are strings, as kubectl makes them (a key {@code 0644} is "420"). */
    record MapNode(LinkedHashMap<String, Node> entries, int line) implements Node {}

    record ListNode(List<Node> items, int line) implements Node {
        public ListNode {
            items = List.copyOf(items);
        }
    }

    /**
     * A scalar and what kubectl makes of it.
     *
     * @param value a String, Boolean, Long, BigInteger (above a Long's range), Double, or null
     * @param raw the text in the file, without quotes
     */
    record Scalar(@Nullable Object value, String raw, int line) implements Node {}

    /** What stands below these keys; a list takes its index as a number: {@code at("spec", "containers", "0")}. */
    default Optional<Node> at(String... path) {
        Node node = this;
        for (String step : path) {
            Node next = child(node, step);
            if (next == null) {
                return Optional.empty();
            }
            node = next;
        }
        return Optional.of(node);
    }

    default Optional<Node> at(FieldPath path) {
        Node node = this;
        for (FieldPath.Step step : path.steps()) {
            Node next = switch (step) {
                case FieldPath.Step.Key(String name) ->
                    node instanceof MapNode map ? map.entries().get(name) : null;
                case FieldPath.Step.Index(int position) -> node instanceof ListNode list ? item(list, position) : null;
            };
            if (next == null) {
                return Optional.empty();
            }
            node = next;
        }
        return Optional.of(node);
    }

    /**
     * The scalar there as text, as kubectl understands it: {@code 0644} is "420", {@code yes} is "true", {@code 0.10}
     * stays "0.10". Empty if there is nothing, null, a map or a list.
     */
    default Optional<String> text(String... path) {
        if (at(path).orElse(null) instanceof Scalar scalar && scalar.value() != null) {
            Object value = scalar.value();
            return Optional.of(value instanceof Double ? scalar.raw() : String.valueOf(value));
        }
        return Optional.empty();
    }

    /** The whole number there; a quoted number is text and gives nothing. */
    default Optional<Long> integer(String... path) {
        if (at(path).orElse(null) instanceof Scalar scalar) {
            return switch (scalar.value()) {
                case Long number -> Optional.of(number);
                case Double number
                when number == Math.rint(number) && Math.abs(number) < 1L << 53 -> Optional.of(number.longValue());
                case null, default -> Optional.empty();
            };
        }
        return Optional.empty();
    }

    default Optional<Boolean> bool(String... path) {
        return at(path).orElse(null) instanceof Scalar scalar && scalar.value() instanceof Boolean value
                ? Optional.of(value)
                : Optional.empty();
    }

    /** The items of the list there; none if there is no list. */
    default List<Node> itemsAt(String... path) {
        return at(path).orElse(null) instanceof ListNode list ? list.items() : List.of();
    }

    /** The entries of the map there, in the file's order; none if there is no map. */
    default Map<String, Node> entriesAt(String... path) {
        return at(path).orElse(null) instanceof MapNode map ? Collections.unmodifiableMap(map.entries()) : Map.of();
    }

    /** True for what the ledger counts: a scalar, an empty list, an empty map. */
    default boolean isLeaf() {
        return switch (this) {
            case MapNode map -> map.entries().isEmpty();
            case ListNode list -> list.items().isEmpty();
            case Scalar ignored -> true;
        };
    }

    default boolean isNull() {
        return this instanceof Scalar scalar && scalar.value() == null;
    }

    /** True if the other says the same, on whatever lines and with its keys in whatever order. */
    default boolean isLike(Node other) {
        return switch (this) {
            case MapNode map ->
                other instanceof MapNode that
                        && map.entries().keySet().equals(that.entries().keySet())
                        && map.entries().entrySet().stream()
                                .allMatch(entry -> that.at(entry.getKey())
                                        .filter(value -> entry.getValue().isLike(value))
                                        .isPresent());
            case ListNode list -> {
                boolean isAlike = other instanceof ListNode that
                        && list.items().size() == that.items().size();
                for (int at = 0; isAlike && at < list.items().size(); at++) {
                    isAlike = list.items()
                            .get(at)
                            .isLike(((ListNode) other).items().get(at));
                }
                yield isAlike;
            }
            case Scalar scalar -> other instanceof Scalar that && Objects.equals(scalar.value(), that.value());
        };
    }

    private static @Nullable Node child(Node node, String step) {
        return switch (node) {
            case MapNode map -> map.entries().get(step);
            case ListNode list -> step.matches("[0-9]{1,9}") ? item(list, Integer.parseInt(step)) : null;
            case Scalar ignored -> null;
        };
    }

    private static @Nullable Node item(ListNode list, int position) {
        return position < list.items().size() ? list.items().get(position) : null;
    }
}
