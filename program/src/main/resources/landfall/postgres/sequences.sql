-- Every sequence of the user, identity and unowned ones included, and where it stands. Read from the sequence itself:
-- the catalog's functions know no position that was set and not given out yet (ALTER SEQUENCE … RESTART).
select s.sequence,
       (xpath('//*[local-name()="last_value"]/text()', s.row))[1]::text::bigint as last_value,
       (xpath('//*[local-name()="is_called"]/text()', s.row))[1]::text::boolean as is_called,
       s.seqincrement as increment,
       s.seqcycle as cycles
  from (select format('%I.%I', n.nspname, c.relname) as sequence, q.seqincrement, q.seqcycle,
               query_to_xml(format('select last_value, is_called from %I.%I', n.nspname, c.relname), false, true, '')
                   as row
          from pg_sequence q
          join pg_class c on c.oid = q.seqrelid
          join pg_namespace n on n.oid = c.relnamespace
         where n.nspname not like 'pg\_%'
           and n.nspname not in ('information_schema', 'landfall')
           and c.relpersistence <> 't') s
 order by 1
