select pid, coalesce(usename, '') as usename
  from pg_stat_activity
 where datname = current_database()
   and backend_type = 'client backend'
   and pid <> pg_backend_pid()
   and not (usename = current_user and application_name like 'landfall/%')
