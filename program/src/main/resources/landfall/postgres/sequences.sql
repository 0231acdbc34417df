-- Every sequence of the user, identity and unowned ones included, and where it stands.
select format('%I.%I', n.nspname, c.relname) as sequence,
       coalesce(pg_sequence_last_value(c.oid), q.seqstart) as last_value,
       pg_sequence_last_value(c.oid) is not null as is_called
  from pg_sequence q
  join pg_class c on c.oid = q.seqrelid
  join pg_namespace n on n.oid = c.relnamespace
 where n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
   and c.relpersistence <> 't'
 order by 1
