-- Begins the readers of roles: what each role of the source is called on the target. Superusers become the app's role:
-- on the target nobody but the service's own is one.
with recursive named as (
    select r.oid, r.rolname, r.rolsuper,
           case when r.rolsuper or r.rolname = :former then :app else r.rolname end as target_name
      from pg_roles r
), near as (
    select distinct d.refobjid as oid
      from pg_shdepend d
     where d.refclassid = 'pg_authid'::regclass
       and (d.dbid = (select oid from pg_database where datname = current_database())
            or d.classid = 'pg_database'::regclass
               and d.objid = (select oid from pg_database where datname = current_database()))
    union
    -- Whoever is a member of a role that has rights here has them too.
    select m.member
      from pg_auth_members m
      join pg_shdepend d on d.refclassid = 'pg_authid'::regclass and d.refobjid = m.roleid
                        and d.dbid = (select oid from pg_database where datname = current_database())
    union
    select oid from pg_roles where rolname = :former
), concerned (oid) as (
    select oid from near
    union
    -- What a role is a member of may be asked for by a policy, though it has no rights here itself.
    select m.roleid from pg_auth_members m join concerned c on c.oid = m.member
     where not (select rolsuper from pg_roles r where r.oid = m.member)
), carried as (
    select n.* from named n join concerned c on c.oid = n.oid
     where n.rolname not like 'pg\_%' and n.rolname <> 'landfall_mover'
), user_schema as (
    select n.* from pg_namespace n
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), relation as (
    select c.*, s.nspname, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where c.relpersistence <> 't'
       and not exists (select from pg_depend d
                        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
)
