-- What is in the source's database that is not carried, or not as it is.
with user_schema as (
    select oid, nspname from pg_namespace
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), relation as (
    select c.*, s.nspname, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       and c.relpersistence <> 't'
)
select 'BLOCKER' as verdict, 'unlogged table ' || full_name as subject,
       'its changes are not in the log' as what, format('ALTER TABLE %s SET LOGGED;', full_name) as fix
  from relation where relkind in ('r', 'p') and relpersistence = 'u'
union all
select 'HANDLED', 'materialized view ' || full_name,
       'filled from the copied rows; what changes until the switch is not in it until its next REFRESH', ''
  from relation where relkind = 'm'
union all
select 'BLOCKER', 'foreign table ' || full_name, 'its server and rows are elsewhere',
       format('DROP FOREIGN TABLE %s;', full_name)
  from relation where relkind = 'f'
union all
select 'BLOCKER', 'large objects', count(*) || ' large objects are not in the log''s logical changes',
       'Move them into bytea columns, or lo_unlink those that are not used.'
  from pg_largeobject_metadata having count(*) > 0
union all
select 'BLOCKER', 'event trigger ' || evtname, 'it would run on the statements that build the target',
       format('DROP EVENT TRIGGER %I;', evtname)
  from pg_event_trigger e
 where not exists (select from pg_depend d
                    where d.classid = 'pg_event_trigger'::regclass and d.objid = e.oid and d.deptype = 'e')
union all
select 'BLOCKER', 'trigger ' || t.tgname || ' on ' || r.full_name,
       'it is ENABLE ' || case t.tgenabled when 'A' then 'ALWAYS' else 'REPLICA' end
       || ' and would fire for copied changes',
       format('ALTER TABLE %s ENABLE TRIGGER %I;', r.full_name, t.tgname)
  from pg_trigger t join relation r on r.oid = t.tgrelid where t.tgenabled in ('A', 'R') and not t.tgisinternal
union all
select 'BLOCKER', 'rule ' || u.rulename || ' on ' || r.full_name,
       'it is enabled for replication and would change copied changes',
       format('ALTER TABLE %s ENABLE RULE %I;', r.full_name, u.rulename)
  from pg_rewrite u join relation r on r.oid = u.ev_class where u.ev_enabled in ('A', 'R')
union all
select 'BLOCKER', 'publication ' || pubname, 'FOR ALL TABLES publishes Landfall''s own tables and those without identity',
       'Drop it, or name its tables.'
  from pg_publication where puballtables
union all
select 'BLOCKER', 'table ' || r.full_name,
       'a deferrable or expression index can''t name rows to follow',
       format('ALTER TABLE %s REPLICA IDENTITY DEFAULT;', r.full_name)
  from relation r join pg_index i on i.indrelid = r.oid and i.indisprimary
 where not i.indimmediate
union all
select 'BLOCKER', 'function ' || p.oid::regprocedure || ' in ' || l.lanname,
       'its language may run code the target does not have',
       'Drop it, or move it by hand after the copy.'
  from pg_proc p
  join user_schema s on s.oid = p.pronamespace
  join pg_language l on l.oid = p.prolang
 where l.lanname not in ('sql', 'plpgsql', 'internal')
   and not exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
union all
select 'DECISION', 'owners', 'objects belong to several roles: ' || string_agg(distinct quote_ident(owner), ', ')
       || '; on the target all belong to the app''s role', 'Accept, or change owners there after the move.'
  from (select pg_get_userbyid(relowner)::text as owner from relation where relkind in ('r', 'p', 'v', 'S')) o
having count(distinct owner) > 1
union all
select 'DECISION', 'grants on ' || full_name, 'grants to other roles are not carried',
       'GRANT them on the target after the move.'
  from relation r
 where exists (select from aclexplode(r.relacl) a where a.grantee <> r.relowner)
   and r.relkind in ('r', 'p', 'v', 'S')
union all
select 'DECISION', 'setting ' || split_part(setting, '=', 1)
       || coalesce(' of role ' || quote_ident((select rolname from pg_roles where oid = s.setrole)), ''),
       'a setting of the database or a role is not carried', 'ALTER DATABASE or ROLE … SET on the target.'
  from pg_db_role_setting s, unnest(s.setconfig) as setting
 where (s.setdatabase = 0 or s.setdatabase = (select oid from pg_database where datname = current_database()))
   and split_part(setting, '=', 1) <> 'default_transaction_read_only'
union all
select 'DECISION', 'database ' || datname, 'it is on the same server; its roles can''t log in while the fence is up',
       'Accept, or move it first.'
  from pg_database where not datistemplate and datname not in (current_database(), 'postgres')
union all
select 'DECISION', 'security label on ' || objname, 'security labels are not carried', 'Set them on the target.'
  from pg_seclabels where objnamespace::regnamespace::text not like 'pg\_%'
union all
select 'HANDLED', 'row-level security of ' || full_name,
       'carried; the app''s role owns the table, which it binds only with FORCE', ''
  from relation where relrowsecurity
union all
select 'HANDLED', 'partitioned table ' || full_name, 'its partitions are copied and followed one by one', ''
  from relation where relkind = 'p'
union all
select 'HANDLED', 'sequences', count(*) || ' sequences are set at each switch', ''
  from relation where relkind = 'S' having count(*) > 0
 order by 1, 2
