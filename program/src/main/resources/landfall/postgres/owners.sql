-- Relations of the target that do not belong to whom they were given; empty on the side without a copy.
select format('The owner of %I.%I is %I, not %I', n.nspname, c.relname, pg_get_userbyid(c.relowner),
              coalesce(o.owner, p.target_role))
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 cross join lateral (select target_role from landfall.copy limit 1) p
  left join landfall.owner o on o.relation = format('%I.%I', n.nspname, c.relname)
 where c.relkind in ('r', 'p', 'v', 'S', 'm')
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
   and pg_get_userbyid(c.relowner) <> coalesce(o.owner, p.target_role)
   and not exists (select from pg_depend d
                    where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   -- a sequence of a column follows its table
   and not exists (select from pg_depend d
                    where c.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = c.oid
                      and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i'))
