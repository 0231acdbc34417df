package landfall.postgres;

import java.util.List;

/**
 * A schema as statements, in an order in which each finds what it needs.
 *
 * @param before types, tables, functions, views: what must be there before rows
 * @param after indexes, constraints, triggers, rules: what comes when the rows are there
 * @param by who read it, to be told
 */
record SchemaScript(List<SchemaEntry> before, List<SchemaEntry> after, String by) {
    SchemaScript {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    /** All that must be there before rows, to be sent as one. */
    String preData() {
        StringBuilder all = new StringBuilder();
        before.forEach(entry -> all.append(entry.sql()).append('\n'));
        return all.toString();
    }
}
