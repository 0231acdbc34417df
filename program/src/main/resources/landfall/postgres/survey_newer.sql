-- What the source has and an older server (:target, a major version) doesn't know; functions that its catalog lacks
-- stand in :missing, an array of names. Columns of newer catalogs are read by name, as older sources lack them.
with user_schema as (
    select oid, nspname from pg_namespace
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), relation as (
    select c.*, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       and c.relpersistence <> 't'
), fact as (
    select k.*, to_jsonb(k) as newer, coalesce(r.full_name || '.', '') || quote_ident(k.conname) as full_name,
           r.full_name as table_name
      from pg_constraint k left join relation r on r.oid = k.conrelid
     where k.connamespace in (select oid from user_schema)
), definition (subject, text) as (
    select 'default or generated column ' || r.full_name || '.' || quote_ident(a.attname), pg_get_expr(d.adbin, d.adrelid)
      from pg_attrdef d
      join relation r on r.oid = d.adrelid
      join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    union all
    select 'view ' || full_name, pg_get_viewdef(oid) from relation where relkind in ('v', 'm')
    union all
    select 'index ' || full_name, pg_get_indexdef(oid) from relation where relkind in ('i', 'I')
    union all
    select 'constraint ' || full_name, pg_get_constraintdef(oid) from fact where contype in ('c', 'x')
    union all
    select 'policy ' || r.full_name || '.' || quote_ident(p.polname),
           concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
      from pg_policy p join relation r on r.oid = p.polrelid
    union all
    select 'rule ' || r.full_name || '.' || quote_ident(u.rulename), pg_get_ruledef(u.oid)
      from pg_rewrite u join relation r on r.oid = u.ev_class where u.rulename <> '_RETURN'
    union all
    select 'trigger ' || r.full_name || '.' || quote_ident(t.tgname), pg_get_triggerdef(t.oid)
      from pg_trigger t join relation r on r.oid = t.tgrelid where not t.tgisinternal
    union all
    select 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid)
      from pg_proc p join user_schema s on s.oid = p.pronamespace
     where p.prokind in ('f', 'p')
       and not exists (select from pg_depend d
                        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
), syntax (since, pattern, what) as (
    values (15, '\mMERGE INTO\M', 'MERGE'),
           (16, '\m(JSON_ARRAY|JSON_ARRAYAGG|JSON_OBJECT|JSON_OBJECTAGG) *\(|\mIS (NOT )?JSON\M', 'SQL/JSON'),
           (17, '\m(JSON_TABLE|JSON_EXISTS|JSON_QUERY|JSON_VALUE|JSON_SCALAR|JSON_SERIALIZE) *\(', 'SQL/JSON'),
           (17, '\mAT LOCAL\M', 'AT LOCAL'),
           (17, '\mMERGE_ACTION *\(', 'MERGE … RETURNING')
), found (since, subject, what, fix) as (
    select 15, 'index ' || r.full_name, 'NULLS NOT DISTINCT', format('DROP INDEX %s;', r.full_name)
      from pg_index i join relation r on r.oid = i.indexrelid
     where (to_jsonb(i) ->> 'indnullsnotdistinct')::boolean
    union all
    select 15, 'view ' || full_name, 'security_invoker', format('ALTER VIEW %s RESET (security_invoker);', full_name)
      from relation where relkind = 'v' and array_to_string(reloptions, ',') like '%security\_invoker%'
    union all
    select 15, 'constraint ' || full_name, 'ON DELETE SET with a list of columns',
           format('ALTER TABLE %s DROP CONSTRAINT %I;', table_name, conname)
      from fact where coalesce(newer ->> 'confdelsetcols', '') <> ''
    union all
    select 17, 'column ' || r.full_name || '.' || quote_ident(a.attname), 'an identity column of a partitioned table',
           format('ALTER TABLE %s ALTER %I DROP IDENTITY;', r.full_name, a.attname)
      from pg_attribute a join relation r on r.oid = a.attrelid
     where r.relkind = 'p' and a.attidentity <> '' and not a.attisdropped
    union all
    select 17, 'column ' || r.full_name || '.' || quote_ident(a.attname), 'the collation ' || quote_ident(c.collname),
           format('ALTER TABLE %s ALTER %I TYPE %s COLLATE "C";', r.full_name, a.attname, format_type(a.atttypid, a.atttypmod))
      from pg_attribute a join relation r on r.oid = a.attrelid join pg_collation c on c.oid = a.attcollation
     where c.collprovider = 'b' and c.collname <> 'ucs_basic' and not a.attisdropped and r.relkind in ('r', 'p')
    union all
    select 18, 'column ' || r.full_name || '.' || quote_ident(a.attname), 'a virtual generated column',
           format('ALTER TABLE %s DROP COLUMN %I; and ADD it again as GENERATED ALWAYS AS (…) STORED.', r.full_name, a.attname)
      from pg_attribute a join relation r on r.oid = a.attrelid
     where a.attgenerated = 'v' and not a.attisdropped
    union all
    select 18, 'constraint ' || full_name, 'NOT ENFORCED',
           coalesce(format('ALTER TABLE %s DROP CONSTRAINT %I;', table_name, conname), '')
      from fact where not (newer ->> 'conenforced')::boolean
    union all
    select 18, 'constraint ' || full_name, 'WITHOUT OVERLAPS or PERIOD',
           format('ALTER TABLE %s DROP CONSTRAINT %I;', table_name, conname)
      from fact where (newer ->> 'conperiod')::boolean
    union all
    select 18, 'constraint ' || full_name, 'a NOT NULL that is NO INHERIT or NOT VALID',
           format('ALTER TABLE %s DROP CONSTRAINT %I;', table_name, conname)
      from fact where contype = 'n' and (connoinherit or not convalidated)
    union all
    select s.since, d.subject, s.what, 'Write it without that, or drop it.'
      from definition d join syntax s on d.text ~ s.pattern
    union all
    select 1000, d.subject, 'the function ' || m.name || '()', 'Write it without that, or drop it.'
      from definition d
      join unnest(:missing::text[]) as m (name) on strpos(d.text, m.name) > 0 and d.text ~ ('\m' || m.name || ' *\(')
)
select distinct 'BLOCKER' as verdict, subject,
       'it needs ' || what || ', which the target''s PostgreSQL ' || :target || ' doesn''t know' as what, fix
  from found where since > :target
 order by 2, 3
