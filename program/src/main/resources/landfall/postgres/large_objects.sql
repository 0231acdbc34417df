-- Count of pages and checksum of each large object; who owns it stands with the rights.
select 'large object ' || m.oid as item,
       concat_ws(' ', count(l.pageno), sum(hash_record_extended(row(record_send(row(l.pageno, l.data))), 0))) as definition
  from pg_largeobject_metadata m left join pg_largeobject l on l.loid = m.oid
 group by m.oid
 order by 1
