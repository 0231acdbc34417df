-- Types of extensions, each with what must be equal on both sides for its binary form to be trusted.
select format('%I.%I of %s %s', n.nspname, t.typname, e.extname, e.extversion)
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  join pg_depend d on d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e'
                  and d.refclassid = 'pg_extension'::regclass
  join pg_extension e on e.oid = d.refobjid
 where t.typsend <> 0 and t.typreceive <> 0
