-- Transactions of other sessions that have been open for more than five minutes.
select pid, coalesce(usename, '') as role_name, coalesce(application_name, '') as application,
       (extract(epoch from clock_timestamp() - xact_start) / 60)::bigint::text as minutes
  from pg_stat_activity
 where xact_start < clock_timestamp() - interval '5 minutes'
   and pid <> pg_backend_pid()
   and (datname = current_database() or datname is null)
   and coalesce(backend_type, 'client backend') = 'client backend'
   and coalesce(application_name, '') not like 'landfall/%'
 order by xact_start
