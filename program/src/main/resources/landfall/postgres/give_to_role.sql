-- Everything of the user's becomes the app's role's; objects of extensions stay with them.
do $do$
declare
    command text;
begin
    for command in
        select format('alter schema %I owner to %I', nspname, :role)
          from pg_namespace
         where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall', 'public')
           and not exists (select from pg_depend where classid = 'pg_namespace'::regclass and objid = pg_namespace.oid
                                                   and deptype = 'e')
        union all
        select format('alter %s %I.%I owner to %I',
                      case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
                                     when 'c' then 'type' else 'table' end,
                      n.nspname, c.relname, :role)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c')
           and n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
           and not exists (select from pg_depend d
                            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
           -- a sequence of a column follows its table
           and not exists (select from pg_depend d
                            where c.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = c.oid
                              and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i'))
        union all
        select format('alter %s %s owner to %I',
                      case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
                      p.oid::regprocedure, :role)
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
           and not exists (select from pg_depend d
                            where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
        union all
        select format('alter type %s owner to %I', format_type(t.oid, null), :role)
          from pg_type t join pg_namespace n on n.oid = t.typnamespace
         where t.typtype in ('e', 'd', 'r')
           and n.nspname not like 'pg\_%' and n.nspname not in ('information_schema', 'landfall')
           and not exists (select from pg_depend d
                            where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
    loop
        execute command;
    end loop;
end
$do$;
