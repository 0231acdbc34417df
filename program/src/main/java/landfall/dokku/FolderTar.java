package landfall.dokku;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;

/** A tar (ustar) made in memory, without owners and times, so that the same files are the same bytes. */
public final class FolderTar {
    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final int PREFIX_BYTES = 155;

    private FolderTar() {}

    /** One file of a tar made in memory; the caller ends the tar with {@link #end}. */
    public static void writeFile(OutputStream output, String name, byte[] content) throws IOException {
        writeEntry(output, Path.of(name), name, content, 0600);
    }

    public static void end(OutputStream output) throws IOException {
        output.write(new byte[2 * BLOCK]);
    }

    private static void writeEntry(OutputStream output, Path file, String name, byte[] content, int mode)
            throws IOException {
        String[] parts = split(file, name);
        byte[] header = new byte[BLOCK];
        put(header, 0, parts[1]);
        put(header, 100, String.format("%07o", mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, String.format("%011o", content.length));
        put(header, 136, "00000000000");
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        put(header, 345, parts[0]);
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        output.write(header);
        output.write(content);
        output.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    /** Prefix and name, as ustar keeps them. */
    private static String[] split(Path file, String name) {
        if (bytes(name) <= NAME_BYTES) {
            return new String[] {"", name};
        }
        for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
            String prefix = name.substring(0, slash);
            String rest = name.substring(slash + 1);
            if (bytes(prefix) <= PREFIX_BYTES && bytes(rest) <= NAME_BYTES) {
                return new String[] {prefix, rest};
            }
        }
        throw refused(file, "has a path too long for the archive (ustar: " + NAME_BYTES + " + " + PREFIX_BYTES + ")");
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static LandfallException refused(Path file, String why) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        Origin.file(file.toString()),
                        "cannot be sent to the Dokku host",
                        "it " + why,
                        "Give it a shorter name."));
    }
}
