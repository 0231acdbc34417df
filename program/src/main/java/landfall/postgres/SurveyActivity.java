package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import landfall.postgres.Survey.Verdict;

/** What goes on in the servers: prepared and long transactions, others' replication, other moves. */
final class SurveyActivity {
    private SurveyActivity() {}

    static void look(SurveyLook look) throws SQLException {
        for (SurveyLook.Side side : look.sides()) {
            replication(look, side.session(), side.label());
            prepared(look, side.session(), side.label());
        }
        Sql.list(look.from(), Sql.file("survey_long"), row -> {
            look.add(
                    Verdict.DECISION,
                    "transaction of pid " + row.getInt("pid"),
                    "it is open since " + row.getString("minutes") + " minutes (role " + row.getString("role_name")
                            + ", " + row.getString("application")
                            + "): the copy waits for older transactions, a minute at most",
                    "SELECT pg_terminate_backend(" + row.getInt("pid") + "); or wait until it ends.");
            return true;
        });
    }

    private static void prepared(SurveyLook look, Connection side, String label) throws SQLException {
        for (String gid : Sql.strings(side, "select gid from pg_prepared_xacts where database = current_database()")) {
            look.add(
                    Verdict.BLOCKER,
                    label + " prepared transaction " + gid,
                    "it keeps slots from being made, and could still be committed behind the fence",
                    "ROLLBACK PREPARED " + Sql.literal(gid) + "; or COMMIT PREPARED it.");
        }
        if (Sql.truth(side, "select current_setting('max_prepared_transactions')::int > 0")) {
            look.add(Verdict.HANDLED, label + " max_prepared_transactions", "the fence refuses while one is open", "");
        }
    }

    private static void replication(SurveyLook look, Connection side, String label) throws SQLException {
        for (String name : Sql.strings(
                side,
                "select 'publication ' || quote_ident(pubname) from pg_publication"
                        + " where pubname not like 'landfall\\_%'"
                        + " union all select 'subscription ' || quote_ident(subname) from pg_subscription"
                        + " where subdbid = (select oid from pg_database where datname = current_database())")) {
            look.add(
                    Verdict.DECISION,
                    label + " " + name,
                    "it is not carried: after the switch its other end gets no changes from the target",
                    "DROP "
                            + name.replaceFirst("^publication", "PUBLICATION")
                                    .replaceFirst("^subscription", "SUBSCRIPTION")
                            + "; or make it anew on the target.");
        }
        for (String name : Sql.strings(side, "select pubname from pg_publication where puballtables")) {
            look.add(
                    Verdict.BLOCKER,
                    label + " publication " + name,
                    "FOR ALL TABLES publishes Landfall's own tables and those without identity",
                    "DROP PUBLICATION " + Sql.quoted(name) + "; and make it FOR TABLE with their names.");
        }
        for (String name : Sql.strings(
                side,
                "select slot_name from pg_replication_slots where slot_name like 'landfall\\_%'"
                        + " and slot_name not like 'landfall\\_" + look.naming().moveId()
                        + "\\_%' and not temporary")) {
            look.add(
                    Verdict.DECISION,
                    label + " slot " + name,
                    "another move uses this server, or left this behind",
                    "Finish or abandon that move, or SELECT pg_drop_replication_slot(" + Sql.literal(name) + ");");
        }
    }
}
