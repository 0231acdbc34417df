-- How rows of each table are found on the receiving side. A key is exact where two values are equal to the server exactly
-- when their texts are: 1.0 and 1.00, -0 and 0, or two spellings under a collation of its own are not.
select n.nspname as schema_name,
       c.relname as table_name,
       c.relreplident::text as identity,
       coalesce((
           select bool_and(
                      b.oid = any (array['int2', 'int4', 'int8', 'oid', 'text', 'varchar', 'uuid', 'bool', 'date',
                                         'timestamp', 'timestamptz', 'bytea', 'name', '"char"', 'time']::regtype[])
                          and coalesce(l.collisdeterministic, true)
                      or b.typtype = 'e'
                      or b.oid = 'numeric'::regtype and m.typmod > 0
                      or b.oid = 'bpchar'::regtype and m.typmod > 0 and coalesce(l.collisdeterministic, true))
             from unnest(i.indkey) with ordinality as k (attribute, place)
             join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attribute
             join pg_type t on t.oid = a.atttypid
            cross join lateral (select case when t.typtype = 'd' then t.typtypmod else a.atttypmod end as typmod) m
             join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
             left join pg_collation l on l.oid = a.attcollation
            where k.place <= i.indnkeyatts), false) as is_exact,
       array(select distinct a.attname::text
               from pg_index x
               join pg_attribute a on a.attrelid = c.oid and a.attnum = x.indkey[0]
               join pg_class xc on xc.oid = x.indexrelid
               join pg_am am on am.oid = xc.relam
              where x.indrelid = c.oid and x.indisvalid and x.indpred is null and am.amname = 'btree') as indexed
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_index i
    on i.indrelid = c.oid and i.indisvalid and i.indimmediate
   and (c.relreplident in ('d', 'f') and i.indisprimary or c.relreplident = 'i' and i.indisreplident)
 where c.relkind in ('r', 'p')
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
