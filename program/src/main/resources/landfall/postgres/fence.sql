-- Records what was before, then closes. Run again after a crash it keeps the first record.
insert into landfall.fence (move, roles, old_comment, old_read_only)
select :move,
       '{}',
       shobj_description(d.oid, 'pg_database'),
       (select split_part(setting, '=', 2)
          from pg_db_role_setting s, unnest(s.setconfig) as setting
         where s.setdatabase = d.oid and s.setrole = 0 and setting like 'default_transaction_read_only=%')
  from pg_database d
 where d.datname = current_database()
    on conflict (move) do nothing;

do $do$
declare
    role_name text;
    database_name text := current_database();
begin
    if :revoke then
        for role_name in
            select rolname from pg_roles where rolcanlogin and rolname not in (current_user, 'landfall_mover')
        loop
            update landfall.fence set roles = array_append(roles, role_name)
             where move = :move and not role_name = any (roles);
            execute format('alter role %I nologin', role_name);
        end loop;
        -- Only where every session ends with it: one that lived on would stay read-only after the door has opened.
        execute format('alter database %I set default_transaction_read_only = on', database_name);
    end if;
    -- A database's comment is its owner's.
    if (select pg_has_role(datdba, 'USAGE') from pg_database where datname = database_name) then
        execute format('comment on database %I is %L', database_name,
        'Landfall: fenced, takes no writes, because move ' || :move || ' is switching to the other side. '
        || 'To open it again: as ' || current_user || ' in this database, SELECT landfall.lift_fence();');
    end if;
end
$do$;
