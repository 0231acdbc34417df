package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/** Runs statements that come after rows, one session; each is marked as done in its own transaction. */
final class PostRunner implements AutoCloseable {
    private final CopyRun run;
    private final Retry retry;
    private @Nullable Wire session;

    PostRunner(CopyRun run) {
        this.run = run;
        this.retry = new Retry(run.sessions(), run.events());
    }

    /** @param workers that the server may add for it */
    void run(PostStatement statement, int workers) {
        run.progress().begin(statement);
        boolean complete = false;
        try {
            retry.run(statement.what(), () -> once(statement, workers), this::close);
            complete = true;
        } catch (SQLException e) {
            throw new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "The " + statement.what() + " could not be made on the target",
                            statement.firstLine() + " failed: " + Failures.reason(e),
                            Failures.advice(e)),
                    e);
        } finally {
            run.progress().end(statement, complete);
        }
    }

    /** Short ones in one transaction; if that fails, one by one, so that it is known which it was. */
    void runTogether(List<PostStatement> statements) {
        StringBuilder all = new StringBuilder("begin; ");
        statements.forEach(statement -> all.append(statement.sql()).append("\n;"));
        String places = statements.stream()
                .map(statement -> Integer.toString(statement.place()))
                .collect(Collectors.joining(", "));
        all.append("update landfall.post_data set done_at = clock_timestamp() where move = ")
                .append(Sql.literal(run.naming().moveId()))
                .append(" and place in (" + places + "); commit");
        try {
            Sql.execute(connection(), all.toString());
            statements.forEach(statement -> run.progress().end(statement, true));
        } catch (SQLException e) {
            System.getLogger(PostRunner.class.getName())
                    .log(System.Logger.Level.DEBUG, "together they fail, so one by one", e);
            close();
            statements.forEach(statement -> run(statement, 0));
        }
    }

    private void once(PostStatement statement, int workers) throws SQLException {
        boolean isFresh = session == null;
        Connection connection = connection();
        // A connection lost in the moment of the commit leaves open whether it happened.
        if (isFresh && isDone(connection, statement)) {
            return;
        }
        try {
            Sql.execute(
                    connection,
                    "begin; set local max_parallel_maintenance_workers = " + workers + "; "
                            + TargetMeans.memoryFor(statement) + statement.sql()
                            + "\n;update landfall.post_data set done_at = clock_timestamp() where move = "
                            + Sql.literal(run.naming().moveId()) + " and place = " + statement.place() + "; commit");
        } catch (SQLException e) {
            if (!Failures.isPassing(e)) {
                Sql.execute(connection, "rollback");
            }
            throw e;
        }
    }

    private boolean isDone(Connection connection, PostStatement statement) throws SQLException {
        return Sql.truth(
                connection,
                "select exists (select from landfall.post_data where move = ? and place = ? and done_at is not null)",
                run.naming().moveId(),
                statement.place());
    }

    private Connection connection() throws SQLException {
        Wire wire = session;
        if (wire == null) {
            wire = run.sessions().open(run.target(), "index");
            session = wire;
            Sql.execute(
                    wire.connection(),
                    run.means().settings()
                            + "set synchronous_commit = off; set check_function_bodies = off; set jit = off;"
                            + " set search_path = ''");
        }
        return wire.connection();
    }

    @Override
    public void close() {
        Wire wire = session;
        session = null;
        if (wire != null) {
            run.sessions().close(wire);
        }
    }
}
