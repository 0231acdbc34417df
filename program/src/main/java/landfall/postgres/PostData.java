package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import landfall.base.Events;

/** What comes after the rows: indexes two at a time, then all that needs them. */
final class PostData {
    private static final int STREAMS = 2;

    private PostData() {}

    static void apply(Database target, SchemaScript script, Events events) throws SQLException {
        ConcurrentLinkedQueue<String> left = new ConcurrentLinkedQueue<>(script.parallel());
        AtomicInteger done = new AtomicInteger();
        CopyStreams.together(STREAMS, () -> {
            try (Connection connection = target.script("index")) {
                for (String statement = left.poll(); statement != null; statement = left.poll()) {
                    Sql.execute(connection, statement);
                    events.progress(
                            SnapshotCopy.STEP,
                            "indexes",
                            done.incrementAndGet(),
                            script.parallel().size(),
                            "indexes");
                }
            }
            return true;
        });
        try (Connection connection = target.script("constraints")) {
            for (String statement : script.ordered()) {
                Sql.execute(connection, statement);
            }
        }
    }
}
