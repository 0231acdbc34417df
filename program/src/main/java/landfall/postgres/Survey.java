package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds before the first byte moves what logical replication and the schema copy would not carry. */
public final class Survey {
    /** How a finding is met. */
    public enum Verdict {
        OK,
        /** Carried or adapted, as the text says. */
        HANDLED,
        /** Goes on only when the user has decided. */
        DECISION,
        BLOCKER
    }

    /**
     * One finding.
     *
     * @param subject the object's name
     * @param fix the statement or step that removes it; empty where nothing is to do
     */
    public record Finding(Verdict verdict, String subject, String what, String fix) {}

    /** @param bytes size of the tables without indexes */
    public record Result(List<Finding> findings, List<Table> tables, long bytes) {
        public Result {
            findings = List.copyOf(findings);
            tables = List.copyOf(tables);
        }

        public boolean isBlocked() {
            return findings.stream().anyMatch(finding -> finding.verdict() == Verdict.BLOCKER);
        }
    }

    private static final int VERSION_MIN = 140000;
    /** The move's own slot and the verifier's temporary one. */
    private static final int SLOTS_NEEDED = 2;

    private final List<Finding> findings = new ArrayList<>();
    private final Naming naming;

    private Survey(Naming naming) {
        this.naming = naming;
    }

    public static Result run(Database source, Database target, Naming naming, String targetRole) {
        return run(source, target, naming, targetRole, SchemaTool.NONE);
    }

    /** @param schemaTool where pg_dump may be found besides this machine */
    public static Result run(
            Database source, Database target, Naming naming, String targetRole, SchemaTool schemaTool) {
        Survey survey = new Survey(naming);
        try (Connection from = source.connect("survey");
                Connection to = target.connect("survey")) {
            survey.server(from, source);
            survey.server(to, target);
            survey.versions(from, to);
            survey.objects(from);
            survey.extensions(from, to);
            survey.target(to, target, targetRole);
            if (!SchemaReader.hasPgDump(source, schemaTool)) {
                for (String unknown : CatalogReader.unknown(from)) {
                    survey.add(
                            Verdict.BLOCKER,
                            unknown,
                            "no pg_dump of the source's version is in its pod or here, and the built-in reader"
                                    + " does not know this",
                            "Install pg_dump (Debian: postgresql-client).");
                }
            }
            List<Table> tables = Catalog.tables(from);
            survey.tables(tables);
            return new Result(
                    survey.findings,
                    tables,
                    tables.stream().mapToLong(Table::bytes).sum());
        } catch (SQLException e) {
            throw Sql.failed("The two databases could not be surveyed", e);
        }
    }

    private void add(Verdict verdict, String subject, String what, String fix) {
        findings.add(new Finding(verdict, subject, what, fix));
    }

    private void server(Connection connection, Database database) throws SQLException {
        String label = database.label();
        long version = Sql.number(connection, "select current_setting('server_version_num')::bigint");
        if (Sql.text(connection, "select version()").startsWith("CockroachDB")) {
            add(Verdict.BLOCKER, label, "CockroachDB has no logical decoding in PostgreSQL's sense", "");
            return;
        }
        if (version < VERSION_MIN) {
            add(Verdict.BLOCKER, label, "the server is older than PostgreSQL 14", "Upgrade the server first.");
        } else {
            add(Verdict.OK, label, "PostgreSQL " + Sql.text(connection, "show server_version"), "");
        }
        String walLevel = Sql.text(connection, "show wal_level");
        if (!walLevel.equals("logical")) {
            add(
                    Verdict.BLOCKER,
                    label + " wal_level",
                    "it is " + walLevel + ", so changes can't be followed",
                    "ALTER SYSTEM SET wal_level = logical; and restart the server.");
        }
        if (Sql.truth(connection, "select pg_is_in_recovery()")) {
            add(Verdict.BLOCKER, label, "it is a standby", "Give the primary.");
        }
        if (!Sql.truth(connection, "select rolsuper from pg_roles where rolname = current_user")) {
            add(
                    Verdict.BLOCKER,
                    label + " role " + database.user(),
                    "it is not a superuser: slots, origins and fences need one",
                    "ALTER ROLE " + Sql.quoted(database.user()) + " SUPERUSER; or give another role.");
        }
        room(
                connection,
                label,
                "max_replication_slots",
                "select count(*) from pg_replication_slots" + " where slot_name not like 'landfall\\_" + naming.moveId()
                        + "\\_%'");
        room(
                connection,
                label,
                "max_wal_senders",
                "select count(*) from pg_stat_replication" + " where application_name not like 'landfall/%'");
        for (String prepared :
                Sql.strings(connection, "select gid from pg_prepared_xacts where database = current_database()")) {
            add(
                    Verdict.BLOCKER,
                    label + " prepared transaction " + prepared,
                    "it keeps slots from being made",
                    "ROLLBACK PREPARED " + Sql.literal(prepared) + "; or COMMIT PREPARED it.");
        }
        if (Sql.truth(connection, "select current_setting('max_prepared_transactions')::int > 0")) {
            add(Verdict.HANDLED, label + " max_prepared_transactions", "the fence refuses while one is open", "");
        }
        foreignNames(connection, label);
    }

