package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import landfall.postgres.Survey.Finding;
import landfall.postgres.Survey.Verdict;

/** CockroachDB speaks PostgreSQL's protocol and lacks what a move is made of; it is recognised, not moved. */
final class CockroachDb {
    private static final String THEME = "servers";

    private CockroachDb() {}

    static boolean is(Connection connection) throws SQLException {
        return Sql.text(connection, "select version()").startsWith("CockroachDB");
    }

    /** What it lacks, and what a plain move of it would need. */
    static List<Finding> findings(Connection connection, Database database) throws SQLException {
        String label = database.label();
        String version = Sql.text(connection, "select version()").replaceFirst(" \\(.*", "");
        List<Finding> findings = new ArrayList<>();
        findings.add(new Finding(
                Verdict.BLOCKER,
                THEME,
                label,
                "it is " + version + ", which this version does not move",
                "Move it by hand: see the findings that follow for what that takes."));
        findings.add(new Finding(
                Verdict.BLOCKER,
                THEME,
                label + " logical decoding",
                "CockroachDB has no replication slots and no pgoutput (its changefeeds are another protocol), so changes"
                        + " can't be followed and there is no way back to it by following",
                "A plain move only: writers stopped, rows copied, compared, users switched."));
        findings.add(
                new Finding(
                        Verdict.BLOCKER,
                        THEME,
                        label + " pg_dump",
                        "pg_dump can't read its catalogs",
                        "SHOW CREATE ALL TABLES; prints the schema. What PostgreSQL doesn't know has to be taken out of it:"
                                + " FAMILY, STORING (INCLUDE there), USING HASH, AS OF, INVERTED INDEX (GIN there), LOCALITY, STRING,"
                                + " BYTES, unique_rowid() (an identity column there), computed columns written AS (…) STORED."));
        findings.add(new Finding(
                Verdict.BLOCKER,
                THEME,
                label + " fence",
                "it has no triggers before 24.3 and no NOLOGIN that ends sessions, so Landfall's fence doesn't hold there",
                "Scale every writer to zero, then REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public FROM the"
                        + " app's role, before the rows are copied."));
        findings.add(new Finding(
                Verdict.BLOCKER,
                THEME,
                label + " rows",
                "its rows can be read with COPY … TO STDOUT or SELECT … AS OF SYSTEM TIME at one point in time",
                "COPY each table into the target in text form, set every sequence beyond its column's greatest value, then"
                        + " compare counts and sums of both sides."));
        return findings;
    }
}
