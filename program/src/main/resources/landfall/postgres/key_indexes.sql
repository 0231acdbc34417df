-- Primary keys and unique constraints of ordinary tables, each as an index and as the constraint that takes it over.
select n.nspname as schema_name,
       c.relname as table_name,
       k.conname as constraint_name,
       pg_get_indexdef(k.conindid) as create_index,
       pg_relation_size(k.conindid) as bytes,
       format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s USING INDEX %I%s%s', n.nspname, c.relname, k.conname,
              case k.contype when 'p' then 'PRIMARY KEY' else 'UNIQUE' end, i.relname,
              case when k.condeferrable then ' DEFERRABLE' end,
              case when k.condeferred then ' INITIALLY DEFERRED' end) as using_index
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_class i on i.oid = k.conindid
  join pg_am a on a.oid = i.relam
 where k.contype in ('p', 'u')
   and c.relkind = 'r'
   and a.amname = 'btree'
   and i.relname = k.conname
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
