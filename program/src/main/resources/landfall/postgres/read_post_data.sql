-- Foreign keys, triggers and comments.
select type, name, text
  from (select 1 as place, 'FK CONSTRAINT' as type, format('%I.%I', n.nspname, k.conname) as name,
               format('ALTER TABLE ONLY %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname,
                      pg_get_constraintdef(k.oid)) as text
          from pg_constraint k
          join pg_class c on c.oid = k.conrelid
          join pg_namespace n on n.oid = c.relnamespace
         where k.contype = 'f' and n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
        union all
        select 2, 'TRIGGER', format('%I.%I', n.nspname, t.tgname), pg_get_triggerdef(t.oid)
          from pg_trigger t
          join pg_class c on c.oid = t.tgrelid
          join pg_namespace n on n.oid = c.relnamespace
         where not t.tgisinternal and t.tgname <> 'landfall_guard'
           and n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
        union all
        select 3, 'COMMENT', format('%I.%I', n.nspname, c.relname),
               case when a.attname is null
                       then format('comment on %s %I.%I is %L',
                                   case c.relkind when 'v' then 'view' when 'S' then 'sequence' when 'i' then 'index'
                                                  else 'table' end, n.nspname, c.relname, d.description)
                       else format('comment on column %I.%I.%I is %L', n.nspname, c.relname, a.attname, d.description)
                  end
          from pg_description d
          join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
          join pg_namespace n on n.oid = c.relnamespace
          left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
         where n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
       ) s
 order by place, text
