-- Code that runs in the source's server: functions, triggers, rules.
with user_schema as (
    select oid, nspname from pg_namespace
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), relation as (
    select c.*, s.nspname, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       and c.relpersistence <> 't'
), routine as (
    select p.*, p.oid::regprocedure::text as full_name, l.lanname, l.lanpltrusted
      from pg_proc p
      join user_schema s on s.oid = p.pronamespace
      join pg_language l on l.oid = p.prolang
     where not exists (select from pg_depend d
                        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
)
select 'BLOCKER' as verdict, 'function ' || full_name || ' in ' || lanname as subject,
       'its language runs code the target may not have' as what,
       format('DROP %s %s; or move it by hand after the copy.',
              case prokind when 'p' then 'PROCEDURE' when 'a' then 'AGGREGATE' else 'FUNCTION' end, full_name) as fix
  from routine
 where lanname in ('c', 'internal') and prokind <> 'a'
   -- a range type makes constructors in C, and each goes with its type
   and not exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = routine.oid and d.deptype = 'i')
union all
select 'HANDLED', 'function ' || full_name || ' in ' || lanname,
       'carried with the schema, where the target has its language''s extension', ''
  from routine where lanname not in ('c', 'internal', 'sql', 'plpgsql') and prokind <> 'a'
union all
select 'HANDLED', 'functions', count(*) || ' functions and procedures in SQL and PL/pgSQL are carried', ''
  from routine where lanname in ('sql', 'plpgsql') having count(*) > 0
union all
select 'DECISION', 'function ' || full_name || ' and search_path',
       'SECURITY DEFINER without a search_path of its own: it runs with its owner''s rights and its caller''s names'
       || ', here and on the target',
       format('ALTER %s %s SET search_path = %s, pg_temp;', case prokind when 'p' then 'PROCEDURE' else 'FUNCTION' end,
              full_name, pronamespace::regnamespace)
  from routine
 where prosecdef and prokind in ('f', 'p')
   and not exists (select from unnest(proconfig) as setting where setting like 'search_path=%')
union all
-- An expression that is kept (index, generated column, check) is computed at the copy under an empty search_path.
select distinct 'DECISION', 'function ' || p.full_name || ' and search_path',
       'an index, constraint or generated column uses it, and it has no search_path of its own: where it names'
       || ' something without its schema, it fails while that is built on the target',
       format('ALTER FUNCTION %s SET search_path = %s, pg_catalog;', p.full_name,
              p.pronamespace::regnamespace)
  from routine p
  join pg_depend d on d.refclassid = 'pg_proc'::regclass and d.refobjid = p.oid
                  and d.classid in ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass)
 where not p.prosecdef and p.prokind = 'f' and p.prosqlbody is null and p.lanname <> 'c'
   and not exists (select from unnest(p.proconfig) as setting where setting like 'search_path=%')
   and (d.classid <> 'pg_attrdef'::regclass
        or exists (select from pg_attrdef f join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum
                    where f.oid = d.objid and a.attgenerated <> ''))
union all
select 'BLOCKER', 'trigger ' || quote_ident(t.tgname) || ' on ' || r.full_name,
       'it is ENABLE ' || case t.tgenabled when 'A' then 'ALWAYS' else 'REPLICA' end
       || ' and would fire for copied changes',
       format('ALTER TABLE %s ENABLE TRIGGER %I;', r.full_name, t.tgname)
  from pg_trigger t join relation r on r.oid = t.tgrelid where t.tgenabled in ('A', 'R') and not t.tgisinternal
union all
select 'HANDLED', 'triggers', count(*) || ' triggers are carried; they don''t fire for copied and followed rows', ''
  from pg_trigger t join relation r on r.oid = t.tgrelid
 where t.tgenabled in ('O', 'D') and not t.tgisinternal and t.tgname <> 'landfall_guard' having count(*) > 0
union all
select 'BLOCKER', 'rule ' || quote_ident(u.rulename) || ' on ' || r.full_name,
       'it is enabled for replication and would change copied changes',
       format('ALTER TABLE %s ENABLE RULE %I;', r.full_name, u.rulename)
  from pg_rewrite u join relation r on r.oid = u.ev_class where u.ev_enabled in ('A', 'R') and u.rulename <> '_RETURN'
union all
select 'HANDLED', 'rule ' || quote_ident(u.rulename) || ' on ' || r.full_name,
       'carried; it does not act on copied and followed rows', ''
  from pg_rewrite u join relation r on r.oid = u.ev_class
 where u.ev_enabled in ('O', 'D') and u.rulename <> '_RETURN' and r.relkind in ('r', 'p')
 order by 1, 2
