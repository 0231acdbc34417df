package landfall.dokku;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question to the host: a command that changes nothing. Its words hold neither blanks nor quotes, so that it can be
 * a line of {@code dokku shell}.
 *
 * @param app whose it is: without the app there is nothing to ask
 * @param line its answer is one line, always; others print none or many
 */
public record HostRead(List<String> words, @Nullable String app, boolean line) {
    /** The apps there are, as a JSON array. */
    static final HostRead APPS = new HostRead(List.of("apps:list", "--format", "json"), null, true);

    public HostRead {
        words = List.copyOf(words);
        for (String word : words) {
            if (!word.matches("[A-Za-z0-9][A-Za-z0-9._:-]*|--[a-z-]+")) {
                throw new IllegalArgumentException("this is a bug: not a plain word: " + word);
            }
        }
    }

    /** {@code PLUGIN:report APP --format json}. */
    public static HostRead report(String plugin, String app) {
        return new HostRead(List.of(plugin + ":report", app, "--format", "json"), app, true);
    }

    /** One value of a report that is dear as a whole: {@code ports:report APP --ports-map}. */
    public static HostRead value(String plugin, String app, String flag) {
        return new HostRead(List.of(plugin + ":report", app, flag), app, true);
    }

    /** Whether the app was ever deployed: {@code true} or {@code false}. */
    public static HostRead deployed(String app) {
        return value("ps", app, "--deployed");
    }

    /** Another command about an app that answers in one line. */
    public static HostRead ofApp(String app, String... words) {
        return new HostRead(List.of(words), app, true);
    }

    /** A command about the whole host that answers in one line. */
    public static HostRead ofHost(String... words) {
        return new HostRead(List.of(words), null, true);
    }

    /** A command that answers in any number of lines. */
    public static HostRead lines(String... words) {
        return new HostRead(List.of(words), null, false);
    }

    DokkuCommand command() {
        return DokkuCommand.of(new ArrayList<>(words));
    }

    String text() {
        return String.join(" ", words);
    }
}
