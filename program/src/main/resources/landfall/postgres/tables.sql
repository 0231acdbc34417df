-- The user's tables, ordered so that both sides list them alike.
select c.oid::bigint as table_oid,
       n.nspname as schema_name,
       c.relname as table_name,
       c.relkind = 'p' as is_partitioned,
       pg_table_size(c.oid) as bytes,
       pg_relation_size(c.oid) / current_setting('block_size')::bigint as blocks,
       array(select a.attname::text
               from pg_index i
              cross join lateral unnest(i.indkey) with ordinality as k (attribute, place)
               join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attribute
              where i.indrelid = c.oid
                and i.indisvalid
                and i.indimmediate
                -- changes of an unlogged table are not in the log, whatever its key
                and c.relpersistence <> 'u'
                and k.place <= i.indnkeyatts
                and (c.relreplident in ('d', 'f') and i.indisprimary
                     or c.relreplident = 'i' and i.indisreplident)
              order by k.place) as key_columns
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p')
   and c.relpersistence <> 't'
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 order by n.nspname collate "C", c.relname collate "C"
