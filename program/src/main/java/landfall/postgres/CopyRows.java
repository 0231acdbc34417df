package landfall.postgres;

import java.sql.SQLException;
import java.util.List;
import org.postgresql.copy.CopyIn;
import org.postgresql.core.BaseConnection;

/** Rows sent by COPY as they came: a big value is written from the bytes it was received in. */
final class CopyRows {
    private static final int CHUNK = 64 << 10;

    private CopyRows() {}

    /**
     * @param columns which of the row's are sent; all of them if it is null
     * @return how many rows the server says it took
     */
    static long send(
            BaseConnection connection, String sql, List<Row> rows, int @org.jspecify.annotations.Nullable [] columns)
            throws SQLException {
        CopyIn copy = connection.getCopyAPI().copyIn(sql);
        try {
            Sink sink = new Sink(copy);
            for (Row row : rows) {
                if (columns == null) {
                    row.copyLine(sink);
                } else {
                    row.copyLine(columns, sink);
                }
            }
            sink.flush();
            return copy.endCopy();
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** Gathers small pieces; a piece larger than a chunk goes out without being copied. */
    static final class Sink {
        private final CopyIn copy;
        private final byte[] buffer = new byte[CHUNK];
        private int filled;

        Sink(CopyIn copy) {
            this.copy = copy;
        }

        void put(byte letter) throws SQLException {
            if (filled == CHUNK) {
                flush();
            }
            buffer[filled++] = letter;
        }

        void put(byte[] bytes, int offset, int length) throws SQLException {
            if (length > CHUNK - filled) {
                flush();
            }
            if (length > CHUNK) {
                copy.writeToCopy(bytes, offset, length);
            } else {
                System.arraycopy(bytes, offset, buffer, filled, length);
                filled += length;
            }
        }

        void flush() throws SQLException {
            if (filled > 0) {
                copy.writeToCopy(buffer, 0, filled);
                filled = 0;
            }
        }
    }
}
