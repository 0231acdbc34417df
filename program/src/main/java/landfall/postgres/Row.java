package landfall.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A row's values as text, still in the bytes they came in: millions pass, and few of their values are ever looked at.
 * Lengths below zero say NULL, or that a big value was not sent because the change left it alone.
 */
final class Row {
    static final int NULL = -1;
    static final int UNCHANGED = -2;
    /** What a row costs beside its bytes. */
    private static final int OVERHEAD = 120;

    private final byte[] data;
    /** Start and length of each value. */
    private final int[] places;

    private final boolean allSent;

    /** Reads pgoutput's TupleData, whose first byte is at {@code at}. */
    Row(byte[] data, int at) {
        this.data = data;
        int count = ((data[at] & 0xff) << 8) | (data[at + 1] & 0xff);
        places = new int[count * 2];
        int place = at + 2;
        boolean sent = true;
        for (int i = 0; i < places.length; i += 2) {
            switch (data[place++]) {
                case 'n' -> places[i + 1] = NULL;
                case 'u' -> {
                    places[i + 1] = UNCHANGED;
                    sent = false;
                }
                case 't' -> {
                    int length = ByteBuffer.wrap(data, place, 4).getInt();
                    places[i] = place + 4;
                    places[i + 1] = length;
                    place += 4 + length;
                }
                default ->
                    throw new IllegalStateException(
                            "pgoutput sent a value of unknown kind '" + (char) data[place - 1] + "'");
            }
        }
        allSent = sent;
        end = place;
    }

    private final int end;

    private Row(byte[] data, int[] places) {
        this.data = data;
        this.places = places;
        boolean sent = true;
        for (int i = 1; i < places.length; i += 2) {
            sent &= places[i] != UNCHANGED;
        }
        allSent = sent;
        end = data.length;
    }

    /** Behind the row in the message it came in. */
    int end() {
        return end;
    }

    int columns() {
        return places.length / 2;
    }

    /** The value's bytes, or {@link #NULL} or {@link #UNCHANGED}. */
    int length(int column) {
        return places[column * 2 + 1];
    }

    int start(int column) {
        return places[column * 2];
    }

    byte[] data() {
        return data;
    }

    boolean allSent() {
        return allSent;
    }

    @Nullable
    String text(int column) {
        int length = length(column);
        return length < 0 ? null : new String(data, start(column), length, StandardCharsets.UTF_8);
    }

    /** The columns whose values were not sent. */
    BitSet unchanged() {
        BitSet unchanged = new BitSet();
        if (!allSent) {
            for (int i = 0; i < columns(); i++) {
                unchanged.set(i, length(i) == UNCHANGED);
            }
        }
        return unchanged;
    }

    /** About what it takes in memory. */
    int size() {
        return data.length + places.length * 4 + OVERHEAD;
    }

    /** This row with the values that it lacks taken from what the row was before. */
    Row over(Row before) {
        if (allSent) {
            return this;
        }
        int[] merged = places.clone();
        int length = 0;
        for (int i = 0; i < columns(); i++) {
            length += Math.max(0, length(i) == UNCHANGED ? before.length(i) : length(i));
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (int i = 0; i < columns(); i++) {
            Row from = length(i) == UNCHANGED ? before : this;
            int taken = from.length(i);
            merged[i * 2] = at;
            merged[i * 2 + 1] = taken;
            if (taken > 0) {
                System.arraycopy(from.data, from.start(i), bytes, at, taken);
                at += taken;
            }
        }
        return new Row(bytes, merged);
    }

    /** Writes the columns as a line of COPY's text format. */
    void copyLine(int[] columns, OutputStream to) throws IOException {
        for (int i = 0; i < columns.length; i++) {
            if (i > 0) {
                to.write('\t');
            }
            int length = length(columns[i]);
            if (length == UNCHANGED) {
                throw new IllegalStateException("this is a bug: a value that was not sent is needed");
            }
            if (length == NULL) {
                to.write('\\');
                to.write('N');
            } else {
                escape(start(columns[i]), length, to);
            }
        }
        to.write('\n');
    }

    private void escape(int start, int length, OutputStream to) throws IOException {
        int written = start;
        int stop = start + length;
        for (int i = start; i < stop; i++) {
            byte letter = data[i];
            if ((letter > '\r' && letter != '\\') || letter < 0) {
                continue;
            }
            char escaped = switch (letter) {
                case '\\' -> '\\';
                case '\n' -> 'n';
                case '\r' -> 'r';
                case '\t' -> 't';
                default -> 0;
            };
            if (escaped != 0) {
                to.write(data, written, i - written);
                to.write('\\');
                to.write(escaped);
                written = i + 1;
            }
        }
        to.write(data, written, stop - written);
    }
}
