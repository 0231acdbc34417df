package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import landfall.postgres.PostStatement.Phase;

/**
 * Turns what comes after rows into statements that can run side by side: keys are built as unique indexes first and made
 * constraints afterwards, foreign keys are added without a check and checked in parallel.
 */
final class PostPlan {
    /**
     * A key's index as a statement of its own.
     *
     * @param using makes the constraint of the finished index
     */
    private record KeyIndex(String create, String using, long bytes) {}

    private final long smallBytes;
    private final Map<String, KeyIndex> keyIndexes;
    private final Map<String, Long> indexBytes;
    private final Set<String> copied = new HashSet<>();
    private final Set<String> partitioned = new HashSet<>();
    private final Set<String> small = new HashSet<>();
    private final List<PostStatement> statements = new ArrayList<>();

    private PostPlan(
            Map<String, KeyIndex> keyIndexes, Map<String, Long> indexBytes, List<Table> tables, long smallBytes) {
        this.smallBytes = smallBytes;
        this.keyIndexes = keyIndexes;
        this.indexBytes = indexBytes;
        for (Table table : tables) {
            (table.partitioned() ? partitioned : copied).add(table.sql());
            if (table.bytes() < smallBytes) {
                small.add(table.sql());
            }
        }
    }

    /**
     * @param source a session under the snapshot
     * @param smallBytes below this a second statement costs more than doing two things at once saves
     */
    static List<PostStatement> of(Connection source, List<SchemaEntry> after, List<Table> tables, long smallBytes)
            throws SQLException {
        Map<String, KeyIndex> indexes = new HashMap<>();
        Sql.list(source, Sql.file("key_indexes"), row -> {
            indexes.put(
                    Sql.quoted(row.getString("schema_name")) + "." + Sql.quoted(row.getString("table_name")) + " "
                            + row.getString("constraint_name"),
                    new KeyIndex(row.getString("create_index"), row.getString("using_index"), row.getLong("bytes")));
            return true;
        });
        Map<String, Long> sizes = new HashMap<>();
        Sql.list(source, Sql.file("index_sizes"), row -> sizes.put(row.getString(1), row.getLong(2)));
        PostPlan plan = new PostPlan(indexes, sizes, tables, smallBytes);
        // A plain move copies behind the fence, whose guards are not the app's; the target has its own already.
        after.stream()
                .filter(entry ->
                        !(entry.type().equals("TRIGGER") && entry.name().endsWith(" " + Guard.TRIGGER)))
                .forEach(entry ->
                        plan.add(new SchemaEntry(entry.type(), entry.name(), PgDumpText.withoutTail(entry.sql()))));
        return plan.inOrder();
    }

    private List<PostStatement> inOrder() {
        List<PostStatement> ordered = new ArrayList<>();
        for (Phase phase : Phase.values()) {
            statements.stream()
                    .filter(statement -> statement.phase() == phase)
                    .forEach(statement -> ordered.add(statement.at(ordered.size())));
        }
        return ordered;
    }

    private void add(Phase phase, String table, SchemaEntry entry, String sql) {
        statements.add(new PostStatement(0, phase, table, 0, entry.toString(), sql));
    }

    private void build(String table, long bytes, SchemaEntry entry, String sql) {
        statements.add(new PostStatement(0, Phase.INDEX, table, bytes, entry.toString(), sql));
    }

    private void add(SchemaEntry entry) {
        switch (entry.type()) {
            case "" -> {
                // The settings at the head of the dump: the sessions that run the statements have their own.
            }
            case "INDEX" -> index(entry);
            case "CONSTRAINT" -> constraint(entry);
            case "INDEX ATTACH" -> add(Phase.CONSTRAINT, "", entry, entry.sql());
            case "FK CONSTRAINT" -> foreignKey(entry);
            default -> {
                // A comment alone, as pg_dump writes at its end, is no statement.
                if (!SqlText.withoutComments(entry.sql()).isBlank()) {
                    add(Phase.REST, "", entry, entry.sql());
                }
            }
        }
    }

    /** CREATE [UNIQUE] INDEX name ON [ONLY] table … */
    private void index(SchemaEntry entry) {
        SqlText text = new SqlText(SqlText.withoutComments(entry.sql()));
        String table = "";
        if (text.take("CREATE UNIQUE INDEX") || text.take("CREATE INDEX")) {
            boolean named = text.identifier().isPresent();
            boolean on = text.take("ON ONLY") || text.take("ON");
            table = named && on ? text.relation().orElse("") : "";
        }
        if (copied.contains(table)) {
            build(table, indexBytes.getOrDefault(entry.name(), 0L), entry, entry.sql());
        } else {
            // A partitioned table's index has nothing to build; a materialized view's comes where the dump has it.
            add(partitioned.contains(table) ? Phase.CONSTRAINT : Phase.REST, "", entry, entry.sql());
        }
    }

    private void constraint(SchemaEntry entry) {
        String sql = SqlText.withoutComments(entry.sql());
        SqlText text = new SqlText(sql);
        Optional<String> table = altered(text);
        Optional<String> name = text.take("ADD CONSTRAINT") ? text.identifier() : Optional.empty();
        if (table.isEmpty() || name.isEmpty() || !copied.contains(table.get())) {
            add(Phase.CONSTRAINT, "", entry, entry.sql());
            return;
        }
        KeyIndex index = keyIndexes.get(table.get() + " " + name.get());
        if (index == null || index.bytes() < smallBytes) {
            build(table.get(), index == null ? 0 : index.bytes(), entry, entry.sql());
        } else {
            build(table.get(), index.bytes(), entry, index.create());
            add(Phase.CONSTRAINT, "", entry, index.using() + ";\n" + sql.substring(SqlText.firstEnd(sql)));
        }
    }

    private static Optional<String> altered(SqlText text) {
        return text.take("ALTER TABLE ONLY") || text.take("ALTER TABLE") ? text.relation() : Optional.empty();
    }

    private void foreignKey(SchemaEntry entry) {
        String sql = SqlText.withoutComments(entry.sql());
        String statement = sql.strip();
        SqlText text = new SqlText(sql);
        Optional<String> table = altered(text);
        Optional<String> name = text.take("ADD CONSTRAINT") ? text.identifier() : Optional.empty();
        Optional<String> referred = text.take("FOREIGN KEY") && text.takeList() && text.take("REFERENCES")
                ? text.relation()
                : Optional.empty();
        boolean canWait = referred.isPresent()
                && !partitioned.contains(referred.get())
                && table.isPresent()
                && name.isPresent()
                && copied.contains(table.get())
                && !small.contains(table.get())
                && statement.endsWith(";")
                && SqlText.firstEnd(statement) == statement.length()
                && !statement.endsWith(" NOT VALID;")
                && !statement.endsWith(" NOT ENFORCED;");
        if (!canWait) {
            // A small table is checked at once. Of a partitioned table it can't be added unchecked, and one that refers
            // to a partitioned table is not
            // marked
            // as valid for the partitions when it is checked later (PostgreSQL 15).
            add(Phase.FOREIGN_KEY, "", entry, entry.sql());
            return;
        }
        add(Phase.FOREIGN_KEY, "", entry, statement.substring(0, statement.length() - 1) + " NOT VALID;");
        add(
                Phase.VALIDATE,
                table.get(),
                entry,
                "ALTER TABLE " + table.get() + " VALIDATE CONSTRAINT " + Sql.quoted(name.get()) + ";");
    }
}
