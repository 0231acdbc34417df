-- Ends sessions that hold a lock which stops a writer's table from being guarded.
select pg_terminate_backend(l.pid)
  from pg_locks l
  join pg_class c on c.oid = l.relation
  join pg_namespace n on n.oid = c.relnamespace
  join pg_stat_activity a on a.pid = l.pid
 where l.database = (select oid from pg_database where datname = current_database())
   and l.granted
   and l.mode in ('RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
                  'ExclusiveLock', 'AccessExclusiveLock')
   and c.relkind in ('r', 'p')
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
   and l.pid <> pg_backend_pid()
   and a.application_name not like 'landfall/%'
   -- only a superuser may end a superuser's session
   and ((select rolsuper from pg_roles where rolname = current_user)
        or not exists (select from pg_roles r where r.rolname = a.usename and r.rolsuper))
