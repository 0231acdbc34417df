package landfall.ledger;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import landfall.kube.FieldPath;

/** Finds entries by an object and a path as people write them. */
public final class LedgerSearch {
    private LedgerSearch() {}

    /**
     * The entries meant: those of exactly this path; if none, those whose path ends so; if none, those below a map or
     * list whose path ends so. Empty if nothing fits.
     *
     * @param object a name, {@code kind/name} (the kind in any case) or a full id
     * @param path a whole path or its ending; keys with dots may stand without brackets and quotes
     */
    public static List<LedgerEntry> find(List<LedgerEntry> entries, String object, String path) {
        List<LedgerEntry> ofObject = entries.stream()
                .filter(entry -> isMeant(entry.object(), object))
                .toList();
        String wanted = loose(path);
        List<Predicate<LedgerEntry>> attempts = List.of(
                entry -> loose(entry.path()).equals(wanted),
                entry -> endsWith(loose(entry.path()), wanted),
                entry -> isBelow(entry.path(), wanted));
        for (Predicate<LedgerEntry> attempt : attempts) {
            List<LedgerEntry> found = ofObject.stream().filter(attempt).toList();
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private static boolean isMeant(String id, String object) {
        if (id.equals(object)) {
            return true;
        }
        int nameAt = id.lastIndexOf('/');
        String name = id.substring(nameAt + 1);
        int slash = object.indexOf('/');
        if (slash < 0) {
            return name.equals(object);
        }
        String[] parts = id.split("/", -1);
        String kind = parts[parts.length - 3];
        return object.substring(slash + 1).equals(name)
                && object.substring(0, slash).toLowerCase(Locale.ROOT).equals(kind.toLowerCase(Locale.ROOT));
    }

    private static boolean isBelow(FieldPath path, String wanted) {
        for (FieldPath above = path.parent(); !above.isRoot(); above = above.parent()) {
            if (endsWith(loose(above), wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsWith(String path, String ending) {
        return path.endsWith(ending)
                && (path.length() == ending.length()
                        || ending.startsWith("[")
                        || path.charAt(path.length() - ending.length() - 1) == '.');
    }

    /** The path with its quoted keys as plain ones: a shell eats quotes, and people leave them out. */
    private static String loose(Object path) {
        String text = path.toString().replace("[\"", ".").replace("\"]", "");
        return text.startsWith(".") ? text.substring(1) : text;
    }
}
