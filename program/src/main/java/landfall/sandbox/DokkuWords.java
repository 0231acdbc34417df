package landfall.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How the forced command of a Dokku host splits a command line: {@code xargs -n 1}, not a shell. Quotes group, a
 * backslash escapes outside quotes only, nothing is expanded; a line end inside quotes or a missing quote is an error
 * after which the command runs with the words before it. A first word that contains "git" turns quotes off.
 *
 * <p>xargs runs {@code /bin/echo} with each word and the lines it prints are the words: {@code -n} is lost, {@code -e}
 * becomes an empty word (run.json), {@code --version} becomes echo's own (postgres.json).
 *
 * @param error what xargs prints on stderr, or empty
 */
record DokkuWords(List<String> words, String error) {
    private static final Pattern ECHO_FLAGS = Pattern.compile("-[neE]+");
    private static final String ECHO_VERSION = """
            echo (GNU coreutils) 9.1
            Copyright (C) 2022 Free Software Foundation, Inc.
            License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.
            This is free software: you are free to change and redistribute it.
            There is NO WARRANTY, to the extent permitted by law.

            Written by Brian Fox and Chet Ramey.
            """;
    private static final String ECHO_HELP = """
            Usage: /bin/echo [SHORT-OPTION]... [STRING]...
              or:  /bin/echo LONG-OPTION
            Echo the STRING(s) to standard output.
            """;

    DokkuWords {
        words = List.copyOf(words);
    }

    static DokkuWords split(String line) {
        List<String> blanks = blanks(line);
        if (!blanks.isEmpty() && blanks.getFirst().contains("git")) {
            return new DokkuWords(blanks, "");
        }
        DokkuWords split = xargs(line);
        return new DokkuWords(echoed(split.words()), split.error());
    }

    private static List<String> echoed(List<String> words) {
        StringBuilder printed = new StringBuilder();
        for (String word : words) {
            if (ECHO_FLAGS.matcher(word).matches()) {
                printed.append(word.contains("n") ? "" : "\n");
            } else if (word.equals("--version")) {
                printed.append(ECHO_VERSION);
            } else if (word.equals("--help")) {
                printed.append(ECHO_HELP);
            } else {
                printed.append(word).append('\n');
            }
        }
        if (printed.isEmpty()) {
            return List.of();
        }
        int end = printed.length() - (printed.charAt(printed.length() - 1) == '\n' ? 1 : 0);
        return List.of(printed.substring(0, end).split("\n", -1));
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
            } else if (c == '\\') {
                // At the very end it escapes nothing and is dropped.
                i++;
                if (i < line.length()) {
                    word.append(line.charAt(i));
                    started = true;
                }
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
        // At the very end of its input xargs drops a word of nothing.
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return new DokkuWords(words, "");
    }

    private static String unmatched(char quote) {
        return "xargs: unmatched " + (quote == '"' ? "double" : "single")
                + " quote; by default quotes are special to xargs unless you use the -0 option\n";
    }
}
