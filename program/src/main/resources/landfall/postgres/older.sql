-- Sessions whose transactions are older than a transaction number; prepared transactions have no pid.
select pid, coalesce(usename, '') as role_name, coalesce(application_name, '') as application, xact_start
  from pg_stat_activity
 where backend_xid is not null and backend_xid::text::bigint < (? % 4294967296) and pid <> pg_backend_pid()
union all
select 0, owner::text, 'prepared transaction ' || gid, prepared from pg_prepared_xacts
