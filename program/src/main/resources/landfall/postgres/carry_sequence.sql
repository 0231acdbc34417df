-- Sets one sequence beyond the other side's position and beyond the values in every column that it serves, plus what a
-- session of the other side may have cached. Near its bound there is no such margin: the last values are the app's to
-- use. A cycling sequence keeps its exact place: beyond would be within its range as well.
with given as (
    select ?::text::regclass as sequence, ?::bigint as last_value, ?::boolean as is_called
), served as (
    -- The column that owns it, and those whose default calls it, whoever owns it.
    select d.refobjid as relation, d.refobjsubid as attribute
      from given g
      join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = g.sequence
                      and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
    union
    select f.adrelid, f.adnum
      from given g
      join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = g.sequence
                      and d.classid = 'pg_attrdef'::regclass
      join pg_attrdef f on f.oid = d.objid
), in_columns as (
    select query_to_xml(format('select max(%1$I) as greatest, min(%1$I) as least from %2$I.%3$I',
                               a.attname, n.nspname, c.relname), false, true, '') as extremes
      from served s
      join pg_class c on c.oid = s.relation
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = s.relation and a.attnum = s.attribute
     where a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
       and not a.attisdropped
       -- Users wait while this runs: a big table is looked at only through an index.
       and (c.relpages < 12800
            or exists (select from pg_index i
                        where i.indrelid = c.oid and i.indisvalid and i.indkey[0] = a.attnum and i.indpred is null))
), extremes as (
    select max((xpath('//*[local-name()="greatest"]/text()', extremes))[1]::text::numeric) as greatest,
           min((xpath('//*[local-name()="least"]/text()', extremes))[1]::text::numeric) as least
      from in_columns
), placed as (
    select g.*, q.seqcycle, q.seqincrement::numeric * q.seqcache as margin, q.seqmin, q.seqmax,
           e.greatest is null as is_unused,
           case when q.seqincrement > 0 then least(q.seqmax, greatest(g.last_value, e.greatest))
                else greatest(q.seqmin, least(g.last_value, e.least)) end as reached
      from given g join pg_sequence q on q.seqrelid = g.sequence cross join extremes e
)
select case
         when seqcycle or not is_called and is_unused then setval(sequence, last_value, is_called)
         when reached + margin > seqmin and reached + margin < seqmax then setval(sequence, (reached + margin)::bigint, true)
         else setval(sequence, reached::bigint, true)
       end
  from placed
