-- What must be the same on both sides beside structure: owners, rights, settings, and what makes a plan good or bad.
-- :is_target  whether this side's roles are the move's own; on the other a superuser's part is played by the app's role.
with role_name as (
    select oid, rolname, rolsuper,
           case when rolname like 'pg\_%' then rolname::text
                when :is_target then case when rolname = :app then 'the app''s role' else quote_ident(rolname) end
                when rolsuper or rolname in (:app, :former) then 'the app''s role'
                else quote_ident(rolname)
           end as name,
           -- What a superuser was granted on another's object it had anyway; such a grant is not carried.
           not :is_target and rolsuper and rolname <> :former as is_rank
      from pg_roles
    union all
    select 0, 'public', false, 'public', false
), user_schema as (
    select oid, nspname, nspowner, nspacl from pg_namespace
     where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
), of_extension as (
    select classid, objid from pg_depend where deptype = 'e'
), relation as (
    select c.*, s.nspname, format('%I.%I', s.nspname, c.relname) as full_name
      from pg_class c join user_schema s on s.oid = c.relnamespace
     where ('pg_class'::regclass::oid, c.oid) not in (select classid, objid from of_extension)
       and c.relpersistence <> 't'
), thing (kind, name, owner, acl, acl_kind) as (
    select 'schema', quote_ident(nspname), nspowner, nspacl, 'n' from user_schema
    union all
    select case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
                        when 'c' then 'type' when 'f' then 'foreign table' else 'table' end,
           full_name, relowner, relacl, case relkind when 'S' then 's' else 'r' end
      from relation where relkind in ('r', 'p', 'v', 'm', 'S', 'c', 'f')
    union all
    select 'function', p.oid::regprocedure::text, p.proowner, p.proacl, 'f'
      from pg_proc p join user_schema s on s.oid = p.pronamespace
     where ('pg_proc'::regclass::oid, p.oid) not in (select classid, objid from of_extension)
       -- a range type's constructors are the server's
       and not exists (select from pg_depend d
                        where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
    union all
    select 'type', format_type(t.oid, null), t.typowner, t.typacl, 'T'
      from pg_type t join user_schema s on s.oid = t.typnamespace
     where t.typtype in ('e', 'd', 'r')
       and ('pg_type'::regclass::oid, t.oid) not in (select classid, objid from of_extension)
    union all
    select 'database', '', datdba, datacl, 'd' from pg_database where datname = current_database()
), concerned as (
    select r.* from role_name r
     where r.rolname not like 'pg\_%' and r.oid <> 0 and r.rolname <> 'landfall_mover'
       -- nor whom Landfall works as there
       and (not :is_target or r.rolname <> current_user or r.rolname = :app)
       and (:is_target and r.rolname = :app
            or not r.rolsuper
               and exists (select from pg_shdepend d
                            where d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid
                              and d.dbid = (select oid from pg_database where datname = current_database())))
)
select concat_ws(' ', 'owner of', t.kind, nullif(t.name, '')) as item, r.name as definition
  from thing t join role_name r on r.oid = t.owner
union all
-- MAINTAIN came with PostgreSQL 17; what is granted to all owners there is no difference.
select concat_ws(' ', 'rights on', t.kind, nullif(t.name, '')),
       (select string_agg(distinct concat(r.name, ' ', a.privilege_type,
                                          case when a.is_grantable and a.grantee <> t.owner then ' with grant' end), ', ')
          from aclexplode(coalesce(t.acl, acldefault(t.acl_kind::"char", t.owner))) a
          join role_name r on r.oid = a.grantee and (not r.is_rank or a.grantee = t.owner)
         where a.privilege_type <> 'MAINTAIN')
  from thing t
union all
select format('rights on column %s.%I', r.full_name, a.attname),
       (select string_agg(distinct concat(n.name, ' ', x.privilege_type,
                                          case when x.is_grantable and x.grantee <> r.relowner then ' with grant' end), ', ')
          from aclexplode(a.attacl) x
          join role_name n on n.oid = x.grantee and (not n.is_rank or x.grantee = r.relowner))
  from relation r join pg_attribute a on a.attrelid = r.oid and a.attacl is not null and not a.attisdropped
union all
select concat_ws(' ', 'default privileges of', n.name, 'for', d.defaclobjtype,
                 'in ' || nullif(d.defaclnamespace, 0)::regnamespace::text),
       (select string_agg(distinct concat(g.name, ' ', x.privilege_type,
                                          case when x.is_grantable then ' with grant' end), ', ')
          from aclexplode(d.defaclacl) x
          join role_name g on g.oid = x.grantee and (not g.is_rank or x.grantee = d.defaclrole)
         where x.privilege_type <> 'MAINTAIN')
  from pg_default_acl d join role_name n on n.oid = d.defaclrole
union all
select format('roles of policy %s.%I', r.full_name, p.polname),
       (select string_agg(n.name, ', ' order by n.name) from role_name n where n.oid = any (p.polroles))
  from pg_policy p join relation r on r.oid = p.polrelid
union all
-- NOLOGIN is the fence's on the side that users have left.
select distinct 'role ' || c.name,
       concat_ws(' ', case when r.rolsuper and :is_target then 'superuser' end,
                 case when r.rolcreatedb and (not r.rolsuper or :is_target) then 'createdb' end,
                 case when r.rolcreaterole and (not r.rolsuper or :is_target) then 'createrole' end,
                 case when r.rolreplication and (not r.rolsuper or :is_target) then 'replication' end,
                 case when r.rolbypassrls and (not r.rolsuper or :is_target) then 'bypassrls' end,
                 case when not r.rolinherit then 'noinherit' end)
  from concerned c join pg_roles r on r.oid = c.oid
 where c.name <> 'the app''s role' or :is_target or r.rolname = :former
union all
select 'role the app''s role', ''
 where not :is_target
   and not exists (select from concerned c where c.rolname = :former)
union all
select format('membership of role %s in %s', c.name, g.name),
       concat_ws(' ', case when bool_or(m.admin_option) then 'with admin option' end,
                 -- columns of 16
                 case when not bool_or((to_jsonb(m) ->> 'set_option')::boolean) then 'without set' end,
                 case when bool_or((to_jsonb(m) ->> 'inherit_option')::boolean) <> bool_or(r.rolinherit)
                      then 'inherits otherwise' end)
  from pg_auth_members m
  join concerned c on c.oid = m.member
  join role_name g on g.oid = m.roleid
  join pg_roles r on r.oid = m.member
 where c.name <> 'the app''s role'
 group by c.name, g.name
union all
select concat('setting ', split_part(setting, '=', 1),
              coalesce(' of role ' || n.name, ' of the database'),
              case when s.setrole <> 0 and s.setdatabase <> 0 then ' in the database' end),
       substr(setting, strpos(setting, '=') + 1)
  from pg_db_role_setting s
 cross join lateral unnest(s.setconfig) as setting
  left join concerned n on n.oid = s.setrole
 where (s.setrole = 0 or n.oid is not null)
   and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
   and (s.setdatabase <> 0 or s.setrole <> 0)
   and split_part(setting, '=', 1) <> 'default_transaction_read_only'
union all
select format('statistics and storage of column %s.%I', r.full_name, a.attname),
       concat_ws(' ', nullif(a.attstattarget, -1), a.attstorage, nullif(a.attcompression, ''),
                 array_to_string(a.attoptions, ','))
  from relation r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
 where r.relkind in ('r', 'p', 'm', 'f')
union all
select format('statistics %I.%I', s.nspname, x.stxname),
       concat_ws(' target ', pg_get_statisticsobjdef(x.oid), nullif(x.stxstattarget, -1))
  from pg_statistic_ext x join user_schema s on s.oid = x.stxnamespace
union all
select 'replica identity of ' || r.full_name, r.relreplident::text
  from relation r
 where r.relkind in ('r', 'p')
   and (r.nspname::text, r.relname::text) not in (:identities)
union all
select 'CLUSTER of index ' || r.full_name, i.indisclustered::text
  from relation r join pg_index i on i.indexrelid = r.oid
union all
select 'enforcement of constraint ' || r.full_name || '.' || quote_ident(k.conname), bool_and(t.tgenabled = 'O')::text
  from pg_trigger t
  join pg_constraint k on k.oid = t.tgconstraint
  join relation r on r.oid = k.conrelid
 where t.tgisinternal
 group by r.full_name, k.conname
union all
select 'columns read by view ' || r.full_name,
       string_agg(distinct concat_ws('.', d.refobjid::regclass, quote_ident(a.attname)), ','
                  order by concat_ws('.', d.refobjid::regclass, quote_ident(a.attname)))
  from relation r
  join pg_rewrite u on u.ev_class = r.oid and u.rulename = '_RETURN'
  join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = u.oid
                  and d.refclassid = 'pg_class'::regclass and d.refobjid <> r.oid
  left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid and a.attnum > 0
 where r.relkind in ('v', 'm')
 group by r.full_name
union all
select 'contents of materialized view ' || full_name, case when relispopulated then 'filled' else 'not filled' end
  from relation where relkind = 'm'
union all
select 'comment on ' || i.type || ' ' || i.identity, d.description
  from pg_description d
 cross join lateral pg_identify_object(d.classoid, d.objoid, d.objsubid) i
 where (d.objoid >= 16384 or (d.classoid, d.objoid) in (select 'pg_namespace'::regclass, oid from user_schema))
   and d.classoid not in ('pg_extension'::regclass, 'pg_class'::regclass)
   and (d.classoid, d.objoid) not in (select classid, objid from of_extension)
   and coalesce(i.schema, '') <> 'landfall' and i.identity <> 'landfall'
union all
select 'event trigger ' || quote_ident(evtname),
       concat_ws(' ', evtevent, evtenabled, evtfoid::regprocedure, array_to_string(evttags, ','))
  from pg_event_trigger
 where ('pg_event_trigger'::regclass::oid, oid) not in (select classid, objid from of_extension)
union all
select 'version of extension ' || quote_ident(e.extname),
       e.extversion || case when e.extversion = a.default_version then ' offered' else '' end
  from pg_extension e left join pg_available_extensions a on a.name = e.extname
union all
select 'cast from ' || format_type(castsource, null) || ' to ' || format_type(casttarget, null),
       concat_ws(' ', castfunc::regprocedure, castcontext, castmethod)
  from pg_cast
 where oid >= 16384 and ('pg_cast'::regclass::oid, oid) not in (select classid, objid from of_extension)
union all
select 'operator ' || o.oid::regoperator, o.oprcode::regprocedure::text
  from pg_operator o join user_schema s on s.oid = o.oprnamespace
 where ('pg_operator'::regclass::oid, o.oid) not in (select classid, objid from of_extension)
union all
select format('text search configuration %I.%I', s.nspname, c.cfgname),
       (select string_agg(concat_ws(' ', m.maptokentype, m.mapseqno, m.mapdict::regdictionary), ',' order by m.maptokentype, m.mapseqno)
          from pg_ts_config_map m where m.mapcfg = c.oid)
  from pg_ts_config c join user_schema s on s.oid = c.cfgnamespace
 where ('pg_ts_config'::regclass::oid, c.oid) not in (select classid, objid from of_extension)
union all
select format('text search dictionary %I.%I', s.nspname, c.dictname), c.dictinitoption
  from pg_ts_dict c join user_schema s on s.oid = c.dictnamespace
 where ('pg_ts_dict'::regclass::oid, c.oid) not in (select classid, objid from of_extension)
 order by 1
