-- Tables that hold rows and have no identity that names a row, with what could be done. Size without indexes.
select n.nspname as schema_name,
       c.relname as table_name,
       c.relpersistence = 'u' as is_unlogged,
       c.relreplident::text as identity,
       exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary and not i.indimmediate) as is_deferrable,
       pg_table_size(c.oid) as bytes,
       (select x.relname
          from pg_index i join pg_class x on x.oid = i.indexrelid
         where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indimmediate
           and i.indpred is null and i.indexprs is null
           and not exists (select from unnest(i.indkey) with ordinality as k (attribute, place)
                             join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attribute
                            where k.place <= i.indnkeyatts and not a.attnotnull)
         order by i.indnkeyatts, i.indexrelid limit 1) as index_name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'r'
   and c.relpersistence <> 't'
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   and (c.relpersistence = 'u'
        or not exists (select from pg_index i
                        where i.indrelid = c.oid and i.indisvalid and i.indimmediate
                          and (c.relreplident in ('d', 'f') and i.indisprimary
                               or c.relreplident = 'i' and i.indisreplident)))
 order by n.nspname collate "C", c.relname collate "C"
