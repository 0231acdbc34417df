package landfall.recipe;

import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;

/**
 * Writes maps, lists, strings, numbers, booleans and nulls as YAML that means the same to readers of 1.1 and 1.2: every
 * string that either could take for something else is quoted ({@code yes}, {@code 007}, {@code 12:30:45}, dates).
 */
public final class YamlText {
    /** Not a number, date or time to any reader, and not one of {@link #WORDS}. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./-]*");

    private static final Set<String> WORDS =
            Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf");

    private YamlText() {}

    /** @param value maps must keep their order ({@link java.util.LinkedHashMap}, {@link java.util.TreeMap}) */
    public static String write(Object value) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setIndent(2)
                .setIndicatorIndent(2)
                .setIndentWithIndicator(true)
                .setWidth(200)
                .setSplitLines(false)
                .setDereferenceAliases(true)
                .build();
        return new Dump(settings, new Representer(settings)).dumpToString(value);
    }

    static boolean isPlain(String text) {
        return PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(java.util.Locale.ROOT));
    }

    private static final class Representer extends StandardRepresenter {
        Representer(DumpSettings settings) {
            super(settings);
            representers.put(String.class, this::string);
            nullRepresenter = data -> representScalar(Tag.NULL, "null", ScalarStyle.PLAIN);
        }

        private Node string(Object data) {
            String text = (String) data;
            ScalarStyle style;
            if (isPlain(text)) {
                style = ScalarStyle.PLAIN;
            } else if (text.indexOf('\n') >= 0 && text.indexOf('\r') < 0 && text.indexOf('\t') < 0) {
                style = ScalarStyle.LITERAL;
            } else {
                style = ScalarStyle.DOUBLE_QUOTED;
            }
            return representScalar(Tag.STR, text, style);
        }
    }
}
