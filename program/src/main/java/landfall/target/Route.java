package landfall.target;

import java.util.Optional;

/**
 * A path of the app's host that another app answers.
 *
 * @param match how nginx matches the path
 * @param upstream nginx's name of the other app's processes: {@code app-containerPort}
 */
public record Route(
        Match match,
        String path,
        Optional<String> rewrite,
        String upstream,
        Optional<String> bodySize,
        Optional<String> readTimeout) {
    /** Kinds of location. */
    public enum Match {
        EXACT,
        PREFIX,
        REGEX
    }
}
