package landfall.postgres;

import java.sql.SQLException;
import java.util.List;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/** One column of many rows as a parameter of type text[], in the array's binary form. */
final class TextArray {
    private static final int HEADER = 20;

    private TextArray() {}

    static PgArray of(BaseConnection connection, List<Row> rows, int column) throws SQLException {
        int size = HEADER;
        boolean nulls = false;
        for (Row row : rows) {
            int length = row.length(column);
            nulls |= length < 0;
            size += 4 + Math.max(0, length);
        }
        byte[] bytes = new byte[size];
        int at = number(bytes, 0, 1);
        at = number(bytes, at, nulls ? 1 : 0);
        at = number(bytes, at, Oid.TEXT);
        at = number(bytes, at, rows.size());
        at = number(bytes, at, 1);
        for (Row row : rows) {
            int length = row.length(column);
            at = number(bytes, at, Math.max(-1, length));
            if (length > 0) {
                System.arraycopy(row.data(), row.start(column), bytes, at, length);
                at += length;
            }
        }
        return new PgArray(connection, Oid.TEXT_ARRAY, bytes);
    }

    private static int number(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
        return at + 4;
    }
}
