package landfall.postgres;

import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import landfall.base.Events;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/**
 * What a move does without following: for a source whose log can't be decoded. Everything is copied behind the fence, so
 * how long users are without service is the time of a copy, told beforehand from a timed sample.
 */
public final class PlainMove {
    private static final long SAMPLE_BYTES = 32L << 20;
    /** Below this a sample measures the beginning of a connection. */
    private static final long SAMPLE_BYTES_MIN = 1L << 20;

    /**
     * How long users will be without service.
     *
     * @param sampleBytes copied under the clock; 0 where there is too little to measure
     * @param bytes of all tables, with what their indexes take
     */
    public record Forecast(long sampleBytes, Duration sampleTook, long bytes, Duration downtime) {}

    private final Database source;
    private final Database target;
    private final Naming naming;
    private final TargetRole role;
    private final SchemaTool schemaTool;
    private final Events events;
    private final BooleanSupplier stop;

    /**
     * @param schemaTool pg_dump beside the source's server, where there is one
     * @param stop whether the user has asked to stop: a copy ends then
     */
    public PlainMove(
            Database source,
            Database target,
            Naming naming,
            TargetRole role,
            SchemaTool schemaTool,
            Events events,
            BooleanSupplier stop) {
        this.stop = stop;
        this.schemaTool = schemaTool;
        this.source = source;
        this.target = target;
        this.naming = naming;
        this.role = role;
        this.events = events;
    }

    /** Copies some of the largest table into a place of ours under a clock, and reckons from it. */
    public Forecast forecast() {
        try {
            Schema.create(target);
            try (Connection from = source.connect("sample");
                    Connection to = target.connect("sample")) {
                List<Table> tables = Catalog.withRows(Catalog.tables(from));
                long bytes = 0;
                for (Table table : tables) {
                    bytes += Sql.number(from, "select pg_total_relation_size(?::text::regclass)", table.sql());
                }
                Table largest = tables.stream()
                        .max(Comparator.comparingLong(Table::bytes))
                        .orElse(null);
                if (largest == null || largest.bytes() < SAMPLE_BYTES_MIN) {
                    return new Forecast(0, Duration.ZERO, bytes, Duration.ofSeconds(1));
                }
                long start = System.nanoTime();
                long copied = sample(from, to, largest);
                long took = Math.max(1, System.nanoTime() - start);
                // The rows are read again for the proof, on both sides at once, which costs about half of a copy.
                double seconds = 1.5 * bytes / copied * took / 1e9;
                return new Forecast(
                        copied, Duration.ofNanos(took), bytes, Duration.ofMillis(Math.round(seconds * 1000)));
            }
        } catch (SQLException e) {
            throw Sql.failed("The sample of the " + source + " could not be copied", e);
        }
    }

    /** Rows as texts of one column: the table itself need not be there yet. What it made is rolled back. */
    private static long sample(Connection from, Connection to, Table table) throws SQLException {
        long rows = Math.max(1, table.blocks());
        to.setAutoCommit(false);
        Sql.execute(to, "create table landfall.sample (line text)");
        CopyOut out = from.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("copy (select t::text from only " + table.sql() + " t where ctid < '("
                        + Math.min(rows, SAMPLE_BYTES / 8192) + ",0)') to stdout (format binary)");
        CopyIn in =
                to.unwrap(PGConnection.class).getCopyAPI().copyIn("copy landfall.sample from stdin (format binary)");
        long bytes = 0;
        try {
            ByteArrayOutputStream gathered = new ByteArrayOutputStream(64 << 10);
            for (byte[] row = out.readFromCopy(); row != null; row = out.readFromCopy()) {
                gathered.writeBytes(row);
                if (gathered.size() >= 64 << 10) {
                    in.writeToCopy(gathered.toByteArray(), 0, gathered.size());
                    bytes += gathered.size();
                    gathered.reset();
                }
            }
            in.writeToCopy(gathered.toByteArray(), 0, gathered.size());
            bytes += gathered.size();
            in.endCopy();
        } finally {
            if (in.isActive()) {
                in.cancelCopy();
            }
            if (out.isActive()) {
                out.cancelCopy();
            }
            to.rollback();
        }
        return Math.max(1, bytes);
    }

    /** Copies everything anew, whatever an earlier copy brought. */
    public SnapshotCopy.Result copy() {
        try (Connection connection = target.connect("copy")) {
            if (Sql.truth(connection, "select to_regclass('landfall.copy') is not null")) {
                Sql.execute(
                        connection,
                        "update landfall.copy set completed_at = null where move = " + Sql.literal(naming.moveId()));
                // The app of this side waits for users and may hold what is made anew.
                Sql.strings(
                        connection,
                        "select pg_terminate_backend(s.pid, 5000)::text from (" + Sql.file("other_sessions") + ") s");
            }
        } catch (SQLException e) {
            throw Sql.failed("The earlier copy in the " + target + " could not be set aside", e);
        }
        return SnapshotCopy.plain(source, target, naming, role, schemaTool, events, stop)
                .run();
    }

    /** Every row and definition of both sides; the fence keeps them still. */
    public VerifyReport verify() {
        long start = System.nanoTime();
        try (Connection from = source.connect("verify");
                Connection to = target.connect("verify")) {
            return FullProof.between(
                    source,
                    FullProof.snapshot(from),
                    target,
                    FullProof.snapshot(to),
                    table -> !table.partitioned(),
                    events,
                    start);
        } catch (SQLException e) {
            throw Sql.failed("The two sides could not be compared", e);
        }
    }

    /** One transaction: sequences, guards, and the record that the target is open. @return sequences set */
    public int open(String marker) {
        try (Connection from = source.connect("sequences");
                Connection to = target.connect("open")) {
            to.setAutoCommit(false);
            int sequences = Door.carrySequences(from, to);
            Sql.list(to, "select landfall.drop_guards()", row -> true);
            Sql.execute(
                    to,
                    "insert into landfall.switch (move, direction, marker) values (" + Sql.literal(naming.moveId())
                            + ", " + Sql.literal(Direction.FORWARD.name()) + ", " + Sql.literal(marker) + ")");
            to.commit();
            return sequences;
        } catch (SQLException e) {
            throw Sql.failed("The " + target + " could not be opened", e);
        }
    }
}
