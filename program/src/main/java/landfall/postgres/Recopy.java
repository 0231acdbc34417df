package landfall.postgres;

import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.copy.CopyOut;

/**
 * Tables that can't be followed are copied again, whole, in the door's transaction: the closing side is fenced, nobody
 * sees the opening side's rows yet, and undoing is the transaction's rollback.
 */
final class Recopy {
    private static final int GATHERED_BYTES = 64 << 10;

    private Recopy() {}

    static List<Table> of(List<Table> tables) {
        return Catalog.withRows(tables).stream()
                .filter(table -> !table.isFollowed())
                .toList();
    }

    /** @return rows copied */
    static long run(Connection from, Connection to, List<Table> tables) throws SQLException {
        long rows = 0;
        for (Table table : of(tables)) {
            // DELETE, not TRUNCATE: other tables may refer to it by a unique constraint, and their rows stay.
            Sql.execute(to, "delete from only " + table.sql());
            rows += copy(from, to, table);
        }
        return rows;
    }

    private static long copy(Connection from, Connection to, Table table) throws SQLException {
        String columns =
                table.copied().stream().map(column -> Sql.quoted(column.name())).collect(Collectors.joining(", "));
        CopyManager reading = from.unwrap(PGConnection.class).getCopyAPI();
        CopyManager writing = to.unwrap(PGConnection.class).getCopyAPI();
        CopyOut out = reading.copyOut("copy (select " + columns + " from only " + table.sql() + ") to stdout");
        CopyIn in =
                writing.copyIn("copy " + table.sql() + (columns.isEmpty() ? "" : " (" + columns + ")") + " from stdin");
        try {
            ByteArrayOutputStream gathered = new ByteArrayOutputStream(GATHERED_BYTES);
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                gathered.write(row, 0, row.length);
                if (gathered.size() >= GATHERED_BYTES) {
                    in.writeToCopy(gathered.toByteArray(), 0, gathered.size());
                    gathered.reset();
                }
            }
            in.writeToCopy(gathered.toByteArray(), 0, gathered.size());
            return in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
            if (out.isActive()) {
                out.cancelCopy();
            }
        }
    }
}
