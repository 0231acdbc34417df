-- Removes what an unfinished copy made in the target's database: every schema of the user; public is made again.
do $do$
declare
    schema_name text;
begin
    for schema_name in
        select nspname from pg_namespace
         where nspname not like 'pg\_%' and nspname not in ('information_schema', 'landfall')
    loop
        execute format('drop schema %I cascade', schema_name);
    end loop;
    create schema public authorization pg_database_owner;
    grant usage on schema public to public;
    comment on schema public is 'standard public schema';
end
$do$;
