package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A schema drawn from a seed, full of what schemas of real applications have one or two of each.
 *
 * @param statements in an order that works; the first of them as a superuser, then as the app's role
 * @param blocked what the survey must refuse, by its subject, and the statement that then removes it
 * @param lacking tables without an identity, as {@code schema.table}: the survey asks, and they are copied again
 */
record HostileSchema(
        List<String> statements, List<Made> tables, Map<String, String> blocked, Map<String, String> lacking) {
    /**
     * What the server has to offer.
     *
     * @param types built-in ones that can be a column's
     */
    record Offer(Set<String> extensions, List<String> types) {
        static Offer of(Connection connection) throws SQLException {
            return new Offer(
                    new TreeSet<>(Sql.strings(connection, "select name from pg_available_extensions")),
                    Sql.strings(
                            connection,
                            "select format_type(oid, null) from pg_type where typnamespace = 'pg_catalog'::regnamespace"
                                    + " and (typtype in ('b', 'r', 'm') and typcategory <> 'A'"
                                    + " or typname in ('oidvector', 'int2vector')) and typisdefined"
                                    + " order by typname collate \"C\""));
        }
    }

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
        FULL,
        /** No key: the same row may be there twice. */
        BARE,
        /** A primary key, and replica identity nothing. */
        NOTHING,
        UNLOGGED,
        /** A primary key that can't be an identity. */
        DEFERRED;

        boolean isLacking() {
            return this == BARE || this == NOTHING || this == UNLOGGED || this == DEFERRED;
        }
    }

    record Col(String sql, String type, boolean writable) {}

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

    static HostileSchema of(long seed, Offer offer) {
        return new Maker(seed, offer).make();
    }

    /** How the names of its roles begin. */
    static String roles(long seed) {
        return "hostile " + seed + " ";
    }

    private static final class Maker {
        private final long seed;
        private final Random random;
        private final List<String> types;
        private final List<String> statements = new ArrayList<>();
        private final List<Made> tables = new ArrayList<>();
        private final Map<String, String> blocked = new LinkedHashMap<>();
        private final Map<String, String> lacking = new LinkedHashMap<>();

        Maker(long seed, Offer offer) {
            this.seed = seed;
            this.random = new Random(seed);
            HostileTypes made = HostileTypes.of(random, offer, roles(seed));
            statements.addAll(made.statements());
            types = made.types();
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
            statements.add("reset role");
            HostileOddities.blocked(random).forEach((subject, made) -> {
                statements.add(made.statement());
                blocked.put(subject, made.removal());
            });
            return new HostileSchema(statements, tables, blocked, lacking);
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
                        case INTEGER, FULL, NOTHING, UNLOGGED, DEFERRED -> "id int";
                        case BARE -> "id int, \"The Key\" text";
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
            int width = 1 + random.nextInt(9);
            for (int i = 0; i < width; i++) {
                String type = types.get(random.nextInt(types.size())) + (random.nextInt(4) == 0 ? "[]" : "");
                if (type.startsWith("pg_")
                        && type.endsWith("[]")
                        && !HostileValues.types().contains(type.replace("[]", ""))) {
                    // What only the server itself makes has no arrays.
                    type = type.replace("[]", "");
                }
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
            boolean partitioned = key == Key.INTEGER && random.nextInt(3) > 0;
            List<String> columnLines = List.copyOf(lines);
            String primary = key == Key.PAIR ? "primary key (\"The Key\", id)" : "primary key (id)";
            if (key == Key.DEFERRED) {
                lines.add("primary key (id) deferrable initially deferred");
            } else if (key != Key.INDEX && key != Key.BARE) {
                lines.add(
                        primary + (random.nextInt(6) == 0 && !partitioned && key != Key.FULL ? " include (gone)" : ""));
            }
            if (partitioned && swaps) {
                lines.removeIf(line -> line.startsWith("place int"));
                columns.removeIf(column -> column.sql().equals("place"));
            }
            String kind = List.of("range", "hash", "list").get(random.nextInt(3));
            statements.add((key == Key.UNLOGGED ? "create unlogged table " : "create table ") + sql + " ("
                    + String.join(", ", lines) + ")" + (partitioned ? " partition by " + kind + " (id)" : ""));
            if (partitioned) {
                partitions(sql, kind, index, columnLines);
            }
            if (key == Key.NOTHING) {
                statements.add("alter table " + sql + " replica identity nothing");
            }
            if (key.isLacking()) {
                lacking.put((key == Key.UNLOGGED ? "unlogged table " : "table ") + unquoted(sql), sql);
            }
            if (key == Key.INDEX) {
                statements.add("create unique index \"the identity " + index + "\" on " + sql + " (\"The Key\", id)");
                statements.add("alter table " + sql + " replica identity using index \"the identity " + index + "\"");
            }
            if (key == Key.FULL) {
                statements.add("alter table " + sql + " replica identity full");
            }
            boolean drops = lines.stream().noneMatch(line -> line.contains("include (gone)"));
            if (drops && random.nextBoolean()) {
                statements.add("alter table " + sql + " drop column gone");
            }
            around(sql, index, partitioned);
            tables.add(new Made(sql, List.copyOf(columns), key, true));
        }

        private static String unquoted(String sql) {
            String schema = sql.startsWith("public.") ? "public." : "\"Odd.Schema\".";
            return schema.replace("\"", "")
                    + sql.substring(schema.length() + 1, sql.length() - 1).replace("\"\"", "\"");
        }

        private void partitions(String sql, String kind, int index, List<String> columnLines) {
            String part = "\"Odd.Schema\".\"part " + index + " ";
            switch (kind) {
                case "range" -> {
                    statements.add("create table " + part + "a\" partition of " + sql
                            + " for values from (minvalue) to (500) partition by range (id)");
                    attach(part + "aa\"", part + "a\"", "for values from (minvalue) to (100)", columnLines);
                    statements.add("create table " + part + "ab\" partition of " + part + "a\" default");
                    statements.add("create table " + part + "rest\" partition of " + sql + " default");
                }
                case "list" -> {
                    statements.add("create table " + part + "few\" partition of " + sql
                            + " for values in (1, 2, 3, 5, 8, 13, 21, 34) partition by hash (id)");
                    statements.add("create table " + part + "few 0\" partition of " + part
                            + "few\" for values with (modulus 2, remainder 0)");
                    statements.add("create table " + part + "few 1\" partition of " + part
                            + "few\" for values with (modulus 2, remainder 1)");
                    attach(part + "rest\"", sql, "default", columnLines);
                }
                default -> {
                    attach(part + "0\"", sql, "for values with (modulus 3, remainder 0)", columnLines);
                    for (int i = 1; i < 3; i++) {
                        statements.add("create table " + part + i + "\" partition of " + sql
                                + " for values with (modulus 3, remainder " + i + ")");
                    }
                }
            }
        }

        /** A partition whose columns stand the other way round, behind one that is gone. */
        private void attach(String partition, String parent, String bounds, List<String> columnLines) {
            statements.add(
                    "create table " + partition + " (junk text, " + String.join(", ", columnLines.reversed()) + ")");
            statements.add("alter table " + partition + " drop column junk");
            statements.add("alter table " + parent + " attach partition " + partition + " " + bounds);
        }

        /** What stands beside a table and must neither be lost nor act on the other side. */
        private void around(String sql, int index, boolean partitioned) {
            if (random.nextInt(3) == 0) {
                statements.add("create trigger \"a trigger\" before insert or update on " + sql
                        + " for each row execute function touched()");
                if (!partitioned && random.nextInt(3) == 0) {
                    statements.add("alter table " + sql + " "
                            + List.of("enable always", "enable replica", "disable")
                                    .get(random.nextInt(3))
                            + " trigger \"a trigger\"");
                }
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
            if (random.nextInt(6) == 0) {
                statements.add("alter table " + sql + " alter note set (n_distinct = 7), alter note set statistics 50");
            }
            if (random.nextInt(6) == 0) {
                statements.add("grant select on " + sql + " to \"" + roles(seed) + "reader\" with grant option");
                statements.add(
                        "grant update (note), insert (id, note) on " + sql + " to \"" + roles(seed) + "reader\"");
            }
            if (random.nextInt(8) == 0) {
                statements.add("alter table " + sql + " force row level security, enable row level security");
                statements.add("create policy \"forced\" on " + sql
                        + " for all to public using (true) with check (note <> 'n7')");
            } else if (random.nextInt(4) == 0) {
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
            statements.add("create table ledger (writer int, n int, turn bigserial primary key)");
            statements.add("create table toasted (id int primary key, note text, big bytea)");
            statements.add("alter table toasted alter big set storage external");
            statements.add(
                    random.nextBoolean()
                            ? "alter table toasted replica identity full"
                            : "alter table toasted alter note set not null");
            statements.add("create table bulk (id int primary key, note text)");
            statements.add("create sequence \"big loose\" increment 7 cache 10");
            for (List<String> oddity : HostileOddities.all(roles(seed))) {
                if (random.nextInt(2) == 0) {
                    statements.addAll(oddity);
                }
            }
            if (statements.contains("create table nothing_at_all ()")) {
                lacking.put("table public.nothing_at_all", "public.nothing_at_all");
            }
            statements.add("create table empty_one (id int primary key)");
            statements.add("create table booked (room int, during int4range, id int primary key,"
                    + " exclude using gist (during with &&))");
        }
    }
}
