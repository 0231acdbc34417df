package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Stored results, which no log carries: computed anew on the opening side before users come. */
public final class MaterializedViews {
    private MaterializedViews() {}

    /** @return how many were filled again */
    public static int refresh(Database on) {
        try (Connection connection = on.connect("refresh")) {
            List<String> statements = Sql.strings(connection, Sql.file("refresh"));
            for (String statement : statements) {
                Sql.execute(connection, statement);
            }
            return statements.size();
        } catch (SQLException e) {
            throw Sql.failed("The materialized views of the " + on + " could not be refreshed", e);
        }
    }
}
