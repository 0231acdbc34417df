package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the target's machine has to offer, as its server sees it: how many streams a copy may have there, and how much
 * memory building an index may take.
 *
 * @param cores 0 where the server can't tell
 * @param memoryBytes that may be used now; 0 where the server can't tell
 */
record TargetMeans(int cores, long memoryBytes) {
    private static final int STREAMS_MIN = 2;
    /** One SSH connection has eight channels for everything, and both servers have others to serve. */
    private static final int STREAMS_MAX = 4;

    private static final long INDEX_BYTES_MIN = 64L << 20;
    private static final long INDEX_BYTES_MAX = 1L << 30;
    /** What sorts is done soonest in pieces that fit the processor's caches better than all rows at once do. */
    private static final String SORT = "set local maintenance_work_mem = '64MB'; ";

    /** What a lost connection costs at most: a part is one transaction. */
    static final long PART_BYTES = 64L << 20;
    /** The same where a table is better left whole. */
    private static final long WHOLE_BYTES_MAX = 2L << 30;
    /** Methods whose build holds as much of the index in memory as it may. */
    private static final Pattern SORTLESS = Pattern.compile("\\bUSING (gin|gist|spgist|brin|bloom)\\b");

    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB$");
    private static final Pattern QUOTA = Pattern.compile("(\\d+) (\\d+)");

    static TargetMeans read(Database target) throws SQLException {
        try (Connection connection = target.connect("means")) {
            if (!Sql.truth(
                    connection,
                    "select has_function_privilege(current_user, 'pg_read_file(text,bigint,bigint,boolean)', 'execute')"
                            + " and pg_has_role(current_user, 'pg_read_server_files', 'member')")) {
                return new TargetMeans(0, 0);
            }
            int cores = (int) Pattern.compile("(?m)^processor\\s*:")
                    .matcher(file(connection, "/proc/cpuinfo"))
                    .results()
                    .count();
            Matcher quota = QUOTA.matcher(file(connection, "/sys/fs/cgroup/cpu.max"));
            if (quota.find()) {
                cores = Math.min(cores, (int)
                        Math.ceil(Double.parseDouble(quota.group(1)) / Double.parseDouble(quota.group(2))));
            }
            Matcher available = AVAILABLE.matcher(file(connection, "/proc/meminfo"));
            long memory = available.find() ? Long.parseLong(available.group(1)) << 10 : 0;
            for (String limit :
                    new String[] {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
                memory = Math.min(memory, number(file(connection, limit)).orElse(Long.MAX_VALUE));
            }
            return new TargetMeans(cores, memory);
        }
    }

    /** The beginning of a file of the server's machine, empty if it isn't there. */
    private static String file(Connection connection, String path) throws SQLException {
        return Sql.first(
                        connection,
                        "select coalesce(pg_read_file(?, 0, 200000, true), '')",
                        row -> String.valueOf(row.getString(1)),
                        path)
                .orElse("");
    }

    private static Optional<Long> number(String text) {
        return text.strip().matches("\\d{1,18}") ? Optional.of(Long.parseLong(text.strip())) : Optional.empty();
    }

    int streams() {
        return Math.clamp(cores, STREAMS_MIN, STREAMS_MAX);
    }

    /**
     * Tables larger than this are cut. Two streams into one table win nothing where the server has two cores or fewer, and
     * a table that is not cut is written frozen: its pages are not written again when they are first read, and its
     * visibility map is there.
     */
    long partBytes() {
        return cores == 0 || cores > 2 ? PART_BYTES : WHOLE_BYTES_MAX;
    }

    /** What the statement is to be preceded by, in its transaction. */
    static String memoryFor(PostStatement statement) {
        boolean sorts = statement.phase() == PostStatement.Phase.INDEX
                && !SORTLESS.matcher(statement.sql()).find();
        return sorts ? SORT : "";
    }

    /** A quarter of what is free, shared by all streams; the server's own setting where nothing is known. */
    String settings() {
        if (memoryBytes == 0) {
            return "";
        }
        long each = Math.clamp(memoryBytes / 4 / streams(), INDEX_BYTES_MIN, INDEX_BYTES_MAX);
        return "set maintenance_work_mem = '" + (each >> 10) + "kB'; ";
    }

    /** @param builders streams that build at the same time */
    int workersPerIndex(int builders) {
        return Math.max(0, cores / Math.max(1, builders) - 1);
    }
}
