package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Tables that were truncated after the snapshot and before their rows were read. To a snapshot such a table looks empty
 * (PostgreSQL's manual, "Caveats" of concurrency control), so what the log changes in it before the TRUNCATE is not
 * there. That is all right if the TRUNCATE comes before the log is where the copy's end was, and only then.
 */
final class TruncatedLater {
    private static final long NOT_ANY_MORE = 0;

    private final Set<Table> awaited = new LinkedHashSet<>();
    private long until;

    /** @param until the log's position when the last row was copied; 0: nothing is awaited */
    TruncatedLater(long until) {
        this.until = until;
    }

    /** Of the copy that this database received; nothing where it received none. */
    static TruncatedLater of(Connection receiving, Naming naming) throws SQLException {
        return new TruncatedLater(Lsn.parse(Sql.text(
                receiving,
                "select coalesce((select rows_end from landfall.copy where move = ?), '0/0')::text",
                naming.moveId())));
    }

    /** @throws landfall.base.LandfallException unless as many rows were written as were meant, or a TRUNCATE may follow */
    void check(Table table, String verb, long expected, long done) {
        if (done == expected) {
            return;
        }
        if (until == NOT_ANY_MORE || done > expected || verb.equals("insert")) {
            throw differ(table, verb + " of " + expected + " rows of " + table + " found " + done);
        }
        awaited.add(table);
    }

    void truncated(Table table) {
        awaited.remove(table);
    }

    /** @param lsn up to which everything has been written */
    void reached(long lsn) {
        if (until == NOT_ANY_MORE || Long.compareUnsigned(lsn, until) < 0) {
            return;
        }
        until = NOT_ANY_MORE;
        if (!awaited.isEmpty()) {
            Table table = awaited.iterator().next();
            throw differ(table, "rows of " + table + " that were changed during the copy were not found");
        }
    }

    private static landfall.base.LandfallException differ(Table table, String what) {
        return Sql.refused(
                "The two sides differ: " + what,
                "somebody wrote on the receiving side, or a row of " + table + " is missing there",
                "Find who wrote there, then copy again: landfall abandon, then landfall sync.");
    }
}