    private void room(Connection connection, String label, String setting, String used) throws SQLException {
        long free = Sql.number(connection, "select current_setting('" + setting + "')::bigint - (" + used + ")");
        if (free < SLOTS_NEEDED) {
            add(
                    Verdict.BLOCKER,
                    label + " " + setting,
                    free + " are free, " + SLOTS_NEEDED + " are needed",
                    "ALTER SYSTEM SET " + setting + " = "
                            + (Sql.number(connection, "select current_setting('" + setting + "')::bigint") + 4)
                            + "; and restart the server.");
        }
    }

    private void foreignNames(Connection connection, String label) throws SQLException {
        for (String name : Sql.strings(
                connection,
                "select 'publication ' || pubname from pg_publication where pubname not like 'landfall\\_%'"
                        + " union all select 'subscription ' || subname from pg_subscription"
                        + " where subdbid = (select oid from pg_database where datname = current_database())")) {
            add(
                    Verdict.DECISION,
                    label + " " + name,
                    "it is not carried: after the switch its other end gets no changes from the target",
                    "Make it anew on the target, or drop it.");
        }
        for (String name : Sql.strings(
                connection,
                "select slot_name from pg_replication_slots where slot_name like 'landfall\\_%'"
                        + " and slot_name not like 'landfall\\_" + naming.moveId() + "\\_%' and not temporary")) {
            add(
                    Verdict.DECISION,
                    label + " slot " + name,
                    "another move uses this server, or left this behind",
                    "Finish or abandon that move.");
        }
    }

    private void versions(Connection from, Connection to) throws SQLException {
        int source = from.getMetaData().getDatabaseMajorVersion();
        int target = to.getMetaData().getDatabaseMajorVersion();
        if (target < source) {
            add(
                    Verdict.BLOCKER,
                    "versions",
                    "the target's PostgreSQL " + target + " is older than the source's " + source,
                    "Create the service with image version " + source + " or newer.");
        }
        same(
                from,
                to,
                Verdict.BLOCKER,
                "encoding",
                "select pg_encoding_to_char(encoding) from pg_database" + " where datname = current_database()");
        same(
                from,
                to,
                Verdict.DECISION,
                "collation",
                "select datcollate from pg_database" + " where datname = current_database()");
    }

    private void same(Connection from, Connection to, Verdict otherwise, String subject, String sql)
            throws SQLException {
        String one = Sql.text(from, sql);
        String other = Sql.text(to, sql);
        if (!one.equals(other)) {
            add(
                    otherwise,
                    subject,
                    "the source has " + one + ", the target " + other,
                    "Create the target with " + one + ", or accept that order and text may differ.");
        }
    }

    private void objects(Connection from) throws SQLException {
        Sql.list(from, Sql.file("survey"), row -> {
            add(
                    Verdict.valueOf(String.valueOf(row.getString("verdict"))),
                    String.valueOf(row.getString("subject")),
                    String.valueOf(row.getString("what")),
                    String.valueOf(row.getString("fix")));
            return true;
        });
    }

    private void tables(List<Table> tables) {
        for (Table table : Catalog.withRows(tables)) {
            if (table.key().isEmpty()) {
                add(
                        Verdict.BLOCKER,
                        "table " + table,
                        "it has no replica identity that names a row: published, the app's UPDATE and DELETE would fail",
                        "ALTER TABLE " + table.sql() + " ADD PRIMARY KEY (…);");
            }
        }
        add(
                Verdict.OK,
                "tables",
                tables.size() + " tables, "
                        + tables.stream().mapToLong(Table::bytes).sum() + " bytes",
                "");
    }

    private void extensions(Connection from, Connection to) throws SQLException {
        String installed = "select extname from pg_extension where extname <> 'plpgsql' order by 1";
        Set<String> available = new TreeSet<>(Sql.strings(to, "select name from pg_available_extensions"));
        for (String extension : new LinkedHashSet<>(Sql.strings(from, installed))) {
            boolean there = available.contains(extension);
            add(
                    there ? Verdict.HANDLED : Verdict.BLOCKER,
                    "extension " + extension,
                    there ? "it is created on the target" : "the target's server does not have it",
                    there ? "" : "Create the service with an image that has it.");
        }
    }

    private void target(Connection to, Database target, String role) throws SQLException {
        boolean ours = Sql.truth(to, "select to_regclass('landfall.copy') is not null");
        List<Table> there = Catalog.tables(to);
        if (!there.isEmpty() && !ours) {
            add(
                    Verdict.BLOCKER,
                    target.label() + " database " + target.name(),
                    "it is not empty: " + there.size() + " tables, the first is " + there.getFirst(),
                    "Give the move an empty database.");
        }
        if (Sql.truth(to, "select coalesce((select rolsuper from pg_roles where rolname = ?), false)", role)) {
            add(
                    Verdict.DECISION,
                    target.label() + " role " + role,
                    "it is a superuser there and becomes an ordinary role",
                    "Name another role in move.yaml if something else needs it.");
        } else {
            add(Verdict.HANDLED, target.label() + " role " + role, "made as owner of everything, not a superuser", "");
        }
    }
}
