-- Tables of extensions whose rows the user may have changed: what the extension's own script puts there is made anew.
select 'DECISION' as verdict, 'rows of extension ' || e.extname || ' in ' || format('%I.%I', n.nspname, c.relname) as subject,
       'tables that belong to an extension are not followed' as what,
       format('COPY their rows by hand after the copy, or DROP EXTENSION %I;', e.extname) as fix
  from pg_extension e
 cross join lateral unnest(e.extconfig) as t (oid)
  join pg_class c on c.oid = t.oid and c.relkind = 'r'
  join pg_namespace n on n.oid = c.relnamespace
 where pg_relation_size(c.oid) > 0
   -- made anew by its script, and not changed by anybody in an ordinary database
   and (e.extname, c.relname) not in (('postgis', 'spatial_ref_sys'))
 order by 2
