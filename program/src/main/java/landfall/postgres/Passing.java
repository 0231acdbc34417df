package landfall.postgres;

import java.io.IOException;
import java.sql.SQLException;
import landfall.base.LandfallException;

/** Tells a failure that passes by itself, as when a pod is restarted or a line drops, from one that needs the user. */
public final class Passing {
    private Passing() {}

    /** Whether trying again from the committed position may succeed without anybody doing anything. */
    public static boolean is(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            if (cause instanceof SQLException e) {
                return isState(e);
            }
            if (cause instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    /** Whether the driver or the dialer says so, not a server. */
    static boolean isNobodyThere(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.equals("99999") || state.startsWith("08");
    }

    private static boolean isState(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return switch (state) {
            // Ended by an administrator, by the crash of another session, idle too long; starting up; no connection
            // free.
            case "57P01", "57P02", "57P03", "57P05", "25P03", "53300" -> true;
            // Somebody else holds slot or origin for a moment; one of two had to give way.
            case "55006", "40001", "40P01" -> true;
            // The driver's word for what a dialer threw: no pod is ready, the host doesn't answer.
            case "99999" -> e.getCause() instanceof LandfallException || e.getCause() instanceof IOException;
            default -> state.startsWith("08");
        };
    }
}
