package landfall.postgres;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keys of rows changed since the last full proof; beyond a bound a table counts as touched altogether. */
final class Touched {
    private static final int KEYS_MAX = 200_000;

    private final Map<Table, Set<List<@Nullable String>>> keys = new LinkedHashMap<>();
    private final Set<Table> all = new HashSet<>();
    private boolean recording;
    private int count;

    void start() {
        recording = true;
        keys.clear();
        all.clear();
        count = 0;
    }

    boolean isRecording() {
        return recording;
    }

    void add(TableBatch batch, Change change) {
        if (!recording || all.contains(batch.table())) {
            return;
        }
        if (count > KEYS_MAX || batch.table().key().isEmpty()) {
            all(batch.table());
            return;
        }
        Set<List<@Nullable String>> of = keys.computeIfAbsent(batch.table(), table -> new HashSet<>());
        int before = of.size();
        if (change instanceof Change.Insert insert) {
            of.add(batch.keyOf(insert.row()));
        } else if (change instanceof Change.Delete delete) {
            of.add(batch.keyOf(delete.old()));
        } else if (change instanceof Change.Update update) {
            of.add(batch.keyOf(update.row()));
            Row old = update.old();
            if (old != null) {
                of.add(batch.keyOf(old));
            }
        }
        count += of.size() - before;
    }

    void all(Table table) {
        if (recording) {
            all.add(table);
            keys.remove(table);
        }
    }

    Map<Table, Set<List<@Nullable String>>> keys() {
        return keys;
    }

    Set<Table> wholeTables() {
        return all;
    }
}
