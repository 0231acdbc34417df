-- Columns of the user's tables. Binary means: a form without the server's own object numbers in it (as composites,
-- user-defined ranges and arrays of user-defined types have), and the same value as the text form would make: xml's
-- two forms differ in the declaration of the encoding. A type of an extension is named with its version, since it is
-- binary only where both sides have that.
select a.attrelid::bigint as table_oid,
       a.attname as column_name,
       format_type(a.atttypid, a.atttypmod) as column_type,
       a.attgenerated <> '' as is_generated,
       a.attidentity = 'a' as is_identity_always,
       t.typsend <> 0 and b.typsend <> 0 and b.typreceive <> 0
       and b.typname not in ('xml', '_xml')
       and b.typname not like 'reg%' and b.typname not like '\_reg%'
       and (b.oid < 16384 and b.typtype <> 'c'
            or b.typtype = 'e'
            or b.typtype = 'b' and b.typelem = 0 and x.extension_type is not null) as is_binary,
       case when b.oid >= 16384 and b.typtype = 'b' then x.extension_type end as extension_type
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  join pg_type t on t.oid = a.atttypid
  join pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
  left join lateral (
        select format('%I.%I of %s %s', bn.nspname, b.typname, e.extname, e.extversion) as extension_type
          from pg_depend d
          join pg_extension e on e.oid = d.refobjid
          join pg_namespace bn on bn.oid = b.typnamespace
         where d.classid = 'pg_type'::regclass and d.objid = b.oid and d.deptype = 'e'
           and d.refclassid = 'pg_extension'::regclass) x on true
 where a.attnum > 0
   and not a.attisdropped
   and c.relkind in ('r', 'p')
   and n.nspname not like 'pg\_%'
   and n.nspname not in ('information_schema', 'landfall')
 order by a.attrelid, a.attnum
