package landfall.postgres;

import java.util.Arrays;

/** The key of a row as the bytes of its text; two are equal exactly when the texts are. */
final class RowKey {
    private final byte[] data;
    private final int start;
    private final int length;
    private final int hash;

    private RowKey(byte[] data, int start, int length) {
        this.data = data;
        this.start = start;
        this.length = length;
        int sum = 1;
        for (int i = start; i < start + length; i++) {
            sum = 31 * sum + data[i];
        }
        // Digits differ in their low bits only: spread them.
        hash = sum * 0x9E3779B9;
    }

    static RowKey of(Row row, int[] columns) {
        if (columns.length == 1 && row.length(columns[0]) >= 0) {
            return new RowKey(row.data(), row.start(columns[0]), row.length(columns[0]));
        }
        int size = 0;
        for (int column : columns) {
            size += 4 + Math.max(0, row.length(column));
        }
        byte[] bytes = new byte[size];
        int at = 0;
        for (int column : columns) {
            int length = row.length(column);
            for (int shift = 24; shift >= 0; shift -= 8) {
                bytes[at++] = (byte) (length >> shift);
            }
            if (length > 0) {
                System.arraycopy(row.data(), row.start(column), bytes, at, length);
                at += length;
            }
        }
        return new RowKey(bytes, 0, size);
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return other instanceof RowKey key
                && hash == key.hash
                && Arrays.equals(data, start, start + length, key.data, key.start, key.start + key.length);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
