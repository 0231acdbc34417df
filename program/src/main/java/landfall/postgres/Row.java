package landfall.postgres;

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

    private final byte[] data;
    private final int from;
    private final int to;
    /** Start and length of each value; found when first asked for. */
    private int @Nullable [] places;

    /** pgoutput's TupleData in a part of the data. */
    Row(byte[] data, int from, int to) {
        this.data = data;
        this.from = from;
        this.to = to;
    }

    /** Behind the TupleData that begins at {@code from}. */
    static int end(byte[] data, int from) {
        int place = from + 2;
        for (int left = count(data, from); left > 0; left--) {
            place += isSent(data[place]) ? 5 + number(data, place + 1) : 1;
        }
        return place;
    }

    private static int count(byte[] data, int from) {
        return ((data[from] & 0xff) << 8) | (data[from + 1] & 0xff);
    }

    private static int number(byte[] data, int at) {
        return (data[at] & 0xff) << 24
                | (data[at + 1] & 0xff) << 16
                | (data[at + 2] & 0xff) << 8
                | (data[at + 3] & 0xff);
    }

    private static boolean isSent(byte kind) {
        return switch (kind) {
            case 't' -> true;
            case 'n', 'u' -> false;
            default -> throw new IllegalStateException("pgoutput sent a value of unknown kind '" + (char) kind + "'");
        };
    }

    private int[] places() {
        int[] found = places;
        if (found == null) {
            found = new int[count(data, from) * 2];
            int place = from + 2;
            for (int i = 0; i < found.length; i += 2) {
                byte kind = data[place];
                if (isSent(kind)) {
                    int length = number(data, place + 1);
                    found[i] = place + 5;
                    found[i + 1] = length;
                    place += 5 + length;
                } else {
                    found[i + 1] = kind == 'n' ? NULL : UNCHANGED;
                    place++;
                }
            }
            places = found;
        }
        return found;
    }

    int columns() {
        return count(data, from);
    }

    /** The value's bytes, or {@link #NULL} or {@link #UNCHANGED}. */
    int length(int column) {
        return places()[column * 2 + 1];
    }

    int start(int column) {
        return places()[column * 2];
    }

    byte[] data() {
        return data;
    }

    boolean allSent() {
        int[] found = places();
        for (int i = 1; i < found.length; i += 2) {
            if (found[i] == UNCHANGED) {
                return false;
            }
        }
        return true;
    }

    @Nullable
    String text(int column) {
        int length = length(column);
        return length < 0 ? null : new String(data, start(column), length, StandardCharsets.UTF_8);
    }

    /** The columns whose values were not sent. */
    BitSet unchanged() {
        BitSet unchanged = new BitSet();
        int[] found = places();
        for (int i = 0; i < found.length; i += 2) {
            if (found[i + 1] == UNCHANGED) {
                unchanged.set(i / 2);
            }
        }
        return unchanged;
    }

    /** The bytes of its values. */
    int size() {
        return to - from;
    }

    /** This row with the values that it lacks taken from what the row was before. */
    Row over(Row before) {
        if (allSent()) {
            return this;
        }
        int size = 2;
        for (int i = 0; i < columns(); i++) {
            Row source = length(i) == UNCHANGED ? before : this;
            size += source.length(i) < 0 ? 1 : 5 + source.length(i);
        }
        byte[] bytes = new byte[size];
        bytes[0] = data[from];
        bytes[1] = data[from + 1];
        int at = 2;
        for (int i = 0; i < columns(); i++) {
            Row source = length(i) == UNCHANGED ? before : this;
            int taken = source.length(i);
            if (taken < 0) {
                bytes[at++] = (byte) (taken == NULL ? 'n' : 'u');
            } else {
                // With its kind and its length, which stand before it.
                System.arraycopy(source.data, source.start(i) - 5, bytes, at, 5 + taken);
                at += 5 + taken;
            }
        }
        return new Row(bytes, 0, size);
    }

    /** Writes all columns as a line of COPY's text format. */
    void copyLine(CopyRows.Sink sink) throws java.sql.SQLException {
        int place = from + 2;
        for (int left = columns(); left > 0; left--) {
            byte kind = data[place];
            if (isSent(kind)) {
                int length = number(data, place + 1);
                escape(place + 5, length, sink);
                place += 5 + length;
            } else {
                nothing(kind == 'n' ? NULL : UNCHANGED, sink);
                place++;
            }
            if (left > 1) {
                sink.put((byte) '\t');
            }
        }
        sink.put((byte) '\n');
    }

    /** Writes these columns as a line of COPY's text format. */
    void copyLine(int[] columns, CopyRows.Sink sink) throws java.sql.SQLException {
        for (int i = 0; i < columns.length; i++) {
            if (i > 0) {
                sink.put((byte) '\t');
            }
            int length = length(columns[i]);
            if (length < 0) {
                nothing(length, sink);
            } else {
                escape(start(columns[i]), length, sink);
            }
        }
        sink.put((byte) '\n');
    }

    private static void nothing(int length, CopyRows.Sink sink) throws java.sql.SQLException {
        if (length == UNCHANGED) {
            throw new IllegalStateException("this is a bug: a value that was not sent is needed");
        }
        sink.put((byte) '\\');
        sink.put((byte) 'N');
    }

    private void escape(int start, int length, CopyRows.Sink sink) throws java.sql.SQLException {
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
                sink.put(data, written, i - written);
                sink.put((byte) '\\');
                sink.put((byte) escaped);
                written = i + 1;
            }
        }
        sink.put(data, written, stop - written);
    }
}
