-- How big each index is: the bigger, the earlier it is built.
select format('%I.%I', n.nspname, c.relname) as index_name, pg_relation_size(c.oid) as bytes
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'i'
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall', 'pg_toast')
