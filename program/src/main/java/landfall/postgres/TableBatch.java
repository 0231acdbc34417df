package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The changes on one table that wait to be written. Where that is safe they are folded to their net effect, key by key:
 * deletes first, then updates, then inserts. Elsewhere they are written in the log's order.
 */
final class TableBatch {
    /** After the fold met itself half way, so many batches are written in order before it is tried again. */
    private static final int ORDERED_AFTER_COLLISION = 100;

    private enum Kind {
        INSERT,
        UPDATE,
        DELETE
    }

    /** The net effect on one key so far. */
    private static final class Effect {
        private Kind kind;
        private Row row;
        /** An insert of a key whose former row is deleted by the same batch. */
        private boolean replaces;

        Effect(Kind kind, Row row) {
            this.kind = kind;
            this.row = row;
        }
    }

    private final Table table;
    private final int[] key;
    private final boolean foldable;
    private final TableWriter writer;
    private final OrderedWriter ordered;
    private final List<Change> changes = new ArrayList<>();
    private boolean onlyInserts = true;
    private int orderedLeft;

    /**
     * @param columns the table's columns in the order of the rows that will come
     * @param key the places of the key in them; empty for a table whose rows are found by all their values
     * @param exactKey whether two keys are equal to the server exactly when their texts are
     */
    TableBatch(Table table, List<Table.Column> columns, int[] key, boolean exactKey, java.util.Set<String> indexed) {
        this.table = table;
        this.key = key;
        writer = new TableWriter(table, columns, key);
        ordered = new OrderedWriter(table, columns, key, indexed, writer);
        boolean updatable = java.util.stream.IntStream.range(0, columns.size())
                .allMatch(i ->
                        !columns.get(i).identityAlways() || Arrays.stream(key).anyMatch(k -> k == i));
        foldable = key.length > 0 && exactKey && updatable;
    }

    Table table() {
        return table;
    }

    void add(Change change) {
        onlyInserts &= change instanceof Change.Insert;
        changes.add(change);
    }

    void clear() {
        changes.clear();
        onlyInserts = true;
    }

    List<@Nullable String> keyOf(Row row) {
        List<@Nullable String> values = new ArrayList<>(key.length);
        for (int i : key) {
            values.add(row.text(i));
        }
        return values;
    }

    /** Two rows exchanged a unique value: the net effect meets itself half way, the true order does not. */
    void collided() {
        orderedLeft = ORDERED_AFTER_COLLISION;
    }

    boolean isFolding() {
        return foldable && orderedLeft == 0;
    }

    /** Writes what waits and keeps it, in case that it must be written again in order. */
    void write(Connection connection) throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        if (onlyInserts) {
            writer.insert(
                    connection,
                    changes.stream()
                            .map(change -> ((Change.Insert) change).row())
                            .toList());
        } else if (isFolding()) {
            writeFolded(connection);
        } else {
            ordered.write(connection, changes);
        }
    }

    /** What was written stays so. */
    void written() {
        if (!changes.isEmpty()) {
            clear();
            orderedLeft = Math.max(0, orderedLeft - 1);
        }
    }

    private void writeFolded(Connection connection) throws SQLException {
        Map<RowKey, Effect> effects = LinkedHashMap.newLinkedHashMap(changes.size());
        List<Change> moves = new ArrayList<>();
        for (Change change : changes) {
            if (movesKey(change)) {
                flush(connection, effects);
                moves.add(change);
                continue;
            }
            if (!moves.isEmpty()) {
                ordered.write(connection, moves);
                moves.clear();
            }
            if (!fold(effects, change)) {
                flush(connection, effects);
                if (!fold(effects, change)) {
                    throw new IllegalStateException("this is a bug: a change of " + table + " fits into nothing");
                }
            }
        }
        ordered.write(connection, moves);
        flush(connection, effects);
    }

    private boolean movesKey(Change change) {
        if (!(change instanceof Change.Update update)) {
            return false;
        }
        Row old = update.old();
        return old != null && !RowKey.of(old, key).equals(RowKey.of(update.row(), key));
    }

    /** @return false if the change can't be folded into what is here; nothing was taken then */
    private boolean fold(Map<RowKey, Effect> effects, Change change) {
        return switch (change) {
            case Change.Insert insert -> insert(effects, insert.row());
            case Change.Update update -> update(effects, update.row());
            case Change.Delete delete -> delete(effects, delete.old());
            case Change.Truncate truncate -> throw Applier.notARow();
            case Change.Begin begin -> throw Applier.notARow();
            case Change.Commit commit -> throw Applier.notARow();
            case Change.Origin origin -> throw Applier.notARow();
            case Change.Message message -> throw Applier.notARow();
        };
    }

    private boolean insert(Map<RowKey, Effect> effects, Row row) {
        RowKey at = RowKey.of(row, key);
        Effect before = effects.get(at);
        if (before == null) {
            effects.put(at, new Effect(Kind.INSERT, row));
            return true;
        }
        if (before.kind != Kind.DELETE) {
            return false;
        }
        before.kind = Kind.INSERT;
        before.row = row;
        before.replaces = true;
        return true;
    }

    private boolean update(Map<RowKey, Effect> effects, Row row) {
        RowKey at = RowKey.of(row, key);
        Effect before = effects.get(at);
        if (before == null) {
            effects.put(at, new Effect(Kind.UPDATE, row));
            return true;
        }
        if (before.kind == Kind.DELETE) {
            return false;
        }
        before.row = row.over(before.row);
        return true;
    }

    private boolean delete(Map<RowKey, Effect> effects, Row old) {
        RowKey at = RowKey.of(old, key);
        Effect before = effects.get(at);
        if (before == null) {
            effects.put(at, new Effect(Kind.DELETE, old));
            return true;
        }
        if (before.kind == Kind.DELETE) {
            return false;
        }
        if (before.kind == Kind.INSERT && !before.replaces) {
            effects.remove(at);
        } else {
            before.kind = Kind.DELETE;
            before.row = old;
            before.replaces = false;
        }
        return true;
    }

    private void flush(Connection connection, Map<RowKey, Effect> effects) throws SQLException {
        if (effects.isEmpty()) {
            return;
        }
        List<Row> deletes = new ArrayList<>();
        List<Row> updates = new ArrayList<>();
        Map<BitSet, List<Row>> partial = new HashMap<>();
        List<Row> inserts = new ArrayList<>();
        for (Effect effect : effects.values()) {
            switch (effect.kind) {
                case DELETE -> deletes.add(effect.row);
                case UPDATE -> {
                    if (effect.row.allSent()) {
                        updates.add(effect.row);
                    } else {
                        partial.computeIfAbsent(effect.row.unchanged(), none -> new ArrayList<>())
                                .add(effect.row);
                    }
                }
                case INSERT -> {
                    if (effect.replaces) {
                        deletes.add(effect.row);
                    }
                    inserts.add(effect.row);
                }
            }
        }
        effects.clear();
        writer.delete(connection, deletes);
        writer.update(connection, new BitSet(), updates);
        for (Map.Entry<BitSet, List<Row>> group : partial.entrySet()) {
            writer.update(connection, group.getKey(), group.getValue());
        }
        writer.insert(connection, inserts);
    }
}
