-- Tables about which the planner knows too little: no statistics, or none since much has changed; and those of which no
-- page is known to be visible to all, so that index-only scans would read the table all the same.
select n.nspname as schema_name, c.relname as table_name,
       pg_relation_size(c.oid) as bytes,
       c.reltuples < 0
       or not exists (select from pg_statistic s where s.starelid = c.oid and not s.stainherit)
       or pg_stat_get_mod_since_analyze(c.oid) > 1000 + c.reltuples / 5 as needs_analyze,
       c.relpages > 128 and c.relallvisible < c.relpages / 2 as needs_vacuum
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'm')
   and c.relpersistence <> 't'
   and pg_relation_size(c.oid) > 0
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
 order by 3 desc, 1, 2
