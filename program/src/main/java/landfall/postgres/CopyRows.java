package landfall.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.copy.CopyIn;
import org.postgresql.core.BaseConnection;

/** Rows sent by COPY as they came: a big value is written from the bytes it was received in. */
final class CopyRows {
    private static final int CHUNK = 64 << 10;

    private CopyRows() {}

    /** @return how many rows the server says it took */
    static long send(BaseConnection connection, String sql, List<Row> rows, int[] columns) throws SQLException {
        CopyIn copy = connection.getCopyAPI().copyIn(sql);
        try {
            Chunks chunks = new Chunks(copy);
            for (Row row : rows) {
                row.copyLine(columns, chunks);
            }
            chunks.flush();
            return copy.endCopy();
        } catch (IOException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw new SQLException("the rows could not be sent", "08006", e);
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** Gathers small pieces; a piece larger than a chunk goes out without being copied. */
    private static final class Chunks extends OutputStream {
        private final CopyIn copy;
        private final byte[] buffer = new byte[CHUNK];
        private int filled;

        Chunks(CopyIn copy) {
            this.copy = copy;
        }

        @Override
        public void write(int letter) throws IOException {
            if (filled == CHUNK) {
                flush();
            }
            buffer[filled++] = (byte) letter;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > CHUNK - filled) {
                flush();
            }
            if (length > CHUNK) {
                send(bytes, offset, length);
            } else {
                System.arraycopy(bytes, offset, buffer, filled, length);
                filled += length;
            }
        }

        @Override
        public void flush() throws IOException {
            if (filled > 0) {
                send(buffer, 0, filled);
                filled = 0;
            }
        }

        private void send(byte[] bytes, int offset, int length) throws IOException {
            try {
                copy.writeToCopy(bytes, offset, length);
            } catch (SQLException e) {
                throw new IOException(e);
            }
        }
    }
}
