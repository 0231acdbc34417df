-- Indexes, and the constraints that make one.
select type, name, text
  from (select 'CONSTRAINT' as type, format('%I.%I', n.nspname, k.conname) as name,
               format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname,
                      pg_get_constraintdef(k.oid)) as text
          from pg_constraint k
          join pg_class c on c.oid = k.conrelid
          join pg_namespace n on n.oid = c.relnamespace
         where k.contype in ('p', 'u', 'x')
           and n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
        union all
        select 'INDEX', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
          from pg_index i
          join pg_class c on c.oid = i.indrelid
          join pg_namespace n on n.oid = c.relnamespace
         where n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
           and c.relkind = 'r'
           and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
       ) s
 order by name, text
