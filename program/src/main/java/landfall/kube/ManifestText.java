package landfall.kube;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Turns a file's bytes into text: UTF-8, or UTF-16 with a byte order mark, as YAML allows. */
final class ManifestText {
    private static final byte[] GIT_CRYPT = "\0GITCRYPT\0".getBytes(StandardCharsets.US_ASCII);

    private ManifestText() {}

    /** @throws ParseFailure if it is no text */
    static String decode(byte[] bytes) throws ParseFailure {
        if (startsWith(bytes, GIT_CRYPT)) {
            throw new ParseFailure(
                    0,
                    0,
                    "the file is encrypted by git-crypt",
                    "only its text can be read",
                    "Run git-crypt unlock first.");
        }
        if (startsWith(bytes, new byte[] {(byte) 0xFF, (byte) 0xFE})) {
            return decode(bytes, 2, StandardCharsets.UTF_16LE);
        }
        if (startsWith(bytes, new byte[] {(byte) 0xFE, (byte) 0xFF})) {
            return decode(bytes, 2, StandardCharsets.UTF_16BE);
        }
        int start = startsWith(bytes, new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}) ? 3 : 0;
        return decode(bytes, start, StandardCharsets.UTF_8);
    }

    private static boolean startsWith(byte[] bytes, byte[] beginning) {
        return bytes.length >= beginning.length
                && ByteBuffer.wrap(bytes, 0, beginning.length).equals(ByteBuffer.wrap(beginning));
    }

    private static String decode(byte[] bytes, int start, Charset charset) throws ParseFailure {
        CharsetDecoder decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
        CharBuffer out = CharBuffer.allocate(bytes.length - start);
        CoderResult result = decoder.decode(in, out, true);
        out.flip();
        String text = out.toString();
        refuseControls(text);
        if (result.isError()) {
            throw at(
                    text,
                    text.length(),
                    "a byte there is not " + charset.name(),
                    "manifests are UTF-8",
                    "Convert the file, for example with iconv -t UTF-8.");
        }
        return text;
    }

    /** YAML and JSON allow none of them, and the parsers name neither line nor column. */
    private static void refuseControls(String text) throws ParseFailure {
        if (text.indexOf('\0') >= 0) {
            throw new ParseFailure(0, 0, "this is a binary file", "it holds zero bytes", "Give landfall YAML or JSON.");
        }
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if ((character < 0x20 && character != '\t' && character != '\n' && character != '\r')
                    || character == 0x7F
                    || (character >= 0x80 && character < 0xA0 && character != 0x85)) {
                throw at(
                        text,
                        at,
                        String.format("there is a control character U+%04X", (int) character),
                        "YAML allows none but tabs and line ends",
                        "Remove it, or write it as an escape in a double-quoted value.");
            }
        }
    }

    private static ParseFailure at(String text, int position, String what, String why, String nextStep) {
        int line = 1;
        int lineStart = 0;
        for (int at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) {
            line++;
            lineStart = at + 1;
        }
        return new ParseFailure(line, position - lineStart + 1, what, why, nextStep);
    }
}
