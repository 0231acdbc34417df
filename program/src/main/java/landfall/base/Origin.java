package landfall.base;

/**
 * Where something was read: a file as the user named it ({@code -} for standard input, {@code cluster} for a live
 * cluster), and the line counted from 1, or 0 where a line means nothing.
 */
public record Origin(String file, int line) {
    public static Origin file(String file) {
        return new Origin(file, 0);
    }

    @Override
    public String toString() {
        return line > 0 ? file + ":" + line : file;
    }
}
