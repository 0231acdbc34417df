package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import landfall.base.Quantities;
import landfall.postgres.Survey.Verdict;

/** The two servers: versions, what logical decoding needs, encoding and collation, parameters an app relies on. */
final class SurveyServers {
    private static final int VERSION_MIN = 140000;
    /** The move's own slot and the verifier's temporary one. */
    private static final int SLOTS_NEEDED = 2;
    /** Log kept for the slot while the move lasts; less than this is soon used up. */
    private static final long KEPT_LOG_MIN = 1L << 30;

    private static final String PLAIN = " A plain move doesn't need it: fence, copy, verify, switch, with users waiting"
            + " that long (`landfall sync --plain`).";

    /** Parameters that change what an app sees or may do; a difference is the user's to judge. */
    private static final List<String> RELIED_ON = List.of(
            "default_transaction_isolation",
            "lc_messages",
            "statement_timeout",
            "idle_in_transaction_session_timeout",
            "lock_timeout",
            "default_text_search_config",
            "IntervalStyle",
            "bytea_output",
            "standard_conforming_strings",
            "max_prepared_transactions",
            "search_path",
            "row_security");

    private SurveyServers() {}

    static void look(SurveyLook look) throws SQLException {
        for (SurveyLook.Side side : look.sides()) {
            version(look, side);
            decoding(look, side);
        }
        character(look);
        parameters(look);
    }

    private static void version(SurveyLook look, SurveyLook.Side one) throws SQLException {
        Connection side = one.session();
        String label = one.label();
        long version = Sql.number(side, "select current_setting('server_version_num')::bigint");
        if (version < VERSION_MIN) {
            look.add(Verdict.BLOCKER, label, "the server is older than PostgreSQL 14", "Upgrade the server first.");
        } else {
            look.add(Verdict.OK, label, "PostgreSQL " + Sql.text(side, "show server_version"), "");
        }
        if (Sql.truth(side, "select pg_is_in_recovery()")) {
            look.add(
                    Verdict.BLOCKER,
                    label + " standby",
                    "it is a standby: it can neither be fenced nor written to, and verification holds on primaries only",
                    one.isSource()
                            ? "Give the primary in move.yaml (databases.source)."
                            : "SELECT pg_promote(); or give the primary.");
        }
    }

