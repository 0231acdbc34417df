-- What the session's role needs and whether it has it. A superuser has all. :way is 'source' or 'target'.
-- Of each right: what it is for, whether it is there, the statement that gives it, and whether the move needs it
-- ('move'), only following does ('live'), or only the way back does ('back').
with me as (
    select r.*, quote_ident(r.rolname) as name, current_setting('server_version_num')::int as version
      from pg_roles r where r.rolname = current_user
), here as (
    select d.*, quote_ident(d.datname) as name from pg_database d where d.datname = current_database()
), user_schema as (
    select oid, nspname from pg_namespace
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), relation as (
    select c.*, s.nspname, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where c.relpersistence <> 't' and c.relkind in ('r', 'p', 'S')
       and not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
), origin_function (signature, needed) as (
    values ('pg_replication_origin_create(text)', 'receive'), ('pg_replication_origin_drop(text)', 'receive'),
           ('pg_replication_origin_advance(text,pg_lsn)', 'receive'),
           ('pg_replication_origin_session_setup(text)', 'receive'),
           ('pg_replication_origin_session_progress(boolean)', 'receive'),
           ('pg_replication_origin_xact_setup(pg_lsn,timestamptz)', 'receive')
)
select 'REPLICATION' as subject, 'slots are made and read with it' as what, rolreplication as has,
       format('ALTER ROLE %s REPLICATION;', name) as fix,
       case when :way = 'source' then 'live' else 'back' end as need
  from me
union all
select 'CREATE on database ' || here.name, 'publications and Landfall''s own schema are made with it',
       has_database_privilege(here.oid, 'CREATE'), format('GRANT CREATE ON DATABASE %s TO %s;', here.name, me.name), 'move'
  from me, here
union all
select 'SELECT on ' || full_name, 'its rows are read', false,
       format('GRANT pg_read_all_data TO %s;', me.name), 'move'
  from relation r, me
 where not has_table_privilege(r.oid, 'SELECT') or not has_schema_privilege(r.relnamespace, 'USAGE')
union all
select 'owner of ' || full_name, 'it is published, guarded, and written to on the way back, as only its owner may',
       false, format('GRANT %I TO %s;', pg_get_userbyid(r.relowner), me.name), 'move'
  from relation r, me
 where r.relkind in ('r', 'p') and not pg_has_role(r.relowner, 'USAGE')
union all
select 'BYPASSRLS', 'row-level security would hide rows of ' || string_agg(r.full_name, ', ' order by r.full_name)
       || ' from the copy', bool_and(me.rolbypassrls), format('ALTER ROLE %s BYPASSRLS;', me.name), 'move'
  from relation r, me
 where r.relrowsecurity and (r.relforcerowsecurity or not pg_has_role(r.relowner, 'USAGE'))
 group by me.name
union all
select 'pg_signal_backend', 'the fence ends sessions that still write',
       pg_has_role('pg_signal_backend', 'USAGE'), format('GRANT pg_signal_backend TO %s;', name), 'move'
  from me
union all
select 'pg_read_all_stats', 'whose session is whose and what it does is seen with it',
       pg_has_role('pg_read_all_stats', 'USAGE'), format('GRANT pg_read_all_stats TO %s;', name), 'move'
  from me
union all
select 'EXECUTE on ' || split_part(f.signature, '(', 1), 'progress is committed with the rows',
       has_function_privilege(('pg_catalog.' || f.signature)::regprocedure, 'EXECUTE'),
       format('GRANT EXECUTE ON FUNCTION pg_catalog.%s TO %s;', f.signature, me.name),
       case when :way = 'source' then 'back' else 'live' end
  from origin_function f, me
union all
select 'SET session_replication_role', 'the app''s triggers must not fire for changes that are carried',
       case when version >= 150000 then
            coalesce((xpath('//*[local-name()="value"]/text()',
                            query_to_xml($q$select has_parameter_privilege('session_replication_role', 'SET') as value$q$,
                                         false, true, '')))[1]::text = 'true', false)
            else false end,
       case when version >= 150000 then format('GRANT SET ON PARAMETER session_replication_role TO %s;', name)
            else format('ALTER ROLE %s SUPERUSER; PostgreSQL 14 has nothing less.', name) end,
       case when :way = 'source' then 'back' else 'live' end
  from me
union all
select 'owner of database ' || here.name,
       case when :way = 'source' then '`finish` keeps the old database closed for writes with it'
            else 'it is given to the app''s role' end,
       pg_has_role(here.datdba, 'USAGE'), format('ALTER DATABASE %s OWNER TO %s;', here.name, me.name),
       case when :way = 'source' then 'finish' else 'move' end
  from me, here
union all
select 'CREATEROLE', 'the app''s role is made with it', rolcreaterole, format('ALTER ROLE %s CREATEROLE;', name), 'move'
  from me where :way = 'target'
union all
select 'CREATEDB', 'the database is given to the app''s role with it', rolcreatedb, format('ALTER ROLE %s CREATEDB;', name),
       'move'
  from me where :way = 'target'
union all
-- A sequence's values are carried at the switch by the owner of its table; one without a table needs the right itself.
select 'UPDATE on ' || full_name, 'the way back sets the sequence', false,
       format('GRANT UPDATE ON SEQUENCE %s TO %s;', full_name, me.name), 'back'
  from relation r, me
 where :way = 'source'
   and case when r.relkind = 'S' then not has_sequence_privilege(r.oid, 'UPDATE') else false end
 order by 1
