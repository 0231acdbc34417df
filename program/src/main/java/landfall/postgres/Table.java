package landfall.postgres;

import java.util.List;

/**
 * An ordinary or partitioned table of the user.
 *
 * @param partitioned whether it is a root without rows of its own
 * @param bytes its size with TOAST, without indexes
 * @param blocks pages of the heap, by which big tables are split
 * @param key columns of its replica identity; empty where there is none that can be used
 */
public record Table(
        String schema,
        String name,
        boolean partitioned,
        long bytes,
        long blocks,
        List<String> key,
        List<Column> columns) {
    /**
     * One column, in the table's order.
     *
     * @param type as format_type writes it, usable in a cast
     * @param generated computed by the server; never copied
     * @param identityAlways GENERATED ALWAYS AS IDENTITY: may be inserted when overridden, never updated
     * @param binary whether its binary form means the same on another server
     * @param extensionType the type and its extension's version, which must then be the same there; empty for others
     */
    public record Column(
            String name,
            String type,
            boolean generated,
            boolean identityAlways,
            boolean binary,
            String extensionType) {}

    public Table {
        key = List.copyOf(key);
        columns = List.copyOf(columns);
    }

    /** The name in SQL. */
    public String sql() {
        return Sql.quoted(schema) + "." + Sql.quoted(name);
    }

    /** Whether its changes can be told apart in the log; else it is never published, and copied again behind the door. */
    public boolean isFollowed() {
        return !partitioned && !key.isEmpty();
    }

    @Override
    public String toString() {
        return schema + "." + name;
    }

    Table withColumns(List<Column> others) {
        return new Table(schema, name, partitioned, bytes, blocks, key, others);
    }

    List<Column> copied() {
        return columns.stream().filter(column -> !column.generated()).toList();
    }
}
