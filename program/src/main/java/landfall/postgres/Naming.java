package landfall.postgres;

/**
 * The names of what a move makes on servers. Slots, origins and publications are found again by these after a crash.
 *
 * @param moveId names one database of one move: slots are per server, so two databases of a move need two
 */
public record Naming(String moveId) {
    public Naming {
        if (!moveId.matches("[a-z][a-z0-9_]{0,40}")) {
            throw new IllegalArgumentException("not a name for slots: " + moveId);
        }
    }

    String slot(Direction direction) {
        return "landfall_" + moveId + "_" + direction.word();
    }

    String publication(Direction direction) {
        return slot(direction);
    }

    /** The replication origin under which changes of this direction are written; made on the side that receives. */
    String origin(Direction direction) {
        return slot(direction);
    }

    /** Whether a transaction of this origin was written by this move, whichever way. */
    boolean isOurs(String origin) {
        return origin.equals(origin(Direction.FORWARD)) || origin.equals(origin(Direction.BACKWARD));
    }
}
