-- In which form each column of a user's table goes into the proof of its row. The binary form is exact and cheap, but
-- only for types whose object number is the same on every server; all others go as text. A domain goes as its base type,
-- one over another domain as text. Of some types the server's own hash tells any two values apart that differ in a bit
-- (texts under the collation "C"), so that they need not be made bytes first; that of an int8, and of all that is stored
-- like one, is of 32 bits of it and doesn't.
with exact (names, hashed, texts) as (
    values ('{bool,bytea,char,name,int2,int4,int8,text,oid,json,jsonb,bpchar,varchar,date,time,timetz,timestamp,
              timestamptz,interval,numeric,money,uuid,inet,cidr,macaddr,macaddr8,bit,varbit,tsvector,pg_lsn,
              int4range,int8range,numrange,tsrange,tstzrange,daterange}'::text[],
            '{bool,bytea,char,int2,int4,oid,date,uuid}'::text[],
            '{text,varchar}'::text[])
)
select n.nspname as schema_name, c.relname as table_name, a.attname as column_name,
       format_type(b.oid, nullif(t.typtypmod, -1)) as base_type,
       t.typtype = 'd' as is_domain,
       case
         -- A NaN has many bit patterns and one text.
         when b.oid < 16384 and b.typname in ('float4', 'float8') then 'float'
         when b.oid < 16384 and b.typname = any (exact.hashed) then 'hashed'
         when b.oid < 16384 and b.typname = any (exact.texts) then 'collated'
         when b.oid < 16384 and b.typtype in ('b', 'r') and coalesce(e.typname, b.typname) = any (exact.names) then 'bytes'
         else 'text'
       end as form,
       case when b.oid < 16384 then b.typname::text else '' end as type_name,
       case when b.typsend <> 0 then b.typsend::regproc::text else '' end as send
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_type t on t.oid = a.atttypid
  join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
  left join pg_type e on e.typarray = b.oid and b.typsubscript = 'array_subscript_handler'::regproc
 cross join exact
 where a.attnum > 0
   and not a.attisdropped
   and c.relkind in ('r', 'p')
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
 order by n.nspname collate "C", c.relname collate "C", a.attname collate "C"
