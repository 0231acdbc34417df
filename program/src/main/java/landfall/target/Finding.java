package landfall.target;

/** Something the user should read before the move: sealed, so that the report shows every kind of it. */
public sealed interface Finding {
    /** No equivalent on the target; what to do instead. */
    record Lost(String subject, String what, String advice) implements Finding {}

    /** Works, but not quite as it did. */
    record Changed(String subject, String what) implements Finding {}

    /** A value that names another place on the target; passwords are shown as {@code ***}. */
    record Rewritten(String app, String variable, String before, String after) implements Finding {}
}
