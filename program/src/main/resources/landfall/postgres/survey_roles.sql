-- Owners, grants, settings and attributes, beside those of the app's role: carried and how.
with user_schema as (
    select n.* from pg_namespace n
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), relation as (
    select c.*, s.nspname, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       and c.relpersistence <> 't' and c.relkind in ('r', 'p', 'v', 'm', 'S')
), concerned as (
    select refobjid as oid, bool_or(deptype = 'o') as owns, bool_or(deptype in ('a', 'r')) as granted
      from pg_shdepend
     where refclassid = 'pg_authid'::regclass
       and (dbid = (select oid from pg_database where datname = current_database())
            or classid = 'pg_database'::regclass
               and objid = (select oid from pg_database where datname = current_database()))
     group by refobjid
), app as (
    select ?::text as name
)
select case when r.rolsuper then 'DECISION' else 'HANDLED' end as verdict, 'role ' || quote_ident(r.rolname) as subject,
       case when r.rolsuper
            then 'it is a superuser and owns objects or has rights here; on the target they are the app''s role''s'
            else 'it '
                 || concat_ws(' and ', case when c.owns then 'owns objects' end, case when c.granted then 'has rights' end)
                 || ' here: it is made on the target with its attributes, ownership and grants'
                 || case when r.rolcanlogin then ', and its password where that can be read' else '' end end as what,
       case when r.rolsuper then format('REASSIGN OWNED BY %I TO %I; or accept.', r.rolname, app.name) else '' end as fix
  from concerned c join pg_roles r on r.oid = c.oid cross join app
 where r.rolname <> app.name and r.rolname not like 'pg\_%' and r.rolname <> 'landfall_mover'
   -- a server's first superuser owns the database and the schema public of its template, and nothing of the user's
   and not (r.oid = 10 and not exists (
            select from pg_shdepend d
             where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid
               and d.dbid = (select oid from pg_database where datname = current_database()))
            and not exists (select from relation where relowner = 10))
union all
-- The plan asks about it; the answer stands in move.yaml.
select 'HANDLED', 'role ' || quote_ident(r.rolname) || ' as superuser',
       'the app works as superuser on the source; on the target it owns its database and is none: row-level security'
       || ' with FORCE binds it, and what only a superuser may do fails',
       format('ALTER ROLE %I NOSUPERUSER; on the source shows today what would fail.', r.rolname)
  from pg_roles r join app on app.name = r.rolname where r.rolsuper
union all
select 'HANDLED', 'role ' || quote_ident(r.rolname),
       'the app''s: carried with its attributes'
       || coalesce(', settings ' || (select string_agg(split_part(setting, '=', 1), ', ')
                                       from pg_db_role_setting s, unnest(s.setconfig) as setting
                                      where s.setrole = r.oid), '')
       || coalesce(', member of ' || (select string_agg(g.rolname, ', ' order by g.rolname)
                                        from pg_auth_members m join pg_roles g on g.oid = m.roleid
                                       where m.member = r.oid), ''), ''
  from pg_roles r join app on app.name = r.rolname where not r.rolsuper
union all
select 'HANDLED', 'grants', count(*) || ' objects have grants, which are carried', ''
  from (select from relation where relacl is not null
        union all select from user_schema where nspacl is not null
        union all select from pg_proc p join user_schema s on s.oid = p.pronamespace where proacl is not null) g
having count(*) > 0
union all
select 'HANDLED', 'default privileges of ' || quote_ident(pg_get_userbyid(defaclrole)),
       'carried, for objects that are made after the move', ''
  from pg_default_acl
union all
select 'HANDLED', 'setting ' || split_part(setting, '=', 1)
       || coalesce(' of role ' || quote_ident((select rolname from pg_roles where oid = s.setrole)), ' of the database'),
       'carried', ''
  from pg_db_role_setting s, unnest(s.setconfig) as setting
 where (s.setdatabase = (select oid from pg_database where datname = current_database())
        or s.setdatabase = 0 and s.setrole in (select oid from concerned))
   and not (s.setrole = 0 and split_part(setting, '=', 1) = 'default_transaction_read_only')
union all
select 'DECISION', 'database ' || quote_ident(datname),
       'it is on the same server; its roles can''t log in while the fence is up', 'Accept, or move it first.'
  from pg_database
 where not datistemplate and datname not in (current_database(), 'postgres')
   and (select rolsuper from pg_roles where rolname = current_user)
 order by 1, 2
