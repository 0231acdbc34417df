package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import landfall.postgres.PostStatement.Phase;

/** What comes after rows and indexes: constraints, foreign keys, all that needs them, statistics. */
final class CopyRest {
    /** A transaction's locks: each of these statements takes one or two of the 64 × max_connections there are. */
    private static final int TOGETHER_MAX = 50;

    private final CopyRun run;

    CopyRest(CopyRun run) {
        this.run = run;
    }

    /** Indexes, when all rows are there already. */
    void build(List<PostStatement> indexes) throws SQLException {
        inParallel(indexes.stream().map(List::of).toList());
    }

    /** @param left in the order of their phases */
    void apply(List<PostStatement> left) throws SQLException {
        inOrder(left.stream()
                .filter(statement -> statement.phase() == Phase.INDEX)
                .toList());
        together(left.stream()
                .filter(statement -> statement.phase() == Phase.CONSTRAINT || statement.phase() == Phase.FOREIGN_KEY)
                .toList());
        // Those of one table follow each other: they would wait for its lock.
        inParallel(List.copyOf(left.stream()
                .filter(statement -> statement.phase() == Phase.VALIDATE)
                .collect(Collectors.groupingBy(PostStatement::table, LinkedHashMap::new, Collectors.toList()))
                .values()));
        inOrder(left.stream()
                .filter(statement -> statement.phase() == Phase.REST)
                .toList());
    }

    /** None of these reads much: what they cost is the way there and back. */
    private void together(List<PostStatement> statements) {
        try (PostRunner runner = new PostRunner(run)) {
            for (int i = 0; i < statements.size(); i += TOGETHER_MAX) {
                run.sessions().throwIfStopped();
                runner.runTogether(statements.subList(i, Math.min(statements.size(), i + TOGETHER_MAX)));
            }
        }
    }

    private void inOrder(List<PostStatement> statements) {
        try (PostRunner runner = new PostRunner(run)) {
            for (PostStatement statement : statements) {
                run.sessions().throwIfStopped();
                runner.run(statement, run.means().workersPerIndex(1));
            }
        }
    }

    private void inParallel(List<List<PostStatement>> chains) throws SQLException {
        ConcurrentLinkedQueue<List<PostStatement>> left = new ConcurrentLinkedQueue<>(chains);
        int streams = Math.min(chains.size(), run.means().streams());
        run.sessions().together(run.target(), streams, () -> {
            try (PostRunner runner = new PostRunner(run)) {
                for (List<PostStatement> chain = left.poll(); chain != null; chain = left.poll()) {
                    for (PostStatement statement : chain) {
                        run.sessions().throwIfStopped();
                        runner.run(statement, run.means().workersPerIndex(streams));
                    }
                }
            }
            return true;
        });
    }

    /** The planner of the target must know the tables before users come; partitions are analyzed with their root. */
    void analyze() throws SQLException {
        ConcurrentLinkedQueue<String> left;
        try (Connection connection = run.target().connect("analyze")) {
            left = new ConcurrentLinkedQueue<>(Sql.strings(connection, Sql.file("analyzed")));
        }
        run.events().step(SnapshotCopy.STEP, "running", "statistics of " + left.size() + " tables");
        run.sessions().together(run.target(), Math.min(left.size(), run.means().streams()), () -> {
            Wire wire = run.sessions().open(run.target(), "analyze");
            try {
                for (String table = left.poll(); table != null; table = left.poll()) {
                    run.sessions().throwIfStopped();
                    Sql.execute(wire.connection(), "analyze " + table);
                }
            } finally {
                run.sessions().close(wire);
            }
            return true;
        });
    }
}
