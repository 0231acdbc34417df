package landfall.move;

import java.util.Set;

/** Where a move stands. Only {@link MoveJournal#advance} changes it. */
public enum MoveState {
    /** Files only; nothing was touched. */
    PLANNED,
    /** The Dokku side is built; it takes no traffic. */
    APPLIED,
    /** The first copy has begun; it may have to begin again. */
    COPYING,
    /** Both sides hold the same, the target a moment behind; users are on the source. */
    FOLLOWING,
    /** Between door and open, on the way to the target. */
    SWITCHING,
    /** Users are on the target; the source follows. */
    SWITCHED,
    /** Between door and open, on the way back. */
    RETURNING,
    /** The way back is given up; nothing of the move is left on either side. */
    FINISHED,
    /** The move is given up; the source is as it was found. */
    ABANDONED;

    Set<MoveState> next() {
        return switch (this) {
            case PLANNED -> Set.of(APPLIED, ABANDONED);
            case APPLIED -> Set.of(COPYING, ABANDONED);
            case COPYING -> Set.of(FOLLOWING, ABANDONED);
            case FOLLOWING -> Set.of(SWITCHING, ABANDONED);
            case SWITCHING -> Set.of(SWITCHED, FOLLOWING);
            case SWITCHED -> Set.of(RETURNING, FINISHED);
            case RETURNING -> Set.of(FOLLOWING, SWITCHED);
            case FINISHED -> Set.of();
            case ABANDONED -> Set.of(APPLIED);
        };
    }
}
