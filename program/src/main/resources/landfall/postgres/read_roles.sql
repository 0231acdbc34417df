-- Statements that give the carried roles their attributes and memberships; the first column is the role on the target.
select target_name as role, 1 as place,
       concat_ws(' ', 'alter role', quote_ident(target_name),
                 case when r.rolcanlogin or rolname = :former then 'login' else 'nologin' end,
                 case when r.rolinherit then 'inherit' else 'noinherit' end,
                 -- A superuser's attributes are what it has been given with its rank.
                 case when r.rolcreatedb and not r.rolsuper then 'createdb' else 'nocreatedb' end,
                 case when r.rolcreaterole and not r.rolsuper then 'createrole' else 'nocreaterole' end,
                 'connection limit ' || r.rolconnlimit,
                 'valid until ' || quote_literal(r.rolvaliduntil::text)) as statement
  from carried join pg_roles r using (oid, rolname)
 where not r.rolsuper or rolname = :former
union all
select target_name, 2,
       concat_ws(' ', 'alter role', quote_ident(target_name),
                 case when r.rolreplication and not r.rolsuper then 'replication' else 'noreplication' end,
                 case when r.rolbypassrls and not r.rolsuper then 'bypassrls' else 'nobypassrls' end)
  from carried join pg_roles r using (oid, rolname)
 where not r.rolsuper or rolname = :former
union all
select m.target_name, 3,
       format('grant %I to %I', g.target_name, m.target_name)
       || coalesce(' with ' || nullif(concat_ws(', ',
              case when bool_or(a.admin_option) then 'admin option' end,
              -- Columns of 16; a server before it doesn't know these options.
              case when :membership_options then 'inherit ' || bool_or((to_jsonb(a) ->> 'inherit_option')::boolean) end,
              case when :membership_options and not bool_or((to_jsonb(a) ->> 'set_option')::boolean) then 'set false' end),
              ''), '')
  from pg_auth_members a
  join carried m on m.oid = a.member
  join named g on g.oid = a.roleid
 where g.target_name <> m.target_name and not m.rolsuper
   and (g.rolname like 'pg\_%' and g.rolname <> 'pg_database_owner' or g.oid in (select oid from carried))
   -- what lets a role read the server's files or run its programs is the server owner's to give
   and g.rolname not in ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
 group by g.target_name, m.target_name
union all
-- An app that was superuser could reach what others own; as an ordinary role it does as their member.
select :app, 4, format('grant %I to %I', o.target_name, :app)
  from carried o
 where not o.rolsuper and o.target_name <> :app
   and (select rolsuper from pg_roles where rolname = :former)
   and exists (select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass and d.refobjid = o.oid
                                           and d.deptype = 'o' and d.dbid <> 0)
 order by 2, 1, 3
