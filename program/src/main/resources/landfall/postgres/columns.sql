-- Columns of the user's tables. Binary means: a form without the server's own object numbers in it.
select a.attrelid::bigint as table_oid,
       a.attname as column_name,
       format_type(a.atttypid, a.atttypmod) as column_type,
       a.attgenerated <> '' as is_generated,
       a.attidentity = 'a' as is_identity_always,
       t.typsend <> 0 and b.typsend <> 0
       and b.typname not like 'reg%' and b.typname not like '\_reg%'
       and (b.oid < 16384 or b.typtype = 'e' or b.typtype = 'b' and b.typelem = 0) as is_binary
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_type t on t.oid = a.atttypid
  join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
 where a.attnum > 0
   and not a.attisdropped
   and c.relkind in ('r', 'p')
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
 order by a.attrelid, a.attnum
