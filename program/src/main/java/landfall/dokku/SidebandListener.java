package landfall.dokku;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Hears the lines that a git server prints while it receives, byte for byte, on their way to JGit. (JGit takes a line
 * like {@code exit code: 3} for a progress bar and drops it.) A packet is four hexadecimal digits of its length and its
 * content; behind the advertisement's end the first byte of the content names the band, and 2 is what is printed.
 */
final class SidebandListener extends FilterInputStream {
    private static final int HEADER = 4;
    private static final int PRINTED = 2;

    private final Consumer<String> onLine;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean advertised;
    private int headerBytes;
    private int length;
    private int left;
    private int band;

    SidebandListener(InputStream in, Consumer<String> onLine) {
        super(in);
        this.onLine = onLine;
    }

    @Override
    public int read() throws IOException {
        int value = super.read();
        if (value >= 0) {
            heard(value);
        } else {
            ended();
        }
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        int read = super.read(bytes, offset, count);
        for (int i = 0; i < read; i++) {
            heard(bytes[offset + i] & 0xff);
        }
        if (read < 0) {
            ended();
        }
        return read;
    }

    private void heard(int value) {
        if (left == 0) {
            header(value);
            return;
        }
        left--;
        if (!advertised) {
            return;
        }
        if (band == 0) {
            band = value;
        } else if (band == PRINTED) {
            printed(value);
        }
    }

    private void header(int value) {
        length = length * 16 + Math.max(0, Character.digit(value, 16));
        headerBytes++;
        if (headerBytes == HEADER) {
            // 0000 is a flush; the first one ends the advertisement.
            advertised |= length == 0;
            left = Math.max(0, length - HEADER);
            headerBytes = 0;
            length = 0;
            band = 0;
        }
    }

    private void printed(int value) {
        if (value == '\n' || value == '\r') {
            ended();
        } else {
            line.write(value);
        }
    }

    private void ended() {
        if (line.size() > 0) {
            onLine.accept(line.toString(StandardCharsets.UTF_8).stripTrailing());
            line.reset();
        }
    }
}
