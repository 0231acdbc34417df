package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/** The sessions that a copy has open, so that all of them can be ended at once when the user asks to stop. */
final class CopySessions {
    private final Set<Wire> open = ConcurrentHashMap.newKeySet();
    private final BooleanSupplier stop;
    private volatile boolean ended;

    /** @param stop whether the user has asked to stop */
    CopySessions(BooleanSupplier stop) {
        this.stop = stop;
    }

    Wire open(Database database, String purpose) throws SQLException {
        throwIfStopped();
        Wire wire = Wire.open(database, purpose);
        open.add(wire);
        return wire;
    }

    void close(Wire wire) {
        open.remove(wire);
        wire.close();
    }

    boolean stopped() {
        return ended || stop.getAsBoolean();
    }

    void throwIfStopped() {
        if (stopped()) {
            throw interrupted();
        }
    }

    static LandfallException interrupted() {
        return new LandfallException(
                ExitCode.INTERRUPTED, Problem.error("Interrupted", "the program was asked to stop", ""));
    }

    /** Waits, but not when asked to stop. */
    void pause(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() < end) {
            throwIfStopped();
            Fence.pause();
        }
    }

    /**
     * Ends every session. A server that builds an index doesn't look at its connection until it is done, so it is told
     * over another one.
     */
    void end(Database target) {
        ended = true;
        List<Integer> pids = new ArrayList<>();
        for (Wire wire : open) {
            try {
                if (wire.side().equals(target.label())) {
                    pids.add(wire.pid());
                }
            } catch (SQLException e) {
                log(e);
            }
            wire.cut();
        }
        if (pids.isEmpty()) {
            return;
        }
        try (Connection connection = target.connect("stop")) {
            for (int pid : pids) {
                Sql.execute(connection, "select pg_terminate_backend(" + pid + ")");
            }
        } catch (SQLException e) {
            log(e);
        }
    }

    private static void log(SQLException e) {
        System.getLogger(CopySessions.class.getName()).log(System.Logger.Level.INFO, "while stopping", e);
    }
}
