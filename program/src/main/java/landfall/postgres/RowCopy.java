package landfall.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import landfall.postgres.PostStatement.Phase;

/** All rows under one snapshot, in parallel streams, and each table's indexes as soon as its rows are there. */
final class RowCopy {
    private final CopyRun run;
    private final Snapshot snapshot;
    private final List<Table> tables;
    private final List<PostStatement> after;

    RowCopy(CopyRun run, Snapshot snapshot, List<Table> tables, List<PostStatement> after) {
        this.run = run;
        this.snapshot = snapshot;
        this.tables = tables;
        this.after = after;
    }

    /**
     * @param partBytes tables larger than this are cut
     * @param rowsComplete is run as soon as all rows are there
     * @return the statements that are left
     */
    List<PostStatement> copy(long partBytes, Retry.Attempt rowsComplete) throws SQLException {
        List<CopyPart> parts = tables.stream()
                .flatMap(table -> CopyPart.of(table, partBytes).stream())
                .toList();
        if (parts.isEmpty()) {
            rowsComplete.run();
        }
        List<PostStatement> indexes = after.stream()
                .filter(statement -> statement.phase() == Phase.INDEX)
                .toList();
        CopyQueue queue = new CopyQueue(parts, indexes);
        ConcurrentLinkedQueue<PostStatement> deferred = new ConcurrentLinkedQueue<>();
        run.sessions().together(run.target(), run.means().streams(), () -> {
            try (CopyStream stream = new CopyStream(run, snapshot, queue, deferred, rowsComplete)) {
                stream.work();
            } finally {
                // After a failure the others are not to begin anything; after the end there is nothing to begin.
                queue.stop();
            }
            return true;
        });
        run.progress().tell();
        List<PostStatement> left = new ArrayList<>(deferred);
        after.stream().filter(statement -> statement.phase() != Phase.INDEX).forEach(left::add);
        return left;
    }
}
