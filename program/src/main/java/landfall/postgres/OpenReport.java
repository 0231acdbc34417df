package landfall.postgres;

import java.time.Duration;

/**
 * How the door was opened.
 *
 * @param changes rows changed while it was closed, in its transaction
 * @param sequences sequences set beyond every value given out
 * @param closed how long the door was closed
 */
public record OpenReport(String marker, long changes, int sequences, Duration closed) {}
