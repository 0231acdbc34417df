package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import landfall.base.Secret;
import org.junit.jupiter.api.Test;

/** The app's role and those beside it mean on the target what they mean on the source. */
final class RolesTest {
    private static List<String> as(Database database, String role, String password, String sql) throws SQLException {
        try (Connection connection = database.as(role, Secret.of(password)).connect("app")) {
            Sql.execute(connection, "set row_security = on; set search_path = public");
            return Sql.strings(connection, sql);
        }
    }

    /** A move whose app isn't the owner of its tables, as where migrations run under a role of their own. */
    private static Servers.Move move() throws Exception {
        Servers.Move move = Servers.move();
        String n = move.source().name();
        Servers.run(
                move.source(),
                "create role " + n + "_owner nologin",
                "create role " + n + "_web login password 'web' connection limit 7 valid until '2099-01-01'"
                        + " in role pg_monitor",
                "create role " + n + "_reports login password 'reports' noinherit bypassrls",
                "create role " + n + "_group nologin",
                "create role " + n + "_marker nologin",
                "grant " + n + "_marker to " + n + "_reports",
                "grant " + n + "_group to " + n + "_web with admin option",
                "alter role " + n + "_web set work_mem = '9MB'",
                "alter role " + n + "_web in database " + n + " set search_path = tenant, public, \"$user\"",
                "alter database " + n + " set statement_timeout = '77s'",
                "create schema tenant authorization " + n + "_owner",
                "create schema \"Odd Schema\" authorization " + n + "_owner",
                "grant usage on schema tenant to " + n + "_web, " + n + "_reports",
                "grant usage on schema public to " + n + "_group",
                "set role " + n + "_owner",
                "create table tenant.note (id serial primary key, owner text, body text)",
                "alter table tenant.note enable row level security",
                "create policy own on tenant.note using (owner = current_setting('app.tenant', true))",
                "grant select, insert, update on tenant.note to " + n + "_web",
                "grant usage on sequence tenant.note_id_seq to " + n + "_web",
                "grant select (id, owner) on tenant.note to " + n + "_group with grant option",
                "grant select on tenant.note to " + n + "_reports",
                "create function tenant.secret() returns int language sql as 'select 1'",
                "revoke execute on function tenant.secret() from public",
                "alter default privileges in schema tenant grant select on tables to " + n + "_reports",
                "alter default privileges in schema \"Odd Schema\" grant select on tables to " + n + "_group",
                "alter default privileges revoke execute on functions from public",
                "insert into tenant.note (owner, body) values ('a', 'of a'), ('b', 'of b')",
                "reset role",
                "revoke connect on database " + n + " from public",
                "grant connect on database " + n + " to " + n + "_web, " + n + "_reports");
        return new Servers.Move(
                move.source(),
                move.target(),
                move.naming(),
                new TargetRole(n + "_web", Secret.of("new")),
                move.sourceLine(),
                move.targetLine());
    }

    @Test
    void rowLevelSecurityBindsTheAppOnBothSidesAlike() throws Exception {
        Servers.Move move = move();
        String n = move.source().name();
        move.copy();
        String sql = "select body from tenant.note where set_config('app.tenant', 'a', false) <> '' order by 1";
        assertThat(as(move.source(), n + "_web", "web", sql)).containsExactly("of a");
        assertThat(as(move.target(), n + "_web", "new", sql)).containsExactly("of a");
        assertThat(Servers.read(
                        move.target(), "select rolsuper or rolbypassrls from pg_roles where rolname = '" + n + "_web'"))
                .isEqualTo("f");
        // The one that could see all still can, with the password it had.
        assertThat(as(move.target(), n + "_reports", "reports", "select body from tenant.note order by 1"))
                .containsExactly("of a", "of b");
        assertThatThrownBy(() -> as(move.target(), n + "_web", "new", "select tenant.secret()"))
                .hasMessageContaining("permission denied");
    }

