-- Objects of the source beside its tables: carried and how, or what is to be decided.
with user_schema as (
    select oid, nspname from pg_namespace
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), relation as (
    select c.*, s.nspname, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       and c.relpersistence <> 't'
), user_type as (
    select t.*, format_type(t.oid, null) as full_name
      from pg_type t join user_schema s on s.oid = t.typnamespace
      left join pg_class c on c.oid = t.typrelid
     where (t.typtype in ('d', 'e', 'r') or t.typtype = 'c' and c.relkind = 'c'
            or t.typtype = 'b' and t.typcategory <> 'A')
       and not exists (select from pg_depend d
                        where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
)
select 'HANDLED' as verdict, 'materialized view ' || full_name as subject,
       'its definition is carried; it is filled at the copy and refreshed before the switch' as what, '' as fix
  from relation where relkind = 'm' and relispopulated
union all
select 'HANDLED', 'materialized view ' || full_name, 'its definition is carried; it is not populated on the source', ''
  from relation where relkind = 'm' and not relispopulated
union all
select 'BLOCKER', 'foreign table ' || full_name, 'its server and rows are elsewhere',
       format('DROP FOREIGN TABLE %s;', full_name)
  from relation where relkind = 'f'
union all
select 'BLOCKER', 'large objects', count(*) || ' large objects are not in the log''s logical changes',
       'SELECT lo_unlink(oid) FROM pg_largeobject_metadata; if they are not used, or move them into bytea columns.'
  from pg_largeobject_metadata having count(*) > 0
union all
select 'BLOCKER', 'event trigger ' || quote_ident(evtname), 'it would run on the statements that build the target',
       format('DROP EVENT TRIGGER %I;', evtname)
  from pg_event_trigger e
 where not exists (select from pg_depend d
                    where d.classid = 'pg_event_trigger'::regclass and d.objid = e.oid and d.deptype = 'e')
union all
select 'HANDLED', 'type ' || full_name,
       case typtype when 'd' then 'a domain' when 'e' then 'an enum' when 'r' then 'a range' else 'a composite type' end
       || ', carried with the schema', ''
  from user_type where typtype <> 'b'
union all
select 'BLOCKER', 'type ' || full_name, 'a base type, whose functions are code of the server',
       'Install what made it on the target, or drop it.'
  from user_type where typtype = 'b'
union all
select 'HANDLED', 'view ' || full_name, 'carried with the schema', '' from relation where relkind = 'v'
union all
select 'HANDLED', 'comments', count(*) || ' comments are carried with the schema', ''
  from pg_description d
  join relation r on r.oid = d.objoid and d.classoid = 'pg_class'::regclass
having count(*) > 0
union all
select 'HANDLED', 'comment on database ' || quote_ident(datname), 'not carried: ' || shobj_description(oid, 'pg_database'),
       format('COMMENT ON DATABASE … IS %L;', shobj_description(oid, 'pg_database'))
  from pg_database where datname = current_database() and shobj_description(oid, 'pg_database') is not null
                     and shobj_description(oid, 'pg_database') not like 'Landfall:%'
union all
select 'DECISION', 'security label on ' || objname, 'security labels are not carried',
       format('SECURITY LABEL FOR %I ON %s %s IS %L; on the target.', provider, upper(objtype), objname, label)
  from pg_seclabels where coalesce(objnamespace::regnamespace::text, '') not like 'pg\_%'
 order by 1, 2
