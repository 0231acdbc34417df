package landfall.dokku;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Dokku release number. */
public record DokkuVersion(int major, int minor, int patch) implements Comparable<DokkuVersion> {
    /** storage:create, reports with --format json and ports:set are all there from here on. */
    public static final DokkuVersion OLDEST_SUPPORTED = new DokkuVersion(0, 38, 0);

    private static final Pattern NUMBER = Pattern.compile("(\\d{1,5})\\.(\\d{1,5})\\.(\\d{1,5})");

    /** @throws IllegalArgumentException if there is no version number in it */
    public static DokkuVersion parse(String text) {
        Matcher matcher = NUMBER.matcher(text);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no version number in \"" + text.strip() + "\"");
        }
        return new DokkuVersion(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)));
    }

    /** A line that is Dokku's answer to {@code version}, not one that has some number in it. */
    static Optional<DokkuVersion> announced(String line) {
        return line.strip().matches("(dokku version )?" + NUMBER.pattern() + "\\S*")
                ? Optional.of(parse(line))
                : Optional.empty();
    }

    @Override
    public int compareTo(DokkuVersion other) {
        int byMajor = Integer.compare(major, other.major);
        int byMinor = byMajor != 0 ? byMajor : Integer.compare(minor, other.minor);
        return byMinor != 0 ? byMinor : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
