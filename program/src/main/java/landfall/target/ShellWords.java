package landfall.target;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A command as one line, as app.json and Procfile have it: Dokku splits it like a shell, mostly without running one. */
public final class ShellWords {
    private static final Pattern PLAIN_WORD = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private ShellWords() {}

    public static String join(List<String> words) {
        return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return PLAIN_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
