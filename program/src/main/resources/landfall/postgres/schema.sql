-- What Landfall keeps in a database while a move lasts. Removed by finish and abandon.
create schema if not exists landfall;

create table if not exists landfall.copy (
    move text primary key,
    target_role text not null,
    former_role text not null,
    snapshot text,
    consistent_point pg_lsn,
    rows_complete_at timestamptz,
    completed_at timestamptz
);

create table if not exists landfall.part (
    move text not null,
    snapshot text not null,
    schema_name text not null,
    table_name text not null,
    first_block bigint not null,
    row_count bigint not null,
    primary key (move, snapshot, schema_name, table_name, first_block)
);

-- Statements that come after the rows; each is marked in its own transaction.
create table if not exists landfall.post_data (
    move text not null,
    place integer not null,
    phase text not null,
    table_name text not null,
    bytes bigint not null,
    what text not null,
    statement text not null,
    done_at timestamptz,
    primary key (move, place)
);

create table if not exists landfall.switch (
    id bigint generated always as identity primary key,
    move text not null,
    direction text not null,
    marker text not null,
    at timestamptz not null default clock_timestamp()
);

create table if not exists landfall.fence (
    move text primary key,
    roles text[] not null,
    old_comment text,
    old_read_only text,
    marker text,
    raised_at timestamptz not null default clock_timestamp()
);

create table if not exists landfall.owner (
    relation text primary key,
    owner text not null
);

create table if not exists landfall.identity (
    schema_name text not null,
    table_name text not null,
    identity text not null,
    index_name text,
    primary key (schema_name, table_name)
);

create or replace function landfall.guard() returns trigger language plpgsql as $$
begin
    raise exception using
        errcode = '42501',
        message = format('landfall: %I.%I takes no writes now', tg_table_schema, tg_table_name),
        hint = 'A move of this database is under way; writes are open on the other side, or will be here in a moment.';
end
$$;

create or replace function landfall.drop_guards() returns void language plpgsql as $$
declare
    guarded record;
begin
    for guarded in
        select n.nspname, c.relname
          from pg_catalog.pg_trigger t
          join pg_catalog.pg_class c on c.oid = t.tgrelid
          join pg_catalog.pg_namespace n on n.oid = c.relnamespace
         where t.tgname = 'landfall_guard' and not t.tgisinternal
    loop
        execute pg_catalog.format('drop trigger landfall_guard on %I.%I', guarded.nspname, guarded.relname);
    end loop;
end
$$;

-- Lets everybody log in and read again; writes stay refused by the guards.
create or replace function landfall.allow_reading() returns void language plpgsql as $$
declare
    fence landfall.fence;
    role_name text;
    database_name text := pg_catalog.current_database();
begin
    for fence in select * from landfall.fence loop
        foreach role_name in array fence.roles loop
            if exists (select from pg_catalog.pg_roles where rolname = role_name) then
                execute pg_catalog.format('alter role %I login', role_name);
            end if;
        end loop;
        if not (select pg_catalog.pg_has_role(datdba, 'USAGE') from pg_catalog.pg_database
                 where datname = database_name) then
            continue;
        end if;
        if fence.old_read_only is null then
            execute pg_catalog.format('alter database %I reset default_transaction_read_only', database_name);
        else
            execute pg_catalog.format('alter database %I set default_transaction_read_only = %L',
                                      database_name, fence.old_read_only);
        end if;
        execute pg_catalog.format('comment on database %I is %L', database_name, fence.old_comment);
    end loop;
end
$$;

-- The one statement that opens a fenced database for writes again.
create or replace function landfall.lift_fence() returns void language plpgsql as $$
begin
    perform landfall.allow_reading();
    perform landfall.drop_guards();
    delete from landfall.fence;
end
$$;
