package landfall.remote;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Limits;
import landfall.base.Problem;

/**
 * Writes words as one SSH command line for Dokku's forced command, which splits it with {@code xargs -n 1} (no shell:
 * quotes group, nothing is expanded) or, where the first word contains "git", on blanks with no quoting at all. What
 * neither can carry is refused by name. Problems never quote a word: it may be a secret.
 */
public final class Quoting {
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_./:=@%+,-]+");

    private Quoting() {}

    public static String commandLine(List<String> words) {
        if (words.isEmpty() || words.getFirst().isEmpty()) {
            throw new IllegalArgumentException("this is a bug: a command without a name");
        }
        String command = words.getFirst();
        boolean blanksOnly = command.contains("git");
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            if (i > 0) {
                line.append(' ');
            }
            line.append(blanksOnly ? unquoted(command, i, words.get(i)) : quoted(command, i, words.get(i)));
        }
        if (line.toString().getBytes(StandardCharsets.UTF_8).length > Limits.COMMAND_LINE_BYTES_MAX) {
            throw refused(
                    "`" + command + "` with all its words is longer than " + Limits.COMMAND_LINE_BYTES_MAX + " bytes",
                    "one SSH command line is one argument on the host",
                    "Shorten or split it.");
        }
        return line.toString();
    }

    private static String unquoted(String command, int index, String word) {
        boolean blank = word.isEmpty() || word.chars().anyMatch(c -> Character.isWhitespace(c) || c == 0);
        if (blank) {
            throw refused(
                    "word " + index + " of `" + command + "` is empty or holds a blank",
                    "Dokku splits git commands on blanks and honours no quotes",
                    "Choose a value without blanks.");
        }
        return word;
    }

    private static String quoted(String command, int index, String word) {
        if (word.indexOf('\n') >= 0 || word.indexOf('\0') >= 0) {
            throw refused(
                    "word " + index + " of `" + command + "` holds a line break or a zero byte",
                    "Dokku splits its SSH command line with xargs, which cannot carry them",
                    "Choose a value on one line.");
        }
        if (BARE.matcher(word).matches()) {
            return word;
        }
        if (word.indexOf('\'') < 0) {
            return "'" + word + "'";
        }
        return word.indexOf('"') < 0 ? "\"" + word + "\"" : pieces(word);
    }

    /** Both kinds of quotes: each single quote stands in double quotes, the rest in single quotes. */
    private static String pieces(String word) {
        StringBuilder text = new StringBuilder();
        for (String piece : word.splitWithDelimiters("'", -1)) {
            if (piece.equals("'")) {
                text.append("\"'\"");
            } else if (!piece.isEmpty()) {
                text.append('\'').append(piece).append('\'');
            }
        }
        return text.toString();
    }

    private static LandfallException refused(String what, String why, String nextStep) {
        return new LandfallException(ExitCode.BAD_INPUT, Problem.error(what, why, nextStep));
    }
}
