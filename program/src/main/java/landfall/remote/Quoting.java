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

    /** Options of the {@code /bin/echo} that xargs runs for each word. */
    private static final Pattern SWALLOWED = Pattern.compile("-[neE]+|--help|--version");

    /** xargs takes 131,060 here; a host's may hold a little less. */
    private static final int WORD_BYTES_MAX = 131_000;

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
        if (words.getLast().isEmpty()) {
            // xargs drops an empty word at the very end of its input, and only there.
            line.append(' ');
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
        if (index > 0 && SWALLOWED.matcher(word).matches()) {
            throw refused(
                    "word " + index + " of `" + command + "` is " + word,
                    "Dokku splits its SSH command line with xargs and echo, and echo takes that word for itself",
                    "Say it another way, e.g. within a script: sh -c '…'.");
        }
        if (word.getBytes(StandardCharsets.UTF_8).length > WORD_BYTES_MAX) {
            throw refused(
                    "word " + index + " of `" + command + "` is longer than " + WORD_BYTES_MAX + " bytes",
                    "xargs, with which Dokku splits its SSH command line, takes no longer ones",
                    "Shorten it.");
        }
        if (BARE.matcher(word).matches()) {
            return word;
        }
        if (word.indexOf('\'') < 0) {
            return "'" + word + "'";
        }
        return word.indexOf('"') < 0 ? "\"" + word + "\"" : pieces(word);
    }

    /** Both kinds of quotes: pieces as long as one kind carries them. */
    private static String pieces(String word) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        while (from < word.length()) {
            int single = end(word, '\'', from);
            int twofold = end(word, '"', from);
            char quote = single >= twofold ? '\'' : '"';
            int to = Math.max(single, twofold);
            text.append(quote).append(word, from, to).append(quote);
            from = to;
        }
        return text.toString();
    }

    private static int end(String word, char quote, int from) {
        int at = word.indexOf(quote, from);
        return at < 0 ? word.length() : at;
    }

    private static LandfallException refused(String what, String why, String nextStep) {
        return new LandfallException(ExitCode.BAD_INPUT, Problem.error(what, why, nextStep));
    }
}
