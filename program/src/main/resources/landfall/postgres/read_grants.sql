-- Grants on the source's objects, default privileges and settings, as statements for the target.
-- What has no list of its own has the built-in one on both sides.
, granted (kind, name, owner, acl) as (
    select 'schema', quote_ident(s.nspname), s.nspowner, s.nspacl from user_schema s
    union all
    select case r.relkind when 'S' then 'sequence' else 'table' end, r.full_name, r.relowner, r.relacl
      from relation r where r.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    union all
    select case p.prokind when 'p' then 'procedure' else 'function' end, p.oid::regprocedure::text, p.proowner, p.proacl
      from pg_proc p join user_schema s on s.oid = p.pronamespace
     where not exists (select from pg_depend d
                        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    union all
    select 'type', format_type(t.oid, null), t.typowner, t.typacl
      from pg_type t join user_schema s on s.oid = t.typnamespace
     where not exists (select from pg_depend d
                        where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
    union all
    select 'database', ':database', d.datdba, d.datacl from pg_database d where d.datname = current_database()
), single as (
    select g.kind, g.name, g.owner, a.grantee, a.privilege_type, a.is_grantable
      from granted g cross join lateral aclexplode(g.acl) a
     where g.acl is not null and (a.privilege_type <> 'MAINTAIN' or :maintain)
    union all
    -- MAINTAIN came with 17: who had all that a server before it could give has it there too, as by GRANT ALL.
    select g.kind, g.name, g.owner, a.grantee, 'MAINTAIN', bool_and(a.is_grantable)
      from granted g cross join lateral aclexplode(g.acl) a
     where g.kind = 'table' and :maintain and current_setting('server_version_num')::int < 170000
     group by g.kind, g.name, g.owner, a.grantee
    having count(distinct a.privilege_type) = 7
), given_by_default as (
    select d.oid, x.grantee, x.privilege_type, x.is_grantable
      from pg_default_acl d cross join lateral aclexplode(d.defaclacl) x
     where x.privilege_type <> 'MAINTAIN' or :maintain
    union all
    select d.oid, x.grantee, 'MAINTAIN', bool_and(x.is_grantable)
      from pg_default_acl d cross join lateral aclexplode(d.defaclacl) x
     where d.defaclobjtype = 'r' and :maintain and current_setting('server_version_num')::int < 170000
     group by d.oid, x.grantee
    having count(distinct x.privilege_type) = 7
), grantee as (
    select oid, target_name, rolsuper and rolname <> :former as is_rank from named
    union all select 0, 'public', false
), statement (place, sort, text) as (
    -- A list takes the place of the built-in one: first nobody has anything.
    select 1, kind || name,
           format('revoke all on %s %s from public, %I', kind, name, n.target_name)
      from granted g join named n on n.oid = g.owner where g.acl is not null
    union all
    select 2, concat(s.kind, s.name, e.target_name, s.is_grantable),
           format('grant %s on %s %s to %s%s', string_agg(distinct s.privilege_type, ', '), s.kind, s.name,
                  case when s.grantee = 0 then 'public' else quote_ident(e.target_name) end,
                  case when s.is_grantable and s.grantee <> 0 then ' with grant option' else '' end)
      from single s join grantee e on e.oid = s.grantee
     -- what a superuser was granted on another's object it had anyway
     where not e.is_rank or s.grantee = s.owner
     group by s.kind, s.name, s.grantee, e.target_name, s.is_grantable
    union all
    select 3, concat(r.full_name, a.attname),
           format('grant %s (%I) on table %s to %s%s', x.privilege_type, a.attname, r.full_name,
                  case when x.grantee = 0 then 'public' else quote_ident(e.target_name) end,
                  case when x.is_grantable and x.grantee <> 0 then ' with grant option' else '' end)
      from relation r
      join pg_attribute a on a.attrelid = r.oid and a.attacl is not null and not a.attisdropped
     cross join lateral aclexplode(a.attacl) x
      join grantee e on e.oid = x.grantee
     where not e.is_rank or x.grantee = r.relowner
    union all
    select 4, concat(n.target_name, d.defaclobjtype),
           format('alter default privileges for role %I revoke all on %s from public, %1$I', n.target_name, t.word)
      from pg_default_acl d join named n on n.oid = d.defaclrole
      join (values ('r', 'tables'), ('S', 'sequences'), ('f', 'functions'), ('T', 'types'), ('n', 'schemas')) t (letter, word)
        on t.letter = d.defaclobjtype::text
     where d.defaclnamespace = 0
    union all
    select 5, concat(n.target_name, d.defaclobjtype, x.privilege_type),
           format('alter default privileges for role %I%s grant %s on %s to %s%s', n.target_name,
                  case when d.defaclnamespace <> 0
                       then ' in schema ' || d.defaclnamespace::regnamespace else '' end,
                  x.privilege_type, t.word,
                  case when x.grantee = 0 then 'public' else quote_ident(e.target_name) end,
                  case when x.is_grantable and x.grantee <> 0 then ' with grant option' else '' end)
      from pg_default_acl d join named n on n.oid = d.defaclrole
      join given_by_default x on x.oid = d.oid
      join grantee e on e.oid = x.grantee
      join (values ('r', 'tables'), ('S', 'sequences'), ('f', 'functions'), ('T', 'types'), ('n', 'schemas')) t (letter, word)
        on t.letter = d.defaclobjtype::text
     where not e.is_rank or x.grantee = d.defaclrole
    union all
    select 6, concat(n.target_name, setting),
           format('alter %s set %I = %s',
                  case when s.setrole = 0 then 'database :database'
                       when s.setdatabase = 0 then format('role %I', n.target_name)
                       else format('role %I in database :database', n.target_name) end,
                  split_part(setting, '=', 1),
                  -- Lists of names are kept as they are written; other values are texts.
                  case when lower(split_part(setting, '=', 1)) in ('search_path', 'temp_tablespaces',
                                'local_preload_libraries', 'session_preload_libraries')
                       then replace(substr(setting, strpos(setting, '=') + 1), '""', '''''')
                       else quote_literal(substr(setting, strpos(setting, '=') + 1)) end)
      from pg_db_role_setting s
     cross join lateral unnest(s.setconfig) as setting
      left join carried n on n.oid = s.setrole
     -- A plain move copies behind the fence, which sets this: carried, the target would refuse every write.
     where not (s.setrole = 0 and split_part(setting, '=', 1) = 'default_transaction_read_only')
       and (s.setrole = 0 or n.oid is not null and (not n.rolsuper or n.rolname = :former))
       and (s.setdatabase = 0 and s.setrole <> 0
            or s.setdatabase = (select oid from pg_database where datname = current_database()))
)
select text from statement where text is not null order by place, sort, text
