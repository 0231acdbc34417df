package landfall.objects.s3;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The query of a request: names and values, decoded, in the order given; a name without {@code =} has the value "". */
public final class Query {
    private static final int PARAMETERS_MAX = 1_000;

    /** One parameter. */
    public record Parameter(String name, String value) {}

    private final List<Parameter> parameters;

    private Query(List<Parameter> parameters) {
        this.parameters = List.copyOf(parameters);
    }

    /** @throws S3Exception InvalidURI if escapes are broken, InvalidArgument if there are too many parameters */
    static Query parse(@Nullable String raw) {
        List<Parameter> parameters = new ArrayList<>();
        if (raw != null && !raw.isEmpty()) {
            for (String each : raw.split("&", PARAMETERS_MAX + 1)) {
                if (parameters.size() == PARAMETERS_MAX) {
                    throw new S3Exception(S3Error.InvalidArgument, "more than " + PARAMETERS_MAX + " query parameters");
                }
                if (!each.isEmpty()) {
                    int equals = each.indexOf('=');
                    parameters.add(new Parameter(
                            decode(equals < 0 ? each : each.substring(0, equals), true),
                            equals < 0 ? "" : decode(each.substring(equals + 1), true)));
                }
            }
        }
        return new Query(parameters);
    }

    List<Parameter> parameters() {
        return parameters;
    }

    public boolean has(String name) {
        return parameters.stream().anyMatch(each -> each.name().equals(name));
    }

    /** The first value of that name, or null. */
    public @Nullable String get(String name) {
        for (Parameter each : parameters) {
            if (each.name().equals(name)) {
                return each.value();
            }
        }
        return null;
    }

    public String get(String name, String otherwise) {
        String value = get(name);
        return value == null ? otherwise : value;
    }

    /** Percent-decoded UTF-8; {@code plus}: a plus is a space, as in forms. @throws S3Exception InvalidURI */
    static String decode(String text, boolean plus) {
        if (text.indexOf('%') < 0 && (!plus || text.indexOf('+') < 0)) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                int high = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 <= raw.length - 1 ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    throw new S3Exception(S3Error.InvalidURI);
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else {
                bytes.write(plus && raw[i] == '+' ? ' ' : raw[i]);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new S3Exception(S3Error.InvalidURI, "Couldn't parse the specified URI: not UTF-8", notUtf8);
        }
    }

    /** Percent-encoded as Signature Version 4 wants it: all but letters, digits and {@code -._~}; slashes as told. */
    public static String encode(String text, boolean slashes) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (each & 0xff);
            if ((letter >= 'A' && letter <= 'Z')
                    || (letter >= 'a' && letter <= 'z')
                    || (letter >= '0' && letter <= '9')
                    || letter == '-'
                    || letter == '.'
                    || letter == '_'
                    || letter == '~'
                    || (letter == '/' && !slashes)) {
                encoded.append(letter);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(letter >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(letter & 15, 16)));
            }
        }
        return encoded.toString();
    }
}
