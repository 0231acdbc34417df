package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** Removes everything Landfall made in a database: the catalog is then as it was found. */
public final class CleanUp {
    private CleanUp() {}

    /**
     * Fence, guards, slots, publications, origins and the schema {@code landfall}; not the mover's role, which only
     * another superuser can remove. May be called again.
     */
    public static void remove(Database on, Naming naming) {
        try (Connection connection = on.connect("clean up")) {
            if (Schema.exists(connection)) {
                Sql.execute(connection, "select landfall.lift_fence()");
            }
            for (Direction direction : Direction.values()) {
                ReplicationSlots.drop(connection, direction, naming);
                String origin = Sql.literal(naming.origin(direction));
                Sql.execute(
                        connection,
                        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where pid <> pg_backend_pid()"
                                + " and datname = current_database() and application_name = "
                                + Sql.literal("landfall/" + Follower.APPLY_PURPOSE));
                // The right to drop one is asked for only where there is one.
                if (Sql.truth(
                        connection,
                        "select exists (select from pg_replication_origin where roname = " + origin + ")")) {
                    Sql.execute(connection, "select pg_replication_origin_drop(" + origin + ")");
                }
            }
            // Behind the publications: an identity that one of them needs can't go before it.
            Identities.restore(connection);
            Sql.execute(connection, "drop schema if exists landfall cascade");
        } catch (SQLException e) {
            throw Sql.failed("What Landfall made in the " + on + " could not be removed completely", e);
        }
    }
}
