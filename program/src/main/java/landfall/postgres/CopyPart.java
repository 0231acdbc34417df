package landfall.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows that are copied in one transaction of the target: a whole table, or a range of its heap's blocks.
 *
 * @param firstBlock of the range
 * @param lastBlock exclusive; -1 where the part is open to the end, where rows may stand that the catalogs' size of a
 *     moment ago did not count
 * @param bytes its share of the table's size, TOAST included
 */
record CopyPart(Table table, long firstBlock, long lastBlock, long bytes) {
    /** Cuts a table so that its parts, TOAST included, have about this size. */
    static List<CopyPart> of(Table table, long partBytes) {
        long blocks = Math.max(1, table.blocks());
        long count = Math.clamp(table.bytes() / Math.max(1, partBytes), 1, blocks);
        List<CopyPart> parts = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            parts.add(new CopyPart(
                    table, blocks * i / count, i == count - 1 ? -1 : blocks * (i + 1) / count, table.bytes() / count));
        }
        return parts;
    }

    boolean isWhole() {
        return firstBlock == 0 && lastBlock < 0;
    }

    /** @param encoding of both databases where rows must not be converted; empty otherwise */
    String read(String encoding) {
        String columns = columns();
        if (isWhole() && !columns.isEmpty()) {
            return "copy " + table.sql() + " (" + columns + ") to stdout" + options(encoding);
        }
        String range = isWhole()
                ? ""
                : " where ctid >= '(" + firstBlock + ",0)'"
                        + (lastBlock < 0 ? "" : " and ctid < '(" + lastBlock + ",0)'");
        return "copy (select " + columns + " from only " + table.sql() + range + ") to stdout" + options(encoding);
    }

    /**
     * Rows of a table that is emptied in the same transaction are written as visible to all at once: nobody has to come
     * by again to mark them so.
     */
    String write(String encoding) {
        String columns = columns();
        // An empty column list is no syntax: such a table's rows have nothing but their number.
        String list = columns.isEmpty() ? "" : " (" + columns + ")";
        String options = options(encoding);
        return isWhole()
                ? "truncate only " + table.sql() + "; copy " + table.sql() + list + " from stdin"
                        + options.substring(0, options.length() - 1) + ", freeze)"
                : "copy " + table.sql() + list + " from stdin" + options;
    }

    private String columns() {
        return table.copied().stream().map(column -> Sql.quoted(column.name())).collect(Collectors.joining(", "));
    }

    private String options(String encoding) {
        boolean binary = encoding.isEmpty() && table.copied().stream().allMatch(Table.Column::binary);
        return " (format " + (binary ? "binary" : "text")
                + (encoding.isEmpty() ? "" : ", encoding " + Sql.literal(encoding)) + ")";
    }
}