    @Test
    void attributesOwnershipGrantsDefaultsAndSettingsAreTheSame() throws Exception {
        Servers.Move move = move();
        String n = move.source().name();
        move.copy();
        for (String sql : List.of(
                "select string_agg(concat_ws(' ', rolname, rolinherit, rolcanlogin, rolcreatedb, rolcreaterole, rolbypassrls,"
                        + " rolconnlimit, rolvaliduntil), ';' order by rolname) from pg_roles where rolname like '" + n
                        + "\\_%'",
                "select string_agg(concat_ws(' ', m.rolname, g.rolname, a.admin_option), ';' order by m.rolname, g.rolname)"
                        + " from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.roleid"
                        + " where m.rolname like '" + n + "\\_%'",
                "select string_agg(concat_ws(' ', c.relname, pg_get_userbyid(c.relowner), (select string_agg(x::text, ','"
                        + " order by x::text) from unnest(c.relacl) x)), ';' order by c.relname) from pg_class c"
                        + " where c.relnamespace = 'tenant'::regnamespace and c.relkind in ('r', 'S')",
                "select string_agg(a.attname || ' ' || a.attacl::text, ';' order by a.attname) from pg_attribute a"
                        + " where a.attrelid = 'tenant.note'::regclass and a.attacl is not null",
                "select concat_ws(' ', pg_get_userbyid(nspowner), (select string_agg(x::text, ',' order by x::text) from"
                        + " unnest(nspacl) x)) from pg_namespace where nspname = 'tenant'",
                "select concat_ws(' ', pg_get_userbyid(proowner), proacl) from pg_proc where proname = 'secret'",
                "select string_agg(concat_ws(' ', pg_get_userbyid(defaclrole), defaclnamespace::regnamespace, defaclobjtype,"
                        + " defaclacl), ';' order by defaclnamespace <> 0, defaclnamespace::regnamespace::text) from pg_default_acl",
                "select string_agg(concat_ws(' ', coalesce(r.rolname, '-'), s.setdatabase <> 0, s.setconfig), ';'"
                        + " order by r.rolname, s.setdatabase) from pg_db_role_setting s left join pg_roles r on r.oid ="
                        + " s.setrole where r.rolname like '" + n
                        + "\\_%' or s.setrole = 0 and s.setdatabase = (select oid"
                        + " from pg_database where datname = current_database())")) {
            assertThat(Servers.read(move.target(), sql)).as(sql).isEqualTo(Servers.read(move.source(), sql));
        }
        try (Follower follower = move.follow()) {
            assertThat(follower.verify().problems()).isEmpty();
        }
    }

    @Test
    void anAppThatWasSuperuserOwnsItsDatabaseAndIsNone() throws Exception {
        Servers.Move move = Servers.move();
        String n = move.source().name();
        Servers.run(
                move.source(),
                "create role " + n + "_root superuser login password 'root'",
                "create role " + n + "_other nologin",
                "set role " + n + "_root",
                "create table mine (id int primary key)",
                "set role postgres",
                "create table of_postgres (id int primary key)",
                "grant create on schema public to " + n + "_other",
                "set role " + n + "_other",
                "create table of_other (id int primary key)");
        assertThat(Survey.run(move.source(), move.target(), move.naming(), n + "_root")
                        .of(Survey.Verdict.HANDLED))
                .extracting(Survey.Finding::subject)
                .contains("role " + n + "_root as superuser");
        new SnapshotCopy(
                        move.source(),
                        move.target(),
                        move.naming(),
                        new TargetRole(n + "_root", Secret.of("new")),
                        landfall.base.Events.NONE)
                .run();
        CleanUp.remove(move.target(), move.naming());
        for (String table : List.of("mine", "of_postgres", "of_other")) {
            assertThat(as(move.target(), n + "_root", "new", "insert into " + table + " values (1) returning id"))
                    .containsExactly("1");
        }
        assertThat(Servers.read(move.target(), "select rolsuper from pg_roles where rolname = '" + n + "_root'"))
                .isEqualTo("f");
    }
}
