package landfall.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import landfall.base.Duplex;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * A session whose COPY goes past the driver. The driver opens it (and so logs in), then both sides of its byte stream are
 * used directly: it would read each CopyData message, which is a row, into memory whole, and a row may have a gigabyte.
 * The protocol is PostgreSQL's 3.0, "Message Formats".
 */
final class Wire implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int HEADER_BYTES = 5;
    /** No message but a row is longer. */
    private static final int MESSAGE_BYTES_MAX = 16 << 20;

    private final String side;
    private final int pid;
    private final Connection connection;
    private final Duplex duplex;
    private final InputStream input;
    private final OutputStream output;
    private final byte[] in = new byte[2 * BUFFER_BYTES];
    private final byte[] out = new byte[HEADER_BYTES + BUFFER_BYTES];
    private int start;
    private int end;
    private int gathered;
    private char type;
    private int left;

    private Wire(String side, int pid, Connection connection, Duplex duplex) {
        this.side = side;
        this.pid = pid;
        this.connection = connection;
        this.duplex = duplex;
        this.input = duplex.input();
        this.output = duplex.output();
    }

    static Wire open(Database database, String purpose) throws SQLException {
        return open(database, purpose, Database::script);
    }

    /** A session that speaks the replication protocol. */
    static Wire replicate(Database database, String purpose) throws SQLException {
        return open(database, purpose, Database::replicationScript);
    }

    @FunctionalInterface
    private interface Opener {
        Connection open(Database database, String purpose) throws SQLException;
    }

    private static Wire open(Database database, String purpose, Opener opener) throws SQLException {
        AtomicReference<@Nullable Duplex> dialed = new AtomicReference<>();
        Duplex.Dialer capturing = () -> {
            // The driver's own TLS would hide the bytes: it is done below it.
            Duplex duplex = WatchedStream.over(TlsStream.over(database.dialer().dial(), database.address()));
            dialed.compareAndSet(null, duplex);
            return duplex;
        };
        Connection connection = opener.open(
                new Database(
                        database.label(),
                        capturing,
                        database.name(),
                        database.user(),
                        database.password(),
                        database.address().asStream()),
                purpose);
        Duplex duplex = dialed.get();
        if (duplex == null) {
            connection.close();
            throw new SQLException("this is a bug: the driver connected without dialing");
        }
        return new Wire(database.label(), connection.unwrap(PGConnection.class).getBackendPID(), connection, duplex);
    }

    /** The driver's view of the session; it may be used while no COPY runs. */
    Connection connection() {
        return connection;
    }

    /** {@code source} or {@code target}. */
    String side() {
        return side;
    }

    /** Of the server's process; known also when the connection is gone. */
    int pid() {
        return pid;
    }

    /** Sends statements as one simple query, without waiting for the answer. */
    void query(String sql) throws SQLException {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        byte[] message = new byte[HEADER_BYTES + text.length + 1];
        header(message, 'Q', text.length + 1);
        System.arraycopy(text, 0, message, HEADER_BYTES, text.length);
        try {
            output.write(message);
            output.flush();
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private static void header(byte[] message, char type, int payloadBytes) {
        int length = payloadBytes + 4;
        message[0] = (byte) type;
        message[1] = (byte) (length >>> 24);
        message[2] = (byte) (length >>> 16);
        message[3] = (byte) (length >>> 8);
        message[4] = (byte) length;
    }

    /** Reads on until the server has taken COPY … FROM STDIN. */
    void awaitCopyIn() throws SQLException {
        await('G');
    }

    /** Reads on until the server has begun to stream; from there the byte stream is the caller's. */
    void awaitCopyBoth() throws SQLException {
        await('W');
    }

    InputStream input() {
        return input;
    }

    OutputStream output() {
        return output;
    }

    /** Gives out what was read and not looked at, once. */
    int takeBuffered(byte[] to) {
        int taken = end - start;
        System.arraycopy(in, start, to, 0, taken);
        start = end;
        return taken;
    }

    private void await(char answer) throws SQLException {
        for (char next = message(); next != answer; next = message()) {
            switch (next) {
                case 'E' -> throw error();
                case 'Z' -> throw new SQLException("this is a bug: the server was not asked for a copy");
                default -> skip(left);
            }
        }
        skip(left);
    }

    /** Told of each piece of the rows that goes through. */
    @FunctionalInterface
    interface Counter {
        void passed(int bytes);
    }

    /**
     * Passes the rows that the server answers with on to another that waits for them.
     *
     * @return how many rows the server says it sent
     */
    long passRowsTo(Wire to, Counter counter) throws SQLException {
        long rows = 0;
        while (true) {
            switch (message()) {
                case 'd' -> {
                    while (left > 0) {
                        if (start == end) {
                            fill(1);
                        }
                        int piece = Math.min(left, end - start);
                        to.append(in, start, piece, counter);
                        start += piece;
                        left -= piece;
                    }
                }
                case 'C' -> {
                    String tag = tag();
                    if (tag.startsWith("COPY ")) {
                        rows = Long.parseLong(tag.substring(5));
                    }
                }
                case 'E' -> throw error();
                case 'Z' -> {
                    skip(left);
                    to.flushRows(counter);
                    return rows;
                }
                default -> skip(left);
            }
        }
    }

    private void append(byte[] from, int offset, int length, Counter counter) throws SQLException {
        int at = offset;
        int rest = length;
        while (rest > 0) {
            int piece = Math.min(rest, BUFFER_BYTES - gathered);
            System.arraycopy(from, at, out, HEADER_BYTES + gathered, piece);
            gathered += piece;
            at += piece;
            rest -= piece;
            if (gathered == BUFFER_BYTES) {
                flushRows(counter);
            }
        }
    }

    private void flushRows(Counter counter) throws SQLException {
        if (gathered == 0) {
            return;
        }
        header(out, 'd', gathered);
        try {
            output.write(out, 0, HEADER_BYTES + gathered);
            if (input.available() > 0) {
                // While rows are sent the server has nothing to say but that it can't go on.
                refuseError();
            }
        } catch (IOException e) {
            throw lost(e);
        }
        counter.passed(gathered);
        gathered = 0;
    }

    private void refuseError() throws SQLException {
        if (message() == 'E') {
            throw error();
        }
        skip(left);
    }

    /** Says that all rows were sent; the answer is read by {@link #awaitReady}. */
    void endRows() throws SQLException {
        byte[] done = new byte[HEADER_BYTES];
        header(done, 'c', 0);
        try {
            output.write(done);
            output.flush();
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** @return the rows of the COPY among the answers up to the server's readiness, -1 if there was none */
    long awaitReady() throws SQLException {
        long rows = -1;
        while (true) {
            switch (message()) {
                case 'C' -> {
                    String tag = tag();
                    if (tag.startsWith("COPY ")) {
                        rows = Long.parseLong(tag.substring(5));
                    }
                }
                case 'E' -> throw error();
                case 'Z' -> {
                    skip(left);
                    return rows;
                }
                default -> skip(left);
            }
        }
    }

    /** Reads the head of the next message; {@code left} is then what follows. */
    private char message() throws SQLException {
        if (end - start < HEADER_BYTES) {
            fill(HEADER_BYTES);
        }
        type = (char) (in[start] & 0xff);
        left = ((in[start + 1] & 0xff) << 24
                        | (in[start + 2] & 0xff) << 16
                        | (in[start + 3] & 0xff) << 8
                        | (in[start + 4] & 0xff))
                - 4;
        start += HEADER_BYTES;
        if (left < 0 || (type != 'd' && left > MESSAGE_BYTES_MAX)) {
            throw new SQLException("the server sent something that is no message of its protocol", "08P01");
        }
        return type;
    }

    private void fill(int bytes) throws SQLException {
        if (start > 0) {
            System.arraycopy(in, start, in, 0, end - start);
            end -= start;
            start = 0;
        }
        try {
            while (end < bytes) {
                int read = input.read(in, end, in.length - end);
                if (read < 0) {
                    throw new SQLException("the connection to the " + side + " ended in the middle", "08006");
                }
                end += read;
            }
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private byte[] payload() throws SQLException {
        byte[] bytes = new byte[left];
        int at = 0;
        while (left > 0) {
            if (start == end) {
                fill(1);
            }
            int piece = Math.min(left, end - start);
            System.arraycopy(in, start, bytes, at, piece);
            start += piece;
            left -= piece;
            at += piece;
        }
        return bytes;
    }

    private void skip(int bytes) throws SQLException {
        int rest = bytes;
        while (rest > 0) {
            if (start == end) {
                fill(1);
            }
            int piece = Math.min(rest, end - start);
            start += piece;
            rest -= piece;
        }
        left = 0;
    }

    private String tag() throws SQLException {
        byte[] bytes = payload();
        return new String(bytes, 0, Math.max(0, bytes.length - 1), StandardCharsets.UTF_8);
    }

    /** An ErrorResponse: fields of one letter and a text each. */
    private SQLException error() throws SQLException {
        return error(payload());
    }

    SQLException error(byte[] payload) {
        String state = "";
        String message = "";
        String detail = "";
        for (String field : new String(payload, StandardCharsets.UTF_8).split("\0")) {
            if (field.isEmpty()) {
                continue;
            }
            switch (field.charAt(0)) {
                case 'C' -> state = field.substring(1);
                case 'M' -> message = field.substring(1);
                case 'W' ->
                    detail = " (" + field.substring(1).lines().findFirst().orElse("") + ")";
                default -> {
                    // Severity, position and source line of the server help nobody here; D may quote values.
                }
            }
        }
        return new SQLException("the " + side + " says: " + message + detail, state);
    }

    SQLException lost(IOException e) {
        return new SQLException("the connection to the " + side + " was lost: " + e.getMessage(), "08006", e);
    }

    /** Ends the byte stream at once, from any thread: whoever reads or writes gets an error. */
    void cut() {
        try {
            duplex.close();
        } catch (IOException e) {
            System.getLogger(Wire.class.getName()).log(System.Logger.Level.DEBUG, "closing", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            System.getLogger(Wire.class.getName()).log(System.Logger.Level.DEBUG, "closing", e);
        }
        cut();
    }
}
