package landfall.target;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A path of a {@link Site} and what nginx does with requests to it.
 *
 * @param match how nginx matches the path
 * @param directives nginx directives of the location, without their semicolons
 * @param requestHeaders headers that the app gets instead of, or beside, the usual ones; an empty value takes one away
 * @param responseHeaders headers that every answer gets
 */
public record Route(
        Match match,
        String path,
        Answer answer,
        List<String> directives,
        Map<String, String> requestHeaders,
        Map<String, String> responseHeaders) {
    public Route {
        directives = List.copyOf(directives);
        requestHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(requestHeaders));
        responseHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(responseHeaders));
    }

    /** How a path is compared. */
    public enum Match {
        /** The path itself. */
        EXACT,
        /** The path and whatever stands below it, by whole elements. */
        PREFIX,
        /** Everything that begins with these characters. */
        START,
        /** A case-insensitive pattern from the beginning of the path. */
        REGEX
    }

    /** Who answers. */
    public sealed interface Answer {
        /** The app that the template belongs to, at the container's port that the port mapping names. */
        record Own() implements Answer {}

        /** The same app at another of its container's ports. */
        record OwnPort(int port) implements Answer {}

        /** Another app, by the name that nginx has for its processes: {@code app-containerPort}. */
        record Other(String upstream) implements Answer {}

        /** A host that isn't on Dokku: {@code legacy.example.org:8080}. */
        record Outside(String scheme, String address) implements Answer {}

        /** nginx itself sends the client elsewhere. */
        record Redirect(int code, String to) implements Answer {}

        /** nginx itself answers with nothing but a status. */
        record Status(int code) implements Answer {}
    }
}
