package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Optional;

/** The record of doors that were opened, written by the very transaction that opened them. */
public final class Switches {
    /**
     * @param direction which way changes had come until then; the database holding the record is open since
     * @param marker the fence's mark in the other side's log
     */
    public record Switch(Direction direction, String marker, OffsetDateTime at) {}

    private Switches() {}

    public static Optional<Switch> last(Database on, Naming naming) {
        try (Connection connection = on.connect("switches")) {
            if (!Schema.exists(connection)) {
                return Optional.empty();
            }
            return Sql.first(
                    connection,
                    "select direction, marker, at from landfall.switch where move = ? order by id desc limit 1",
                    row -> new Switch(
                            Direction.valueOf(row.getString(1)),
                            row.getString(2),
                            row.getObject(3, OffsetDateTime.class)),
                    naming.moveId());
        } catch (SQLException e) {
            throw Sql.failed("The record of switches in the " + on + " could not be read", e);
        }
    }
}
