package landfall.postgres;

import java.util.Locale;

/** Which way changes flow: to the target, or back to the source after the switch. */
public enum Direction {
    FORWARD,
    BACKWARD;

    public Direction reversed() {
        return this == FORWARD ? BACKWARD : FORWARD;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
