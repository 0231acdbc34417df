-- One row for each thing whose definition must be the same on both sides. Guard triggers are not among them.
with user_schema as (
    select oid, nspname from pg_namespace
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), relation as (
    select c.*, s.nspname, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       and c.relpersistence <> 't'
)
select 'schema ' || quote_ident(nspname) as item, '' as definition from user_schema
union all
select 'relation ' || full_name,
       concat_ws(' ', relkind, relpersistence, 'rls', relrowsecurity, relforcerowsecurity,
                 array_to_string(reloptions, ','), pg_get_expr(relpartbound, oid), pg_get_partkeydef(oid),
                 (select 'method ' || amname from pg_am where pg_am.oid = relam and relkind in ('r', 'm')),
                 'under ' || (select string_agg(i.inhparent::regclass::text, ',' order by i.inhseqno)
                                from pg_inherits i where i.inhrelid = relation.oid and relkind in ('r', 'p', 'f')))
  from relation where relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'c')
union all
select 'column ' || r.full_name || '.' || quote_ident(a.attname),
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), 'notnull', a.attnotnull, 'generated', a.attgenerated,
                 'identity', a.attidentity, 'default', pg_get_expr(d.adbin, d.adrelid),
                 'collation', (select collname from pg_collation where oid = a.attcollation))
  from relation r
  join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
 where r.relkind in ('r', 'p', 'v', 'm', 'f', 'c')
union all
-- Since 18 NOT NULL is one; see StructureProof for servers before.
select case when k.contype = 'n' then 'not null ' else '' end
       || 'constraint ' || coalesce(r.full_name || '.', '') || quote_ident(k.conname),
       pg_get_constraintdef(k.oid) || ' validated ' || k.convalidated
  from pg_constraint k join relation r on r.oid = k.conrelid
union all
select 'index ' || r.full_name, pg_get_indexdef(r.oid) || ' valid ' || i.indisvalid
  from relation r join pg_index i on i.indexrelid = r.oid
union all
select 'trigger ' || r.full_name || '.' || quote_ident(t.tgname),
       pg_get_triggerdef(t.oid) || ' enabled ' || t.tgenabled::text
  from pg_trigger t join relation r on r.oid = t.tgrelid
 where not t.tgisinternal and t.tgname <> 'landfall_guard'
union all
select 'sequence ' || r.full_name,
       concat_ws(' ', format_type(q.seqtypid, null), q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
                 q.seqcycle,
                 (select 'owned by ' || d.refobjid::regclass || '.' || quote_ident(a.attname) || ' ' || d.deptype::text
                    from pg_depend d
                    join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                   where d.classid = 'pg_class'::regclass and d.objid = r.oid
                     and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')))
  from pg_sequence q join relation r on r.oid = q.seqrelid
union all
select 'view ' || r.full_name, pg_get_viewdef(r.oid) from relation r where r.relkind in ('v', 'm')
union all
select 'rule ' || r.full_name || '.' || quote_ident(u.rulename), pg_get_ruledef(u.oid) || ' enabled ' || u.ev_enabled::text
  from pg_rewrite u join relation r on r.oid = u.ev_class where u.rulename <> '_RETURN'
union all
select 'policy ' || r.full_name || '.' || quote_ident(p.polname),
       concat_ws(' ', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
                 pg_get_expr(p.polwithcheck, p.polrelid))
  from pg_policy p join relation r on r.oid = p.polrelid
union all
select 'function ' || p.oid::regprocedure,
       case when p.prokind = 'a'
            then (select concat_ws(' ', 'aggregate', a.aggtransfn, a.aggfinalfn, a.aggtranstype::regtype, a.agginitval,
                                   a.aggcombinefn, a.aggsortop::regoperator)
                    from pg_aggregate a where a.aggfnoid = p.oid)
            -- A body that is kept parsed is written otherwise by another major version; see Deparsed.
            when p.prosqlbody is not null then pg_get_functiondef(p.oid)
            else md5(pg_get_functiondef(p.oid)) end
  from pg_proc p join user_schema s on s.oid = p.pronamespace
 where not exists (select from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
union all
select 'type ' || format_type(t.oid, null),
       concat_ws(' ', t.typtype, format_type(nullif(t.typbasetype, 0), t.typtypmod), 'notnull', t.typnotnull,
                 coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault),
                 (select 'over ' || format_type(g.rngsubtype, null) from pg_range g where g.rngtypid = t.oid),
                 (select 'collation ' || collname from pg_collation where oid = t.typcollation and t.typtype = 'd'),
                 (select string_agg(quote_literal(e.enumlabel), ',' order by e.enumsortorder)
                    from pg_enum e where e.enumtypid = t.oid),
                 (select string_agg(pg_get_constraintdef(k.oid), ',' order by k.conname)
                    from pg_constraint k where k.contypid = t.oid and k.contype = 'c'))
  from pg_type t join user_schema s on s.oid = t.typnamespace
 where t.typtype in ('e', 'd', 'r')
   and not exists (select from pg_depend d
                    where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
union all
select 'comment ' || r.full_name || coalesce('.' || quote_ident(a.attname), ''), d.description
  from pg_description d
  join relation r on r.oid = d.objoid and d.classoid = 'pg_class'::regclass
  left join pg_attribute a on a.attrelid = r.oid and a.attnum = d.objsubid and d.objsubid > 0
union all
select format('collation %I.%I', s.nspname, c.collname),
       concat_ws(' ', c.collprovider, c.collcollate, c.collctype, c.collisdeterministic)
  from pg_collation c join user_schema s on s.oid = c.collnamespace
union all
select 'extension ' || extname, '' from pg_extension
 order by 1
