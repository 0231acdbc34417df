package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Replica identities that are set for the move, with the user's consent, and set back when it ends. What a table had is
 * recorded in the same transaction that changes it.
 */
public final class Identities {
    private static final Duration LOCK_TRY = Duration.ofMillis(50);
    /** Between tries the app's statements go on. */
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(300);

    private static final Duration LOCK_MAX = Duration.ofSeconds(60);

    /**
     * A table that can't be followed as it is.
     *
     * @param index a unique index that could be its identity
     */
    record Lacking(
            String schema,
            String table,
            boolean unlogged,
            boolean deferrable,
            long bytes,
            @Nullable String index) {
        Table named() {
            return new Table(schema, table, false, bytes, 0, List.of(), List.of());
        }
    }

    private Identities() {}

    static List<Lacking> lacking(Connection connection) throws SQLException {
        return Sql.list(
                connection,
                Sql.file("survey_identity"),
                row -> new Lacking(
                        row.getString("schema_name"),
                        row.getString("table_name"),
                        row.getBoolean("is_unlogged"),
                        row.getBoolean("is_deferrable"),
                        row.getLong("bytes"),
                        row.getString("index_name")));
    }

    /** Sets what the user has agreed to; the app's statements wait for no lock longer than a moment. */
    public static List<String> set(Database on, Choices choices) {
        List<String> set = new ArrayList<>();
        try (Connection connection = on.connect("identity")) {
            for (Lacking lacking : lacking(connection)) {
                Choices.Identity chosen = choices.identity(lacking.named()).orElse(Choices.Identity.RECOPY);
                if (chosen != Choices.Identity.INDEX || lacking.index() == null || lacking.unlogged()) {
                    continue;
                }
                if (set.isEmpty()) {
                    Schema.create(on);
                }
                patiently(
                        connection,
                        "insert into landfall.identity (schema_name, table_name, identity, index_name)"
                                + " select n.nspname, c.relname, c.relreplident::text, x.relname from pg_class c"
                                + " join pg_namespace n on n.oid = c.relnamespace"
                                + " left join pg_index i on i.indrelid = c.oid and i.indisreplident"
                                + " left join pg_class x on x.oid = i.indexrelid"
                                + " where c.oid = "
                                + Sql.literal(lacking.named().sql()) + "::regclass"
                                + " on conflict do nothing;"
                                + " alter table " + lacking.named().sql() + " replica identity using index "
                                + Sql.quoted(lacking.index()),
                        lacking.named());
                set.add(lacking.named().toString());
            }
            return set;
        } catch (SQLException e) {
            throw Sql.failed("The replica identities of the " + on + " could not be set", e);
        }
    }

    /** The other side's tables were made as they are now on this one: what they go back to is the same. */
    static void carry(Database from, Database to) throws SQLException {
        record Kept(
                String schema,
                String table,
                String identity,
                @Nullable String index) {}
        try (Connection source = from.connect("identity");
                Connection target = to.connect("identity")) {
            if (!Schema.exists(source)) {
                return;
            }
            for (Kept kept : Sql.list(
                    source,
                    "select schema_name, table_name, identity, index_name from landfall.identity",
                    row -> new Kept(row.getString(1), row.getString(2), row.getString(3), row.getString(4)))) {
                Sql.execute(
                        target,
                        "insert into landfall.identity (schema_name, table_name, identity, index_name) values ("
                                + Sql.literal(kept.schema()) + ", " + Sql.literal(kept.table()) + ", "
                                + Sql.literal(kept.identity()) + ", "
                                + (kept.index() == null ? "null" : Sql.literal(kept.index()))
                                + ") on conflict do nothing");
            }
        }
    }

    /** Sets back what {@link #set} changed; after the publication is gone, or the app's UPDATE would fail. */
    static void restore(Connection connection) throws SQLException {
        record Kept(
                String schema,
                String table,
                String identity,
                @Nullable String index) {
            String clause() {
                return switch (identity) {
                    case "n" -> "nothing";
                    case "f" -> "full";
                    case "i" -> index == null ? "default" : "using index " + Sql.quoted(index);
                    default -> "default";
                };
            }
        }
        if (!Sql.truth(connection, "select to_regclass('landfall.identity') is not null")) {
            return;
        }
        for (Kept kept : Sql.list(
                connection,
                "select k.schema_name, k.table_name, k.identity, k.index_name from landfall.identity k"
                        + " where to_regclass(format('%I.%I', k.schema_name, k.table_name)) is not null",
                row -> new Kept(row.getString(1), row.getString(2), row.getString(3), row.getString(4)))) {
            Table table = new Table(kept.schema(), kept.table(), false, 0, 0, List.of(), List.of());
            patiently(
                    connection,
                    "alter table " + table.sql() + " replica identity " + kept.clause()
                            + "; delete from landfall.identity where schema_name = " + Sql.literal(kept.schema())
                            + " and table_name = " + Sql.literal(kept.table()),
                    table);
        }
    }

    /** ALTER TABLE's lock is exclusive, and whoever comes behind a waiting one waits too: so it waits in short tries. */
    private static void patiently(Connection connection, String statements, Table table) throws SQLException {
        long end = System.nanoTime() + LOCK_MAX.toNanos();
        connection.setAutoCommit(false);
        try {
            while (true) {
                try {
                    Sql.execute(connection, "set local lock_timeout = '" + LOCK_TRY.toMillis() + "ms'");
                    Sql.execute(connection, statements);
                    connection.commit();
                    return;
                } catch (SQLException e) {
                    connection.rollback();
                    if (!"55P03".equals(e.getSQLState()) && !"40P01".equals(e.getSQLState())) {
                        throw e;
                    }
                    if (System.nanoTime() > end) {
                        throw Sql.refused(
                                "The replica identity of " + table + " could not be changed",
                                "transactions have held the table for " + LOCK_MAX.toSeconds() + " s",
                                "Run the same command again when they have ended.");
                    }
                }
                long next = System.nanoTime() + BETWEEN_TRIES.toNanos();
                while (System.nanoTime() < next) {
                    Fence.pause();
                }
            }
        } finally {
            connection.setAutoCommit(true);
        }
    }
}