    /** On the target it is what the way back needs. */
    private static void decoding(SurveyLook look, SurveyLook.Side one) throws SQLException {
        Connection side = one.session();
        String label = one.label();
        boolean source = one.isSource();
        Verdict otherwise = source ? look.liveBlocker() : Verdict.BLOCKER;
        String walLevel = Sql.text(side, "show wal_level");
        if (walLevel.equals("logical")) {
            look.add(Verdict.OK, label + " wal_level", "logical", "");
        } else {
            look.add(
                    otherwise,
                    label + " wal_level",
                    "it is " + walLevel + ", so its changes can't be followed"
                            + (source ? "; setting it means a restart." + PLAIN : ", and there would be no way back"),
                    "ALTER SYSTEM SET wal_level = logical; and restart the server"
                            + (source
                                    ? "."
                                    : " (dokku-postgres: at creation, --config-options \"-c wal_level=logical\")."));
        }
        room(
                look,
                side,
                otherwise,
                label + " max_replication_slots",
                "max_replication_slots",
                "select count(*) from pg_replication_slots where slot_name not like 'landfall\\_"
                        + look.naming().moveId() + "\\_%'");
        room(
                look,
                side,
                otherwise,
                label + " max_wal_senders",
                "max_wal_senders",
                "select count(*) from pg_stat_replication where application_name not like 'landfall/%'");
        // Until 17 the number of slots bounds origins too.
        if (Sql.truth(side, "select current_setting('max_active_replication_origins', true) is not null")) {
            room(
                    look,
                    side,
                    otherwise,
                    label + " max_active_replication_origins",
                    "max_active_replication_origins",
                    "select count(*) from pg_replication_origin_status");
        }
        idleSlots(look, side, label);
        long kept = Sql.number(side, "select setting::bigint from pg_settings where name = 'max_slot_wal_keep_size'");
        if (kept >= 0 && (kept << 20) < KEPT_LOG_MIN) {
            look.add(
                    look.choices().plain() && source ? Verdict.HANDLED : Verdict.DECISION,
                    label + " max_slot_wal_keep_size",
                    "only " + kept
                            + " MB of log are kept for a slot: a longer interruption of following loses the slot,"
                            + " and the copy begins again",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; SELECT pg_reload_conf();");
        } else {
            look.add(
                    Verdict.OK,
                    label + " max_slot_wal_keep_size",
                    kept < 0
                            ? "no bound: the log kept for the move is watched (`landfall status`)"
                            : Quantities.bytes(kept << 20),
                    "");
        }
    }

    /** Since 18 a server may drop a slot that nobody follows. */
    private static void idleSlots(SurveyLook look, Connection side, String label) throws SQLException {
        String idle = Sql.text(
                side,
                "select coalesce((select current_setting(name) from pg_settings"
                        + " where name = 'idle_replication_slot_timeout' and setting <> '0'), '')");
        if (!idle.isEmpty()) {
            look.add(
                    look.choices().plain() ? Verdict.HANDLED : Verdict.DECISION,
                    label + " idle_replication_slot_timeout",
                    "a slot that nobody follows for " + idle
                            + " is lost, and with it the move's: the copy begins again, or there is no way back",
                    "ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT pg_reload_conf();");
        }
    }

    private static void room(
            SurveyLook look, Connection side, Verdict otherwise, String subject, String setting, String used)
            throws SQLException {
        long all = Sql.number(side, "select current_setting('" + setting + "')::bigint");
        long free = all - Sql.number(side, used);
        if (free < SLOTS_NEEDED) {
            look.add(
                    otherwise,
                    subject,
                    free + " of " + all + " are free, " + SLOTS_NEEDED + " are needed",
                    "ALTER SYSTEM SET " + setting + " = " + (all + 4) + "; and restart the server.");
        } else {
            look.add(Verdict.OK, subject, free + " of " + all + " are free", "");
        }
    }

    private static void character(SurveyLook look) throws SQLException {
        same(look, Verdict.BLOCKER, "encoding", "pg_encoding_to_char(encoding)");
        same(look, Verdict.DECISION, "collation", "datcollate");
        same(look, Verdict.DECISION, "character type", "datctype");
        // 15 has a provider; from 17 the ICU locale has another name.
        same(look, Verdict.DECISION, "collation provider", "coalesce(to_jsonb(pg_database) ->> 'datlocprovider', 'c')");
        same(
                look,
                Verdict.DECISION,
                "locale",
                "coalesce(to_jsonb(pg_database) ->> 'daticulocale', to_jsonb(pg_database) ->> 'datlocale', '')");
        String version = "coalesce(to_jsonb(pg_database) ->> 'datcollversion', 'unversioned')";
        String one = ofDatabase(look.from(), version);
        String other = ofDatabase(look.to(), version);
        if (!one.equals(other)) {
            look.add(
                    Verdict.HANDLED,
                    "collation version",
                    "the source sorts by version " + one + ", the target by " + other
                            + ": indexes are built anew there; texts may come in another order",
                    "");
        }
        Sql.strings(
                        look.from(),
                        "select format('%I.%I', n.nspname, c.collname) from pg_collation c join pg_namespace n on n.oid ="
                                + " c.collnamespace where c.collversion is distinct from pg_collation_actual_version(c.oid)"
                                + " and c.collversion is not null and exists (select from pg_attribute a"
                                + " where a.attcollation = c.oid and a.attrelid >= 16384)")
                .forEach(name -> look.add(
                        Verdict.DECISION,
                        "source collation " + name,
                        "its order has changed under indexes that use it: they may miss rows or hold doubles",
                        "REINDEX what uses it, then ALTER COLLATION " + name + " REFRESH VERSION;"));
    }

    private static String ofDatabase(Connection side, String expression) throws SQLException {
        return Sql.text(side, "select " + expression + " from pg_database where datname = current_database()");
    }

    private static void same(SurveyLook look, Verdict otherwise, String subject, String expression)
            throws SQLException {
        String one = ofDatabase(look.from(), expression);
        String other = ofDatabase(look.to(), expression);
        if (one.equals(other)) {
            look.add(Verdict.OK, subject, one.isEmpty() ? "the same on both sides" : one, "");
        } else {
            look.add(
                    otherwise,
                    subject,
                    "the source has " + one + ", the target " + other,
                    "Create the target with " + one + ", or accept that order and text may differ.");
        }
    }

    private static void parameters(SurveyLook look) throws SQLException {
        long one = Sql.number(look.from(), "select current_setting('max_connections')::bigint");
        long other = Sql.number(look.to(), "select current_setting('max_connections')::bigint");
        look.add(
                other < one ? Verdict.DECISION : Verdict.OK,
                "max_connections",
                "the source takes " + one + ", the target " + other,
                other < one ? "ALTER SYSTEM SET max_connections = " + one + "; on the target, and restart it." : "");
        for (String parameter : RELIED_ON) {
            String asked = "select coalesce((select reset_val from pg_settings where name = " + Sql.literal(parameter)
                    + "), '')";
            String mine = Sql.text(look.from(), asked);
            String theirs = Sql.text(look.to(), asked);
            differs(look, parameter, mine, theirs);
        }
        libraries(look);
        if (SurveyRights.isSuperuser(look.from()) && SurveyRights.isSuperuser(look.to())) {
            // The driver gives its own with each connection, so what the server has stands in its files alone.
            inFiles(look, "TimeZone", "GMT");
            inFiles(look, "DateStyle", "ISO, MDY");
        }
    }

    private static void inFiles(SurveyLook look, String parameter, String byDefault) throws SQLException {
        String sql = "select coalesce((select setting from pg_file_settings where lower(name) = lower("
                + Sql.literal(parameter) + ") and applied order by seqno desc limit 1), " + Sql.literal(byDefault)
                + ")";
        differs(look, parameter, Sql.text(look.from(), sql), Sql.text(look.to(), sql));
    }

    private static void differs(SurveyLook look, String parameter, String mine, String theirs) {
        if (!mine.equalsIgnoreCase(theirs)) {
            look.add(
                    Verdict.DECISION,
                    "parameter " + parameter,
                    "the source has `" + mine + "`, the target `" + theirs + "`",
                    "ALTER DATABASE " + Sql.quoted(look.target().name()) + " SET " + parameter + " = "
                            + Sql.literal(mine) + "; on the target.");
        }
    }

    private static void libraries(SurveyLook look) throws SQLException {
        for (SurveyLook.Side side : look.sides()) {
            if (!Sql.truth(side.session(), "select pg_has_role('pg_read_all_settings', 'USAGE')")) {
                look.add(
                        Verdict.HANDLED,
                        "shared_preload_libraries",
                        "what is loaded at the servers' start can't be compared without pg_read_all_settings",
                        "GRANT pg_read_all_settings TO "
                                + Sql.quoted(side.database().user()) + ";");
                return;
            }
        }
        String sql = "select trim(both ' \"' from name) from unnest(string_to_array(current_setting("
                + "'shared_preload_libraries', true), ',')) name where trim(name) <> ''";
        List<String> there = Sql.strings(look.to(), sql);
        for (String library : Sql.strings(look.from(), sql)) {
            if (!there.contains(library)) {
                look.add(
                        Verdict.DECISION,
                        "shared_preload_libraries " + library,
                        "the source loads it at its start, the target doesn't",
                        "ALTER SYSTEM SET shared_preload_libraries = " + Sql.literal(library)
                                + "; on the target, and restart it; or accept that what needs it is missing.");
            }
        }
    }
}
