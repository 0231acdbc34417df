package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * One stream of the copy: a session on each side, rows passed from server to server and never kept, and between them the
 * indexes that have become due. A lost connection costs the part it was at, no more.
 */
final class CopyStream implements AutoCloseable {
    private final CopyRun run;
    private final Snapshot snapshot;
    private final CopyQueue queue;
    private final ConcurrentLinkedQueue<PostStatement> deferred;
    private final Retry.Attempt rowsComplete;
    private final Retry retry;
    private final PostRunner indexes;
    private @Nullable Wire source;
    private @Nullable Wire target;

    /**
     * @param deferred takes indexes that could not be built yet: they may need rows of other tables
     * @param rowsComplete is run by the stream that copied the last part
     */
    CopyStream(
            CopyRun run,
            Snapshot snapshot,
            CopyQueue queue,
            ConcurrentLinkedQueue<PostStatement> deferred,
            Retry.Attempt rowsComplete) {
        this.run = run;
        this.rowsComplete = rowsComplete;
        this.snapshot = snapshot;
        this.queue = queue;
        this.deferred = deferred;
        this.retry = new Retry(run.sessions(), run.events());
        this.indexes = new PostRunner(run);
    }

    /** Works until nothing is left. */
    void work() throws InterruptedException, SQLException {
        for (Optional<CopyQueue.Task> task = queue.take(); task.isPresent(); task = queue.take()) {
            switch (task.get()) {
                case CopyQueue.Rows(CopyPart part) -> copy(part);
                case CopyQueue.Build(PostStatement statement, long _) -> build(statement);
            }
            if (queue.done(task.get())) {
                rowsComplete.run();
            }
            if (queue.rowsComplete()) {
                closeRows();
            }
        }
    }

    private void build(PostStatement statement) {
        try {
            indexes.run(statement, run.means().workersPerIndex(queue.busy()));
        } catch (LandfallException e) {
            run.sessions().throwIfStopped();
            if (queue.rowsComplete()) {
                throw e;
            }
            run.events().note(e.problems().getFirst().sentence() + " It is tried again when all rows are there.");
            deferred.add(statement);
        }
    }

    private void copy(CopyPart part) {
        try {
            retry.run("rows of " + part.table(), () -> once(part), this::closeRows);
        } catch (SQLException e) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "Rows of " + part.table() + " could not be copied", Failures.reason(e), Failures.advice(e)),
                    e);
        }
    }

    private void once(CopyPart part) throws SQLException {
        Wire from = source();
        boolean isFresh = target == null;
        Wire to = target();
        if (isFresh) {
            // A connection lost in the moment of the commit leaves open whether it happened.
            OptionalLong recorded = recorded(to.connection(), part);
            if (recorded.isPresent()) {
                run.progress().end(run.progress().begin(part), true, recorded.getAsLong());
                return;
            }
        }
        CopyProgress.Running running = run.progress().begin(part);
        boolean complete = false;
        long rows = 0;
        try {
            // Rolled back, so that the table's lock is not kept and no DDL of the app has to wait for the whole copy.
            from.query("savepoint part; " + part.read(run.encoding()) + "; rollback to part; release part");
            to.query("begin; " + part.write(run.encoding()));
            to.awaitCopyIn();
            rows = from.passRowsTo(to, bytes -> run.progress().count(running, bytes));
            to.endRows();
            to.query(record(part, rows) + "; commit");
            long written = to.awaitReady();
            to.awaitReady();
            if (written != rows) {
                throw new SQLException("this is a bug: " + rows + " rows were sent and " + written + " written");
            }
            complete = true;
        } finally {
            run.progress().end(running, complete, rows);
        }
    }

    private String record(CopyPart part, long rows) {
        return "insert into landfall.part values (" + Sql.literal(run.naming().moveId()) + ", "
                + Sql.literal(snapshot.name()) + ", " + Sql.literal(part.table().schema()) + ", "
                + Sql.literal(part.table().name()) + ", " + part.firstBlock() + ", " + rows + ")";
    }

    private OptionalLong recorded(Connection connection, CopyPart part) throws SQLException {
        return Sql.first(
                        connection,
                        "select row_count from landfall.part where move = ? and snapshot = ? and schema_name = ?"
                                + " and table_name = ? and first_block = ?",
                        row -> OptionalLong.of(row.getLong(1)),
                        run.naming().moveId(),
                        snapshot.name(),
                        part.table().schema(),
                        part.table().name(),
                        part.firstBlock())
                .orElseGet(OptionalLong::empty);
    }

    private Wire source() throws SQLException {
        Wire wire = source;
        if (wire == null) {
            wire = run.sessions().open(run.source(), "copy");
            source = wire;
            snapshot.enter(wire.connection());
        }
        return wire;
    }

    private Wire target() throws SQLException {
        Wire wire = target;
        if (wire == null) {
            wire = run.sessions().open(run.target(), "copy");
            target = wire;
            // What a crash of the target's server takes is taken whole, a part and its record; the mark of completion
            // is written with a synchronous commit.
            Sql.execute(wire.connection(), "set synchronous_commit = off");
            // The guards are there from the first moment; they let nobody write but us.
            Sql.execute(wire.connection(), "set session_replication_role = replica");
        }
        return wire;
    }

    private void closeRows() {
        for (Wire wire : new Wire[] {source, target}) {
            if (wire != null) {
                run.sessions().close(wire);
            }
        }
        source = null;
        target = null;
    }

    @Override
    public void close() {
        closeRows();
        indexes.close();
    }
}
