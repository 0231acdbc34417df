package landfall.dokku;

import java.util.regex.Pattern;

/** Takes terminal colours off what Dokku prints: it colours some lines without a terminal too. */
final class Ansi {
    private static final Pattern SEQUENCE = Pattern.compile("\\x1b\\[[0-9;]*[A-Za-z]");

    private Ansi() {}

    static String stripped(String line) {
        return SEQUENCE.matcher(line).replaceAll("");
    }
}
