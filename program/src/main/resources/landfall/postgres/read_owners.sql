-- Who owns what on the target; objects of extensions stay with whoever made those.
select place, statement, item, owner
  from (
    select 1 as place, format('alter schema %I owner to %I', s.nspname, n.target_name) as statement,
           null::text as item, n.target_name as owner
      from user_schema s join named n on n.oid = s.nspowner
     where n.rolname <> 'pg_database_owner'
       and not exists (select from pg_depend d
                        where d.classid = 'pg_namespace'::regclass and d.objid = s.oid and d.deptype = 'e')
    union all
    select 2, format('alter %s %s owner to %I',
                     case r.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
                                    when 'c' then 'type' when 'f' then 'foreign table' else 'table' end,
                     r.full_name, n.target_name),
           r.full_name, n.target_name
      from relation r join named n on n.oid = r.relowner
     where r.relkind in ('r', 'p', 'v', 'm', 'S', 'c', 'f')
       -- a sequence of a column follows its table
       and not exists (select from pg_depend d
                        where r.relkind = 'S' and d.classid = 'pg_class'::regclass and d.objid = r.oid
                          and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i'))
    union all
    select 3, format('alter %s %s owner to %I',
                     case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end,
                     p.oid::regprocedure, n.target_name), null, n.target_name
      from pg_proc p join user_schema s on s.oid = p.pronamespace join named n on n.oid = p.proowner
     where not exists (select from pg_depend d
                        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype in ('e', 'i'))
    union all
    select 4, format('alter type %s owner to %I', format_type(t.oid, null), n.target_name), null, n.target_name
      from pg_type t join user_schema s on s.oid = t.typnamespace join named n on n.oid = t.typowner
     where t.typtype in ('e', 'd', 'r')
       and not exists (select from pg_depend d
                        where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
    union all
    select 5, format('alter collation %I.%I owner to %I', s.nspname, c.collname, n.target_name), null, n.target_name
      from pg_collation c join user_schema s on s.oid = c.collnamespace join named n on n.oid = c.collowner
     where not exists (select from pg_depend d
                        where d.classid = 'pg_collation'::regclass and d.objid = c.oid and d.deptype = 'e')
    union all
    select 6, format('alter text search configuration %I.%I owner to %I', s.nspname, c.cfgname, n.target_name), null,
           n.target_name
      from pg_ts_config c join user_schema s on s.oid = c.cfgnamespace join named n on n.oid = c.cfgowner
     where not exists (select from pg_depend d
                        where d.classid = 'pg_ts_config'::regclass and d.objid = c.oid and d.deptype = 'e')
    union all
    select 7, format('alter text search dictionary %I.%I owner to %I', s.nspname, c.dictname, n.target_name), null,
           n.target_name
      from pg_ts_dict c join user_schema s on s.oid = c.dictnamespace join named n on n.oid = c.dictowner
     where not exists (select from pg_depend d
                        where d.classid = 'pg_ts_dict'::regclass and d.objid = c.oid and d.deptype = 'e')
    union all
    select 8, format('alter operator %s owner to %I', o.oid::regoperator, n.target_name), null, n.target_name
      from pg_operator o join user_schema s on s.oid = o.oprnamespace join named n on n.oid = o.oprowner
     where not exists (select from pg_depend d
                        where d.classid = 'pg_operator'::regclass and d.objid = o.oid and d.deptype = 'e')
    union all
    select 9, format('alter statistics %I.%I owner to %I', s.nspname, x.stxname, n.target_name), null, n.target_name
      from pg_statistic_ext x join user_schema s on s.oid = x.stxnamespace join named n on n.oid = x.stxowner
    union all
    select 11, format('alter operator class %I.%I using %I owner to %I', s.nspname, x.opcname, a.amname, n.target_name), null, n.target_name
      from pg_opclass x join user_schema s on s.oid = x.opcnamespace join named n on n.oid = x.opcowner join pg_am a on a.oid = x.opcmethod
     where not exists (select from pg_depend d
                        where d.classid = 'pg_opclass'::regclass and d.objid = x.oid and d.deptype = 'e')
    union all
    select 12, format('alter operator family %I.%I using %I owner to %I', s.nspname, x.opfname, a.amname, n.target_name), null, n.target_name
      from pg_opfamily x join user_schema s on s.oid = x.opfnamespace join named n on n.oid = x.opfowner join pg_am a on a.oid = x.opfmethod
     where not exists (select from pg_depend d
                        where d.classid = 'pg_opfamily'::regclass and d.objid = x.oid and d.deptype = 'e')
    union all
    select 13, format('alter conversion %I.%I owner to %I', s.nspname, x.conname, n.target_name), null, n.target_name
      from pg_conversion x join user_schema s on s.oid = x.connamespace join named n on n.oid = x.conowner
     where not exists (select from pg_depend d
                        where d.classid = 'pg_conversion'::regclass and d.objid = x.oid and d.deptype = 'e')
    union all
    select 10, format('alter database :database owner to %I', n.target_name), null, n.target_name
      from pg_database d join named n on n.oid = d.datdba
     where d.datname = current_database()
  ) o
 order by place, statement
