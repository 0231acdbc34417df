-- Collations that the user's columns have, and the user's own; the database's own is called default.
select distinct case c.collname when 'default' then '"default"'
                else format('%I.%I', n.nspname, c.collname) end as name,
       c.collversion is distinct from pg_collation_actual_version(c.oid) and c.collversion is not null as is_stale
  from pg_collation c
  join pg_namespace n on n.oid = c.collnamespace
 where exists (select from pg_attribute a join pg_class r on r.oid = a.attrelid
                 join pg_namespace s on s.oid = r.relnamespace
                where a.attcollation = c.oid and r.relkind in ('r', 'p') and not a.attisdropped
                  and s.nspname not like 'pg\_%' and s.nspname not in ('information_schema', 'landfall'))
    or n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
 order by 1
