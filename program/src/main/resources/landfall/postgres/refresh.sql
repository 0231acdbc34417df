-- Statements that fill each materialized view again, in the order in which they may read one another.
select format('refresh materialized view %I.%I', n.nspname, c.relname)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'm' and c.relispopulated
   and n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
 order by c.oid
