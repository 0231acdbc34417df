package landfall.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The roles, extensions and types of a hostile schema.
 *
 * @param types from which columns are made: the server's own, those of the extensions drawn, and the schema's
 */
record HostileTypes(List<String> statements, List<String> types) {
    private static final List<String> OWN = List.of(
            "create schema \"Odd.Schema\"",
            "create type mood as enum ('sad', 'o''k', '')",
            "create domain even as smallint check (value % 2 = 0)",
            "create domain small_even as even check (value < 20000)",
            "create domain even_list as small_even[] check (cardinality(value) < 5)",
            "create domain mood_of_mood as mood default 'sad'",
            "create type odd_pair as (a int, \"b c\" text)",
            "create domain pair_domain as odd_pair check ((value).a > 0)",
            "create type nested_pair as (one odd_pair, more odd_pair[])",
            "create type float_range as range (subtype = float8, multirange_type_name = float_multi)",
            "create type text_range as range (subtype = text, collation = \"C\")",
            "create type \"Odd.Schema\".\"Quo\"\"ted, Type\" as (moods mood[], \"r\" text_range, \"d.e\" small_even)",
            "create function touched() returns trigger language plpgsql as $$ begin new.note := coalesce(new.note, '') || '!';"
                    + " return new; end $$",
            "create collation if not exists blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");

    private static final List<String> OWN_NAMES = List.of(
            "mood",
            "small_even",
            "even_list",
            "mood_of_mood",
            "odd_pair",
            "pair_domain",
            "nested_pair",
            "float_range",
            "float_multi",
            "text_range",
            "\"Odd.Schema\".\"Quo\"\"ted, Type\"");

    private static final Map<String, List<String>> OF_EXTENSIONS = new TreeMap<>(Map.of(
            "hstore", List.of("hstore"),
            "ltree", List.of("ltree", "lquery", "ltxtquery"),
            "cube", List.of("cube"),
            "seg", List.of("seg"),
            "isn", List.of("isbn", "ean13"),
            "intarray", List.of("query_int"),
            "pg_trgm", List.of(),
            "btree_gist", List.of(),
            "pgcrypto", List.of(),
            "unaccent", List.of()));

    /** Types with a length or a precision, which pg_type doesn't list. */
    private static final List<String> NARROW =
            List.of("numeric(10,2)", "character varying(7)", "character(5)", "bit(3)");

    static HostileTypes of(Random random, HostileSchema.Offer offer, String roles) {
        List<String> statements = new ArrayList<>(List.of(
                "create role \"" + roles + "reader\" nologin connection limit 7",
                "create role \"" + roles + "group\" nologin createdb",
                "grant \"" + roles + "group\" to \"" + roles + "reader\"",
                "create extension if not exists citext"));
        List<String> types = new ArrayList<>(offer.types());
        types.addAll(NARROW);
        types.add("citext");
        for (Map.Entry<String, List<String>> extension : OF_EXTENSIONS.entrySet()) {
            if (random.nextInt(3) == 0 && offer.extensions().contains(extension.getKey())) {
                statements.add("create extension " + extension.getKey());
                types.addAll(extension.getValue());
            }
        }
        statements.add("set role app_owner");
        statements.addAll(OWN);
        // A third of the columns is of the schema's own types.
        for (int i = 0; i < 3; i++) {
            types.addAll(OWN_NAMES);
        }
        return new HostileTypes(statements, types);
    }
}
