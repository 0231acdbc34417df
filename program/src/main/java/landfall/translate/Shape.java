package landfall.translate;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import landfall.kube.Node;
import org.jspecify.annotations.Nullable;

/** What a place of an object says, whatever the order of its keys and where it stands: two of one shape say the same. */
final class Shape {
    private Shape() {}

    static boolean same(Field one, Field other) {
        return of(one).equals(of(other));
    }

    static String of(Field field) {
        return of(field.node());
    }

    private static String of(@Nullable Node node) {
        return switch (node) {
            case null -> "";
            case Node.MapNode map -> {
                Map<String, String> entries = new TreeMap<>();
                map.entries().forEach((key, child) -> entries.put(key, of(child)));
                yield entries.isEmpty() ? "" : entries.toString();
            }
            case Node.ListNode list ->
                list.items().isEmpty()
                        ? ""
                        : list.items().stream().map(Shape::of).collect(Collectors.joining("\n", "[", "]"));
            case Node.Scalar scalar -> scalar.text().orElse("");
        };
    }
}
