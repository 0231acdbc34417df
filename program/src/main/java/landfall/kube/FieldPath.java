package landfall.kube;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a field stands in its document: keys and list indexes, printed as {@code spec.containers[0].image}.
 *
 * <p>A path shares its beginning with the paths of its neighbours, so that a ledger of a million leaves holds a million
 * steps and not ten million.
 */
public final class FieldPath {
    /** One step down: a key of a map or an index of a list. */
    public sealed interface Step {
        record Key(String name) implements Step {}

        record Index(int position) implements Step {}
    }

    public static final FieldPath ROOT = new FieldPath(null, new Step.Index(-1));

    private final @Nullable FieldPath parent;
    private final Step last;
    private final int length;
    private final int hash;

    private FieldPath(@Nullable FieldPath parent, Step last) {
        this.parent = parent;
        this.last = last;
        this.length = parent == null ? 0 : parent.length + 1;
        this.hash = parent == null ? 1 : 31 * parent.hash + last.hashCode();
    }

    /** The path of these keys, each taken as it is: {@code keys("metadata", "name")}. */
    public static FieldPath keys(String... keys) {
        FieldPath path = ROOT;
        for (String key : keys) {
            path = path.key(key);
        }
        return path;
    }

    public FieldPath key(String name) {
        return new FieldPath(this, new Step.Key(name));
    }

    public FieldPath index(int position) {
        if (position < 0) {
            throw new IllegalArgumentException("this is a bug: a list index of " + position);
        }
        return new FieldPath(this, new Step.Index(position));
    }

    /** This path followed by another. */
    public FieldPath then(FieldPath rest) {
        FieldPath path = this;
        for (Step step : rest.steps()) {
            path = new FieldPath(path, step);
        }
        return path;
    }

    /** The key it ends in; empty for the root and for a list's item. */
    public Optional<String> lastKey() {
        return last instanceof Step.Key(String name) ? Optional.of(name) : Optional.empty();
    }

    public boolean isRoot() {
        return parent == null;
    }

    public int length() {
        return length;
    }

    /** The path one step up; the root is its own parent. */
    public FieldPath parent() {
        return parent == null ? this : parent;
    }

    public List<Step> steps() {
        Deque<Step> steps = new ArrayDeque<>(length);
        for (FieldPath path = this; path.parent != null; path = path.parent) {
            steps.addFirst(path.last);
        }
        return List.copyOf(steps);
    }

    public boolean endsWith(FieldPath ending) {
        FieldPath mine = this;
        FieldPath theirs = ending;
        while (theirs.parent != null) {
            if (mine.parent == null || !mine.last.equals(theirs.last)) {
                return false;
            }
            mine = mine.parent;
            theirs = theirs.parent;
        }
        return true;
    }

    public boolean startsWith(FieldPath beginning) {
        FieldPath path = this;
        while (path.length > beginning.length) {
            path = path.parent();
        }
        return path.equals(beginning);
    }

    /**
     * Reads what {@link #toString()} prints.
     *
     * @throws IllegalArgumentException with a sentence for the user if the text is not a path
     */
    public static FieldPath parse(String text) {
        return new Parser(text).parse();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof FieldPath that) || hash != that.hash || length != that.length) {
            return false;
        }
        FieldPath mine = this;
        FieldPath theirs = that;
        while (mine != theirs && mine.parent != null && theirs.parent != null) {
            if (!mine.last.equals(theirs.last)) {
                return false;
            }
            mine = mine.parent;
            theirs = theirs.parent;
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The path as the ledger writes it; keys that a dot would tear apart stand in brackets, quoted as in JSON. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(16 * length);
        appendTo(text);
        return text.toString();
    }

    private void appendTo(StringBuilder text) {
        if (parent == null) {
            return;
        }
        parent.appendTo(text);
        switch (last) {
            case Step.Index(int position) -> text.append('[').append(position).append(']');
            case Step.Key(String name) -> appendKey(text, name);
        }
    }

    private static void appendKey(StringBuilder text, String name) {
        if (isPlain(name)) {
            if (!text.isEmpty()) {
                text.append('.');
            }
            text.append(name);
            return;
        }
        text.append("[\"");
        for (int at = 0; at < name.length(); at++) {
            char character = name.charAt(at);
            switch (character) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (character < 0x20) {
                        text.append(String.format("\\u%04x", (int) character));
                    } else {
                        text.append(character);
                    }
                }
            }
        }
        text.append("\"]");
    }

    private static boolean isPlain(String name) {
        if (name.isEmpty()) {
            return false;
        }
        for (int at = 0; at < name.length(); at++) {
            char character = name.charAt(at);
            if (character < 0x20 || "./[]\"\\".indexOf(character) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** Reads a printed path step by step. */
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        FieldPath parse() {
            FieldPath path = ROOT;
            while (at < text.length()) {
                if (text.charAt(at) == '[') {
                    path = bracket(path);
                    continue;
                }
                if (!path.isRoot()) {
                    if (text.charAt(at) != '.') {
                        throw wrong("a dot or a bracket");
                    }
                    at++;
                }
                path = path.key(plainKey());
            }
            return path;
        }

        private String plainKey() {
            int start = at;
            while (at < text.length() && "./[]\"\\".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            if (at == start) {
                throw wrong("a key");
            }
            return text.substring(start, at);
        }

        private FieldPath bracket(FieldPath path) {
            at++;
            if (at < text.length() && text.charAt(at) == '"') {
                at++;
                FieldPath longer = path.key(quoted());
                close();
                return longer;
            }
            int start = at;
            while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
                at++;
            }
            if (at == start || at - start > 9) {
                throw wrong("an index or a quoted key");
            }
            FieldPath longer = path.index(Integer.parseInt(text.substring(start, at)));
            close();
            return longer;
        }

        private String quoted() {
            StringBuilder key = new StringBuilder();
            while (at < text.length() && text.charAt(at) != '"') {
                char character = text.charAt(at++);
                key.append(character == '\\' ? escaped() : character);
            }
            if (at == text.length()) {
                throw wrong("a closing quote");
            }
            at++;
            return key.toString();
        }

        private char escaped() {
            char kind = at < text.length() ? text.charAt(at++) : ' ';
            return switch (kind) {
                case '"', '\\', '/' -> kind;
                case 'n' -> '\n';
                case 'r' -> '\r';
                case 't' -> '\t';
                case 'b' -> '\b';
                case 'f' -> '\f';
                case 'u' -> hexadecimal();
                default -> throw wrong("an escape as in JSON");
            };
        }

        private char hexadecimal() {
            if (at + 4 > text.length()) {
                throw wrong("four hexadecimal digits");
            }
            try {
                char character = (char) Integer.parseInt(text.substring(at, at + 4), 16);
                at += 4;
                return character;
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "“" + text + "” is not a field path: four hexadecimal digits expected", e);
            }
        }

        private void close() {
            if (at == text.length() || text.charAt(at) != ']') {
                throw wrong("a closing bracket");
            }
            at++;
        }

        private IllegalArgumentException wrong(String expected) {
            return new IllegalArgumentException(
                    "“" + text + "” is not a field path: " + expected + " expected at character " + (at + 1));
        }
    }
}
