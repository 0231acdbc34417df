package landfall.base;

/** The program's exit codes (docs/commands.md). */
public enum ExitCode {
    DONE(0),
    /** Something failed; running the same command again goes on. */
    FAILED(1),
    /** Wrong usage or bad input; nothing was touched. */
    BAD_INPUT(2),
    /** Decisions are open. */
    DECISIONS_OPEN(3),
    /** A gate refused: verification, preflight, stale plan. */
    REFUSED(4),
    /** {@code diff} found what apply would change. */
    DIFFERS(5),
    INTERRUPTED(130);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
