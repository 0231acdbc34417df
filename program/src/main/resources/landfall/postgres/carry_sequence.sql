-- Sets one sequence at least to the other side's value and to the extreme of its own column, plus what a session of
-- the other side may have cached. A cycling sequence keeps its exact place: beyond would be within its range as well.
with given as (
    select ?::text::regclass as sequence, ?::bigint as last_value, ?::boolean as is_called
), owned as (
    select g.*, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle,
           (select query_to_xml(format('select %s(%I) as value from %I.%I',
                                       case when q.seqincrement > 0 then 'max' else 'min' end,
                                       a.attname, n.nspname, c.relname), false, true, '')
              from pg_depend d
              join pg_class c on c.oid = d.refobjid
              join pg_namespace n on n.oid = c.relnamespace
              join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
             where d.classid = 'pg_class'::regclass and d.objid = g.sequence
               and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i') limit 1) as extreme
      from given g join pg_sequence q on q.seqrelid = g.sequence
), placed as (
    select *, (xpath('//*[local-name()="value"]/text()', extreme))[1]::text::bigint as in_column from owned
)
select case
         when not is_called and in_column is null then setval(sequence, last_value, false)
         when seqcycle then setval(sequence, last_value, is_called)
         when seqincrement > 0 then
             setval(sequence, least(seqmax, greatest(last_value, in_column)
                                            + least(seqincrement::numeric * seqcache,
                                                    seqmax::numeric - greatest(last_value, in_column)))::bigint, true)
         else
             setval(sequence, greatest(seqmin, least(last_value, in_column)
                                               + greatest(seqincrement::numeric * seqcache,
                                                          seqmin::numeric - least(last_value, in_column)))::bigint, true)
       end
  from placed
