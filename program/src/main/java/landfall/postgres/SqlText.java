package landfall.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads the beginnings of statements that a server or pg_dump wrote: keywords and names, quoted or not. */
final class SqlText {
    private final String text;
    private int at;

    SqlText(String text) {
        this.text = text;
        skipBlank();
    }

    /** The text of one entry without the comment lines and blank lines in front. */
    static String withoutComments(String sql) {
        int from = 0;
        while (from < sql.length()) {
            int newline = sql.indexOf('\n', from);
            String line = sql.substring(from, newline < 0 ? sql.length() : newline);
            if (!line.isBlank() && !line.startsWith("--")) {
                break;
            }
            from = newline < 0 ? sql.length() : newline + 1;
        }
        return sql.substring(from);
    }

    private void skipBlank() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    /** Takes the words if they come next. */
    boolean take(String words) {
        int before = at;
        for (String word : words.split(" ")) {
            int end = at + word.length();
            boolean there = end <= text.length()
                    && text.substring(at, end).toUpperCase(Locale.ROOT).equals(word)
                    && (end == text.length() || !isPart(text.charAt(end)));
            if (!there) {
                at = before;
                return false;
            }
            at = end;
            skipBlank();
        }
        return true;
    }

    private static boolean isPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    /** A name, its quotes taken off. */
    Optional<String> identifier() {
        StringBuilder name = new StringBuilder();
        if (at < text.length() && text.charAt(at) == '"') {
            at++;
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c != '"') {
                    name.append(c);
                } else if (at < text.length() && text.charAt(at) == '"') {
                    name.append('"');
                    at++;
                } else {
                    break;
                }
            }
        } else {
            while (at < text.length() && isPart(text.charAt(at))) {
                name.append(text.charAt(at++));
            }
        }
        skipBlank();
        return name.isEmpty() ? Optional.empty() : Optional.of(name.toString());
    }

    /** A name with its schema, as {@link Table#sql} writes it. */
    Optional<String> relation() {
        List<String> names = new ArrayList<>();
        do {
            identifier().ifPresent(names::add);
        } while (takeDot());
        return names.size() == 2
                ? Optional.of(Sql.quoted(names.getFirst()) + "." + Sql.quoted(names.getLast()))
                : Optional.empty();
    }

    private boolean takeDot() {
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            return true;
        }
        return false;
    }

    /** Passes over a list in parentheses; names in it may hold any sign. */
    boolean takeList() {
        if (at == text.length() || text.charAt(at) != '(') {
            return false;
        }
        boolean quoted = false;
        for (int i = at; i < text.length(); i++) {
            char c = text.charAt(i);
            quoted ^= c == '"';
            if (c == ')' && !quoted) {
                at = i + 1;
                skipBlank();
                return true;
            }
        }
        return false;
    }

    /** Where the first statement ends: behind its semicolon, or at the end of the text. Names and texts may hold one. */
    static int firstEnd(String sql) {
        char quote = 0;
        for (int i = 0; i < sql.length(); i++) {
            char c = sql.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == ';') {
                return i + 1;
            }
        }
        return sql.length();
    }
}
