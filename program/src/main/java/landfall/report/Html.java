package landfall.report;

/** Text on its way into a page: nothing in it can become markup. */
final class Html {
    private Html() {}

    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(character);
            }
        }
        return escaped.toString();
    }

    /** Escaped, with what stands between backquotes as code. */
    static String prose(String text) {
        String[] parts = text.split("`", -1);
        StringBuilder prose = new StringBuilder();
        for (int at = 0; at < parts.length; at++) {
            boolean isCode = at % 2 == 1 && at + 1 < parts.length;
            if (isCode) {
                prose.append("<code>").append(escape(parts[at])).append("</code>");
            } else {
                prose.append(at % 2 == 1 ? "`" : "").append(escape(parts[at]));
            }
        }
        return prose.toString();
    }
}
