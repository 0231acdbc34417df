package landfall.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A slot's stream past the driver, which would read it byte by byte through three buffers: whatever is there is read at
 * once into one array, and messages are handed on as parts of it (PostgreSQL documentation, "Streaming Replication
 * Protocol").
 */
final class LogStream implements AutoCloseable {
    /** Told of each message; one thread at a time. */
    interface Receiver {
        /** A message of the output plugin. The bytes are not overwritten later. */
        void message(byte[] data, int from, int to) throws SQLException, InterruptedException;

        /** Everything before the position has been sent. */
        void sentUpTo(long lsn, boolean wantsReply) throws SQLException, InterruptedException;
    }

    static final int CHUNK_BYTES = 256 << 10;
    /** Room for less than this isn't worth a read. */
    static final int READ_BYTES_MIN = 64 << 10;

    private static final int HEADER_BYTES = 5;
    /** XLogData's own head: its kind, two positions and a time. */
    private static final int DATA_HEADER_BYTES = 25;

    private static final int STATUS_BYTES = 34;
    private static final byte[] NONE = new byte[0];
    /** Microseconds between 1970 and 2000, from which PostgreSQL counts. */
    private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;

    private final Wire wire;
    private final InputStream input;
    private final OutputStream output;
    private byte[] chunk = NONE;
    private int start;
    private int end;
    /** What came together with the answer to the request hasn't been looked at. */
    private boolean isFresh = true;

    private LogStream(Wire wire) {
        this.wire = wire;
        input = wire.input();
        output = wire.output();
    }

    /** @param options pgoutput's, as START_REPLICATION takes them */
    static LogStream open(Database from, String slot, long position, String options) throws SQLException {
        Wire wire = Wire.replicate(from, "follow");
        LogStream stream = null;
        try {
            wire.query("START_REPLICATION SLOT " + Sql.quoted(slot) + " LOGICAL "
                    + LogSequenceNumber.valueOf(position).asString() + " (" + options + ")");
            wire.awaitCopyBoth();
            stream = new LogStream(wire);
            stream.makeRoom();
            stream.end = wire.takeBuffered(stream.chunk);
            return stream;
        } finally {
            if (stream == null) {
                wire.close();
            }
        }
    }

    /**
     * Waits for bytes and hands on all messages that are whole.
     *
     * @return how many bytes came
     */
    int read(Receiver receiver) throws SQLException, InterruptedException {
        int came = isFresh && end > 0 ? end : fill();
        isFresh = false;
        while (end - start >= HEADER_BYTES) {
            int whole = wholeBytes();
            if (end - start < whole) {
                break;
            }
            int at = start;
            start += whole;
            hand(receiver, at, start);
        }
        if (start == end && chunk.length > CHUNK_BYTES) {
            // Nothing here may hold on to a big message while the next comes in.
            chunk = NONE;
            start = 0;
            end = 0;
        }
        return came;
    }

    private int fill() throws SQLException {
        makeRoom();
        int came;
        try {
            came = input.read(chunk, end, chunk.length - end);
        } catch (IOException e) {
            throw wire.lost(e);
        }
        if (came < 0) {
            throw new SQLException("the connection to the " + wire.side() + " ended in the middle", "08006");
        }
        end += came;
        return came;
    }

    /** Of the message whose head is there. */
    private int wholeBytes() throws SQLException {
        int length = ByteBuffer.wrap(chunk, start + 1, 4).getInt();
        if (length < 4 || length == Integer.MAX_VALUE) {
            throw new SQLException("the server sent something that is no message of its protocol", "08P01");
        }
        return length + 1;
    }

    private void makeRoom() throws SQLException {
        int rest = end - start;
        int needed = rest >= HEADER_BYTES ? wholeBytes() : HEADER_BYTES;
        if (start + needed > chunk.length || (needed <= CHUNK_BYTES && chunk.length - end < READ_BYTES_MIN)) {
            // Rows lie in the old one: it is left to them.
            byte[] next = new byte[Math.max(CHUNK_BYTES, needed)];
            System.arraycopy(chunk, start, next, 0, rest);
            chunk = next;
            start = 0;
            end = rest;
        }
    }

    private void hand(Receiver receiver, int from, int to) throws SQLException, InterruptedException {
        int at = from + HEADER_BYTES;
        switch ((char) chunk[from]) {
            case 'd' -> {
                switch ((char) chunk[at]) {
                    case 'w' -> receiver.message(chunk, at + DATA_HEADER_BYTES, to);
                    case 'k' ->
                        receiver.sentUpTo(ByteBuffer.wrap(chunk, at + 1, 8).getLong(), chunk[at + 17] != 0);
                    default -> {
                        // What a newer server may add concerns nobody who didn't ask for it.
                    }
                }
            }
            case 'E' -> throw wire.error(java.util.Arrays.copyOfRange(chunk, at, to));
            case 'c', 'C', 'Z' ->
                throw new SQLException("the server ended the stream, as when it is shut down", "08006");
            default -> {
                // A notice or a changed setting.
            }
        }
    }

    /**
     * Tells the server up to where everything is durable on the other side; from any thread.
     *
     * @param asks whether it is to answer at once
     */
    synchronized void report(long durable, boolean asks) throws SQLException {
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + STATUS_BYTES);
        message.put((byte) 'd').putInt(STATUS_BYTES + 4).put((byte) 'r');
        message.putLong(durable).putLong(durable).putLong(durable);
        message.putLong(System.currentTimeMillis() * 1000 - EPOCH_2000_MICROS).put((byte) (asks ? 1 : 0));
        try {
            output.write(message.array());
            output.flush();
        } catch (IOException e) {
            throw wire.lost(e);
        }
    }

    @Override
    public void close() {
        // First: whoever reads ends, and the driver's farewell goes nowhere.
        wire.cut();
        wire.close();
    }
}
