-- What ANALYZE is run on, the biggest first; a root takes its partitions along.
select format('%I.%I', n.nspname, c.relname)
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p', 'm')
   and not c.relispartition
   and c.relpersistence <> 't'
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
 order by c.relkind = 'p' desc, pg_relation_size(c.oid) desc
