package landfall.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A schema drawn from a seed, full of what schemas of real applications have one or two of each.
 *
 * @param statements in an order that works
 */
record HostileSchema(List<String> statements, List<Made> tables) {
    /** Rows to which a workload may refer. */
    record Made(String sql, List<Col> columns, Key key, boolean truncatable) {
        List<Col> writable() {
            return columns.stream().filter(Col::writable).toList();
        }
    }

    /** How the workload finds and makes keys. */
    enum Key {
        /** The server gives it. */
        IDENTITY,
        /** An integer the workload draws, which may change. */
        INTEGER,
        /** An integer and a text. */
        PAIR,
        TEXT,
        UUID,
        NUMERIC,
        CITEXT,
        BYTEA,
        /** A unique index, not a primary key, is the replica identity. */
        INDEX,
        /** A primary key, and replica identity full. */
        FULL
    }

    record Col(String sql, String type, boolean writable) {}

    static final String[] TYPES = {
        "create extension if not exists citext",
        "create type mood as enum ('sad', 'o''k', '')",
        "create domain even as smallint check (value % 2 = 0)",
        "create domain small_even as even check (value < 20000)",
        "create type odd_pair as (a int, \"b c\" text)",
        "create type nested_pair as (one odd_pair, more odd_pair[])",
        "create type float_range as range (subtype = float8)",
        "create schema \"Odd.Schema\"",
        "create function touched() returns trigger language plpgsql as $$ begin new.note := coalesce(new.note, '') || '!';"
                + " return new; end $$",
        "create collation if not exists blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    };

    private static final List<String> NAMES = List.of(
            "plain",
            "select",
            "With Space",
            "dot.ted",
            "quo\"ted",
            "apo'strophe",
            "back\\slash",
            "ünï€😀",
            "UPPER",
            "a,b(c)",
            "$1",
            "%s",
            "tab\there",
            "x".repeat(63));

    static HostileSchema of(long seed) {
        return new Maker(new Random(seed)).make();
    }

    private static final class Maker {
        private final Random random;
        private final List<String> statements = new ArrayList<>(List.of(TYPES));
        private final List<Made> tables = new ArrayList<>();

        Maker(Random random) {
            this.random = random;
        }

        HostileSchema make() {
            int count = 2 + random.nextInt(4);
            for (int i = 0; i < count; i++) {
                table(i);
            }
            if (random.nextInt(12) == 0) {
                statements.add("create table very_wide (id int primary key, "
                        + IntStream.range(0, 1_598)
                                .mapToObj(i -> "c" + i + " int")
                                .collect(Collectors.joining(", "))
                        + ")");
                tables.add(new Made(
                        "public.very_wide",
                        List.of(new Col("c0", "integer", true), new Col("c1597", "integer", true)),
                        Key.INTEGER,
                        true));
            }
            cyclic();
            extras();
            return new HostileSchema(statements, tables);
        }

        private String name(int index) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            String unique = name.length() > 60 ? name.substring(0, 61) + index : name + index;
            return (random.nextInt(3) == 0 ? "\"Odd.Schema\"." : "public.") + Sql.quoted(unique);
        }

        private void table(int index) {
            String sql = name(index);
            Key key = List.of(Key.values()).get(random.nextInt(Key.values().length));
            List<Col> columns = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            lines.add(
                    switch (key) {
                        case IDENTITY ->
                            "id bigint generated " + (random.nextBoolean() ? "always" : "by default")
                                    + " as identity (increment " + (random.nextBoolean() ? 1 : -3) + ")";
                        case INTEGER, FULL -> "id int";
                        case PAIR -> "id int, \"The Key\" text";
                        case TEXT -> "id text" + (random.nextInt(3) == 0 ? " collate blind" : "");
                        case UUID -> "id uuid";
                        case NUMERIC -> "id numeric";
                        case CITEXT -> "id citext";
                        case BYTEA -> "id bytea";
                        case INDEX -> "id int not null, \"The Key\" text not null";
                    });
            lines.add("gone int default 3");
            lines.add("note text");
            columns.add(new Col("note", "text", true));
            List<String> types = HostileValues.types();
            int width = 1 + random.nextInt(9);
            for (int i = 0; i < width; i++) {
                String type = types.get(random.nextInt(types.size())) + (random.nextInt(4) == 0 ? "[]" : "");
                String name = Sql.quoted(NAMES.get(random.nextInt(NAMES.size() - 1)) + " " + i);
                lines.add(name + " " + type);
                columns.add(new Col(name, type, true));
            }
            boolean swaps = random.nextInt(3) == 0;
            if (swaps) {
                lines.add("place int unique" + (random.nextBoolean() ? " deferrable initially deferred" : ""));
                columns.add(new Col("place", "integer", true));
            }
            if (random.nextInt(3) == 0) {
                lines.add("doubled text generated always as (note || note) stored");
            }
            boolean partitioned = key == Key.INTEGER && random.nextInt(2) == 0;
            String primary = key == Key.PAIR ? "primary key (\"The Key\", id)" : "primary key (id)";
            if (key != Key.INDEX) {
                lines.add(
                        primary + (random.nextInt(6) == 0 && !partitioned && key != Key.FULL ? " include (gone)" : ""));
            }
            if (partitioned && swaps) {
                lines.removeIf(line -> line.startsWith("place int"));
                columns.removeIf(column -> column.sql().equals("place"));
            }
            statements.add("create table " + sql + " (" + String.join(", ", lines) + ")"
                    + (partitioned ? " partition by " + (random.nextBoolean() ? "range (id)" : "hash (id)") : ""));
            if (partitioned) {
                partitions(sql, statements.getLast().contains("by range"), index);
            }
            if (key == Key.INDEX) {
                statements.add("create unique index \"the identity " + index + "\" on " + sql + " (\"The Key\", id)");
                statements.add("alter table " + sql + " replica identity using index \"the identity " + index + "\"");
            }
            if (key == Key.FULL) {
                statements.add("alter table " + sql + " replica identity full");
            }
            boolean drops = statements.stream().noneMatch(statement -> statement.contains("include (gone)"));
            if (drops && random.nextBoolean()) {
                statements.add("alter table " + sql + " drop column gone");
            }
            around(sql, index, partitioned);
            tables.add(new Made(sql, List.copyOf(columns), key, true));
        }

        private void partitions(String sql, boolean range, int index) {
            if (range) {
                statements.add("create table \"part " + index + " a\" partition of " + sql
                        + " for values from (minvalue) to (500) partition by range (id)");
                statements.add("create table \"part " + index + " aa\" partition of \"part " + index
                        + " a\" for values from (minvalue) to (100)");
                statements.add("create table \"part " + index + " ab\" partition of \"part " + index + " a\" default");
                statements.add("create table \"part " + index + " rest\" partition of " + sql + " default");
            } else {
                for (int i = 0; i < 3; i++) {
                    statements.add("create table \"part " + index + " " + i + "\" partition of " + sql
                            + " for values with (modulus 3, remainder " + i + ")");
                }
            }
        }

        /** What stands beside a table and must neither be lost nor act on the other side. */
        private void around(String sql, int index, boolean partitioned) {
            if (random.nextInt(3) == 0) {
                statements.add("create trigger \"a trigger\" before insert or update on " + sql
                        + " for each row execute function touched()");
            }
            if (random.nextInt(4) == 0) {
                statements.add("create index \"lower " + index + "\" on " + sql + " (lower(note)) where note <> ''");
            }
            if (random.nextInt(4) == 0) {
                statements.add("comment on table " + sql + " is 'it''s a \"table\" \\ of 😀'");
            }
            if (random.nextInt(4) == 0 && !partitioned) {
                statements.add("alter table " + sql + " alter note set storage external");
            }
            if (random.nextInt(4) == 0) {
                statements.add("alter table " + sql + " enable row level security");
                statements.add("create policy \"a policy\" on " + sql + " using (note is null)");
            }
            if (random.nextInt(4) == 0) {
                statements.add(
                        "alter table " + sql + " add constraint \"a check\" check (note is distinct from 'never')");
            }
            if (random.nextInt(5) == 0) {
                statements.add("create rule \"a rule\" as on delete to " + sql
                        + " where old.note = 'protected by a rule' do instead nothing");
            }
            if (random.nextInt(5) == 0) {
                statements.add("create statistics \"stat " + index + "\" on id, note from " + sql);
            }
        }

        private void cyclic() {
            if (random.nextBoolean()) {
                return;
            }
            statements.add("create table hen (id int primary key, note text, egg int)");
            statements.add("create table egg (id int primary key, note text, hen int references hen (id)"
                    + " on delete cascade on update cascade)");
            statements.add("alter table hen add constraint \"from an egg\" foreign key (egg) references egg (id)"
                    + " on delete set null deferrable initially deferred");
            List<Col> note = List.of(new Col("note", "text", true));
            tables.add(new Made("public.hen", note, Key.INTEGER, false));
            tables.add(new Made("public.egg", note, Key.INTEGER, false));
        }

        private void extras() {
            statements.add("create table parent (id int primary key, note text)");
            statements.add("create table child (primary key (id), more text) inherits (parent)");
            List<Col> note = List.of(new Col("note", "text", true));
            tables.add(new Made("only public.parent", note, Key.INTEGER, false));
            tables.add(new Made("public.child", note, Key.INTEGER, true));
            statements.add("create view \"a view\" as select * from parent where note <> ''");
            statements.add("create view \"view on view\" as select count(*) from \"a view\"");
            if (random.nextBoolean()) {
                statements.add("create materialized view seen as select id from parent with "
                        + (random.nextBoolean() ? "" : "no ") + "data");
            }
            statements.add(
                    "create sequence \"loose one\" as smallint increment -2 minvalue -30000 maxvalue -1 cache 5 cycle");
            statements.add("create table empty_one (id int primary key)");
            statements.add("create table booked (room int, during int4range, id int primary key,"
                    + " exclude using gist (during with &&))");
        }
    }
}
