-- Indexes, and the constraints that make one.
select text
  from (select format('alter table %I.%I add constraint %I %s', n.nspname, c.relname, k.conname,
                      pg_get_constraintdef(k.oid)) as text
          from pg_constraint k
          join pg_class c on c.oid = k.conrelid
          join pg_namespace n on n.oid = c.relnamespace
         where k.contype in ('p', 'u', 'x')
           and n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
        union all
        select pg_get_indexdef(i.indexrelid)
          from pg_index i
          join pg_class c on c.oid = i.indrelid
          join pg_namespace n on n.oid = c.relnamespace
         where n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
           and c.relkind = 'r'
           and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
       ) s
 order by 1
