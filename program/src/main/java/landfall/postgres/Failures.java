package landfall.postgres;

import java.io.IOException;
import java.sql.SQLException;

/** What a failed statement means: whether it is worth another try, and what the user can do. */
final class Failures {
    private Failures() {}

    /** The connection or the server went away, or has no room for a moment; what was asked may well succeed later. */
    static boolean isPassing(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return switch (state) {
            // Ended by an administrator, crash of another session, starting up, idle too long; no connection or slot
            // free.
            case "57P01", "57P02", "57P03", "57P05", "25P03", "53300" -> true;
            // Serialization and deadlock: one of two had to give way. Locks: whoever held it lets go.
            case "40001", "40P01", "55P03" -> true;
            default -> state.startsWith("08");
        };
    }

    /** The snapshot's own session has ended: nobody can see what it saw any more. */
    static boolean isSnapshotLost(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        // Up to PostgreSQL 15 "invalid snapshot identifier", then "snapshot does not exist", or its process is gone.
        return state.equals("22023") || state.equals("42704") || state.equals("55000");
    }

    static String reason(SQLException e) {
        return said(e) + " (SQLSTATE " + e.getSQLState() + ")";
    }

    /** Its first line; the driver's word for a lost connection says nothing of how it was lost, its cause does. */
    static String said(SQLException e) {
        String first = String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
        Throwable cause = e.getCause();
        while (cause != null && cause.getCause() instanceof IOException deeper) {
            cause = deeper;
        }
        String how = cause instanceof IOException ? cause.getMessage() : null;
        return how == null
                        || how.isBlank()
                        || first.contains(how)
                        || !String.valueOf(e.getSQLState()).startsWith("08")
                ? first
                : first + " " + how.lines().findFirst().orElse("");
    }

    /** What to do about a statement that fails on the target. */
    static String advice(SQLException e) {
        String again = " Then run the same command again.";
        return switch (String.valueOf(e.getSQLState())) {
            case "23505" ->
                "The source's rows break this rule, though its own index should not let them (a changed collation can do"
                        + " that): find the equal keys there, mend them and REINDEX." + again;
            case "23503" ->
                "Rows on the source refer to rows that are not there: mend them on the source, or make the constraint NOT"
                        + " VALID there." + again;
            case "23514", "23502" -> "Rows on the source break this rule: mend them there." + again;
            case "53100" -> "The target's disk is full: make room." + again;
            case "53200" -> "The target's server has too little memory: give it more, or less to others." + again;
            case "54000" ->
                "PostgreSQL can't send or take a row of more than 1 GB in COPY's form: find it (octet_length of its"
                        + " columns) and make it smaller." + again;
            case "22021", "22P05" ->
                "A text holds bytes that are not valid in the target's encoding: mend it on the source." + again;
            case "42704", "42883", "0A000" ->
                "The target lacks what it needs, most likely an extension's version: install it there." + again;
            case "42501" -> "The role that Landfall works as lacks a right: grant it." + again;
            default -> "Run the same command again once the cause is gone.";
        };
    }
}
