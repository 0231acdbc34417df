package landfall.move;

import java.util.List;

/**
 * The whole move by the names of its steps, in order; {@code status} and every view print these names. A rollback is the
 * same script from {@link #WARM} on with the sides exchanged.
 */
public final class MoveScript {
    public static final String SURVEY = "survey";
    public static final String COPY = "copy";
    public static final String FILES = "files";
    public static final String FOLLOW = "follow";
    /** The side that is to open runs already, its checks passing, its database taking no writes. */
    public static final String WARM = "warm";
    /** The slot of the way back exists before the door closes: its creation waits for every open transaction. */
    public static final String WAY_BACK = "way back";

    public static final String CATCH_UP = "catch up";
    /** Statistics, valid indexes, filled views: what else users would wait for. */
    public static final String READY = "ready";

    public static final String PROOF = "proof";
    /** Materialized views hold what no log carries. */
    public static final String REFRESH = "refresh views";

    public static final String SUSPEND = "suspend cron";
    /** From here on users wait. */
    public static final String DOOR = "door";

    public static final String ROUTE = "route";
    public static final String DRAIN = "old side ends";
    public static final String FENCE = "fence";
    public static final String LAST_CHANGES = "last changes";
    public static final String LAST_FILES = "last files";
    public static final String LAST_PROOF = "last proof";
    /** Users go on. */
    public static final String OPEN = "open";

    public static final String SETTLE = "settle";

    /** Every step, in order. */
    public static final List<String> STEPS = List.of(
            SURVEY,
            COPY,
            FILES,
            FOLLOW,
            WARM,
            WAY_BACK,
            CATCH_UP,
            READY,
            PROOF,
            REFRESH,
            SUSPEND,
            DOOR,
            ROUTE,
            DRAIN,
            FENCE,
            LAST_CHANGES,
            LAST_FILES,
            LAST_PROOF,
            OPEN,
            SETTLE);

    private MoveScript() {}
}
