-- Objects the built-in reader does not carry.
with user_schema as (
    select oid, nspname from pg_namespace
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), relation as (
    select c.*, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       and c.relpersistence <> 't'
)
select 'extension ' || extname from pg_extension where extname <> 'plpgsql'
union all
select case relkind when 'p' then 'partitioned table ' when 'm' then 'materialized view ' when 'f' then 'foreign table '
                    when 'c' then 'composite type ' else 'partitioned index ' end || full_name
  from relation where relkind in ('p', 'm', 'f', 'c', 'I')
union all
select 'inheritance of ' || r.full_name from pg_inherits i join relation r on r.oid = i.inhrelid
union all
select 'row-level security of ' || full_name from relation where relrowsecurity
union all
select 'unlogged table ' || full_name from relation where relpersistence = 'u' and relkind = 'r'
union all
select 'options of ' || full_name from relation where reloptions is not null
union all
select 'typed table ' || full_name from relation where reloftype <> 0
union all
select 'storage or statistics of ' || r.full_name || '.' || a.attname
  from pg_attribute a join relation r on r.oid = a.attrelid join pg_type t on t.oid = a.atttypid
 where a.attnum > 0 and not a.attisdropped and r.relkind = 'r'
   and (a.attstorage <> t.typstorage or coalesce(a.attstattarget, -1) not in (-1) or a.attcompression <> '')
union all
select 'rule ' || u.rulename || ' on ' || r.full_name
  from pg_rewrite u join relation r on r.oid = u.ev_class where u.rulename <> '_RETURN'
union all
select 'type ' || format_type(t.oid, null)
  from pg_type t join user_schema s on s.oid = t.typnamespace
 where (t.typtype in ('d', 'r') or t.typtype = 'b' and t.typelem = 0)
   and not exists (select from pg_depend d
                    where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
union all
select 'aggregate ' || p.oid::regprocedure
  from pg_proc p join user_schema s on s.oid = p.pronamespace
 where p.prokind in ('a', 'w')
   and not exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
union all
select 'function ' || p.oid::regprocedure || ' in ' || l.lanname
  from pg_proc p join user_schema s on s.oid = p.pronamespace join pg_language l on l.oid = p.prolang
 where l.lanname not in ('sql', 'plpgsql')
   and not exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
union all
select 'operator ' || o.oid::regoperator from pg_operator o join user_schema s on s.oid = o.oprnamespace
 where not exists (select from pg_depend d
                    where d.classid = 'pg_operator'::regclass and d.objid = o.oid and d.deptype = 'e')
union all
select 'extended statistics ' || x.stxname from pg_statistic_ext x
union all
select 'collation ' || k.collname from pg_collation k join user_schema s on s.oid = k.collnamespace
union all
select 'text search configuration ' || k.cfgname from pg_ts_config k join user_schema s on s.oid = k.cfgnamespace
union all
select 'cast to ' || format_type(k.casttarget, null) from pg_cast k where k.oid >= 16384
union all
select 'replica identity of ' || full_name from relation where relkind = 'r' and relreplident in ('f', 'i', 'n')
union all
select 'disabled trigger ' || t.tgname || ' on ' || r.full_name
  from pg_trigger t join relation r on r.oid = t.tgrelid where not t.tgisinternal and t.tgenabled <> 'O'
union all
select 'clustered index ' || r.full_name from pg_index i join relation r on r.oid = i.indexrelid where i.indisclustered
union all
select 'comment on ' || d.classoid::regclass || ' ' || d.objoid
  from pg_description d
 where d.objoid >= 16384
   and d.classoid <> 'pg_class'::regclass
   and not exists (select from pg_namespace n
                    where d.classoid = 'pg_namespace'::regclass and n.oid = d.objoid
                      and (n.nspname like 'pg\_%' or n.nspname in ('landfall', 'public')))
   and not exists (select from pg_depend e where e.classid = d.classoid and e.objid = d.objoid and e.deptype = 'e')
   and d.classoid <> 'pg_extension'::regclass
 order by 1
