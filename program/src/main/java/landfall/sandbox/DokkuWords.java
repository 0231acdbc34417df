package landfall.sandbox;

import java.util.ArrayList;
import java.util.List;

/**
 * How the forced command of a Dokku host splits a command line: {@code xargs -n 1}, not a shell. Quotes group, a
 * backslash escapes outside quotes only, nothing is expanded; a line end inside quotes or a missing quote is an error
 * after which the command runs with the words before it. A first word that contains "git" turns quotes off.
 *
 * @param error what xargs prints on stderr, or empty
 */
record DokkuWords(List<String> words, String error) {
    DokkuWords {
        words = List.copyOf(words);
    }

    static DokkuWords split(String line) {
        List<String> blanks = blanks(line);
        if (!blanks.isEmpty() && blanks.getFirst().contains("git")) {
            return new DokkuWords(blanks, "");
        }
        return xargs(line);
    }

    private static List<String> blanks(String line) {
        return line.isBlank() ? List.of() : List.of(line.strip().split("[ \t\n]+"));
    }

    private static DokkuWords xargs(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean started = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                if (c == '\n') {
                    return new DokkuWords(words, unmatched(quote));
                }
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
                started = true;
            } else if (c == '\\' && i + 1 < line.length()) {
                word.append(line.charAt(++i));
                started = true;
            } else if (c == ' ' || c == '\t' || c == '\n') {
                if (started) {
                    words.add(word.toString());
                }
                word.setLength(0);
                started = false;
            } else {
                word.append(c);
                started = true;
            }
        }
        if (quote != 0) {
            return new DokkuWords(words, unmatched(quote));
        }
        if (started) {
            words.add(word.toString());
        }
        return new DokkuWords(words, "");
    }

    private static String unmatched(char quote) {
        return "xargs: unmatched " + (quote == '"' ? "double" : "single")
                + " quote; by default quotes are special to xargs unless you use the -0 option\n";
    }
}
