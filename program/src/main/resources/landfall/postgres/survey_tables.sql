-- Kinds of tables that need a word, and what belongs to tables. Those without an identity are told by the program.
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
select 'HANDLED' as verdict, 'partitioned table ' || full_name as subject,
       'its partitions are copied and followed one by one' as what, '' as fix
  from relation where relkind = 'p'
union all
select 'HANDLED', 'inherited table ' || r.full_name, 'copied and followed on its own, like the tables it inherits from', ''
  from relation r
 where r.relkind = 'r' and not r.relispartition and exists (select from pg_inherits i where i.inhrelid = r.oid)
union all
select 'HANDLED', 'generated column ' || r.full_name || '.' || quote_ident(a.attname), 'computed anew on the target', ''
  from relation r join pg_attribute a on a.attrelid = r.oid
 where a.attgenerated <> '' and not a.attisdropped and r.relkind in ('r', 'p')
union all
select 'HANDLED', 'row-level security of ' || full_name,
       case when relforcerowsecurity then 'carried, FORCE included: it binds the owner too'
            else 'carried; it binds every role but the owner, superusers and those with BYPASSRLS' end, ''
  from relation where relrowsecurity
union all
select 'HANDLED', 'sequences', count(*) || ' sequences are set at each switch', ''
  from relation where relkind = 'S' having count(*) > 0
union all
select 'BLOCKER', 'index ' || r.full_name, 'it is not valid: the target''s would be, and may not even be possible',
       format('REINDEX INDEX %s; or DROP INDEX %1$s;', r.full_name)
  from pg_index i join relation r on r.oid = i.indexrelid where not i.indisvalid and r.relkind = 'i'
union all
select 'HANDLED', 'constraint ' || quote_ident(k.conname) || ' of ' || r.full_name, 'carried as NOT VALID, as it is', ''
  from pg_constraint k join relation r on r.oid = k.conrelid where not k.convalidated
union all
select 'HANDLED', 'tablespace of ' || r.full_name, 'on the target it is in the default one', ''
  from relation r where r.reltablespace <> 0
 order by 1, 2
