package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Statement triggers that refuse every write with 42501. Unlike REVOKE they bind superusers and owners, and unlike
 * read-only mode they let an app start; Landfall's own replication sessions do not fire them.
 */
public final class Guard {
    static final String TRIGGER = "landfall_guard";

    private Guard() {}

    /** Waits for writers that hold a table; from then on nobody writes. */
    public static void install(Database on, Naming naming) {
        try {
            Schema.create(on);
            try (Connection connection = on.connect("guard " + naming.moveId())) {
                connection.setAutoCommit(false);
                create(connection, Catalog.tables(connection));
                connection.commit();
            }
        } catch (SQLException e) {
            throw Sql.failed("The guard triggers could not be made in the " + on, e);
        }
    }

    /** In the caller's transaction; the caller's lock_timeout bounds it. */
    static void create(Connection connection, List<Table> tables) throws SQLException {
        if (tables.isEmpty()) {
            return;
        }
        Sql.execute(connection, "lock table " + Catalog.only(tables) + " in share row exclusive mode");
        List<String> guarded = guarded(connection);
        for (Table table : tables) {
            if (!guarded.contains(table.toString())) {
                Sql.execute(
                        connection,
                        "create trigger " + TRIGGER + " before insert or update or delete or truncate on " + table.sql()
                                + " for each statement execute function landfall.guard()");
            }
        }
    }

    private static List<String> guarded(Connection connection) throws SQLException {
        return Sql.strings(
                connection,
                "select n.nspname || '.' || c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid"
                        + " join pg_namespace n on n.oid = c.relnamespace"
                        + " where t.tgname = '" + TRIGGER + "' and not t.tgisinternal and t.tgenabled <> 'D'");
    }

    public static void drop(Database on, Naming naming) {
        try (Connection connection = on.connect("guard " + naming.moveId())) {
            if (Schema.exists(connection)) {
                Sql.execute(connection, "select landfall.drop_guards()");
            }
        } catch (SQLException e) {
            throw Sql.failed("The guard triggers could not be removed from the " + on, e);
        }
    }

    /** Whether every table of the user has its guard. */
    public static boolean isInstalled(Database on, Naming naming) {
        try (Connection connection = on.connect("guard " + naming.moveId())) {
            return isInstalled(connection);
        } catch (SQLException e) {
            throw Sql.failed("The guard triggers of the " + on + " could not be read", e);
        }
    }

    static boolean isInstalled(Connection connection) throws SQLException {
        List<String> tables =
                Catalog.tables(connection).stream().map(Table::toString).toList();
        return !tables.isEmpty() && guarded(connection).containsAll(tables);
    }
}
