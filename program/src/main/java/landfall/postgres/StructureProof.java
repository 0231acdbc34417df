package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/** Compares everything but rows: definitions, owners, rights, settings, what an index or a collation is worth. */
final class StructureProof {
    private StructureProof() {}

    /** Words whose order tells one collation from another: cases, accents, signs, blanks, digits. */
    private static final String PROBE =
            "string_to_array(U&'a,A,b,B,ab,a b,a-b,a_b,a.b,-a, a,1,10,2,z,Z,e,f,o,p,ss,st,ll,lz,"
                    + "ch,cz,d,i,I,#a,\\00e4,\\00c4,\\00e9,\\00f6,\\00df,\\0131,\\4e2d,\\0431', ',')";

    /** Definitions alone: what the app's own DDL could have changed since the whole was compared. */
    static int definitions(Connection from, Connection to, List<Problem> problems) throws SQLException {
        CompletableFuture<Map<String, String>> one =
                Verifier.both(() -> qualified(from, () -> Catalog.fingerprint(from)));
        Map<String, String> other = qualified(to, () -> Catalog.fingerprint(to));
        return compare(Verifier.joined(one), other, isOneMajor(from, to), problems);
    }

    /** Everything, owners, rights and settings as well. */
    static int run(Connection from, Connection to, List<Problem> problems) throws SQLException {
        int items = definitions(from, to, problems);
        RoleNames roles = RoleNames.read(from, to);
        items += compare(
                qualified(from, () -> state(from, roles)),
                qualified(to, () -> state(to, roles)),
                isOneMajor(from, to),
                problems);
        stale(to, problems);
        items += SequenceProof.run(from, to, problems);
        return items;
    }

    /** A server writes a name without its schema where a session would find it without. */
    private static <T> T qualified(Connection side, Sessions.Attempt<T> read) throws SQLException {
        String path = Sql.text(side, "show search_path");
        Sql.execute(side, "set search_path = pg_catalog");
        T result = read.run();
        Sql.text(side, "select set_config('search_path', ?, false)", path);
        return result;
    }

    /** The app's role by its names on the target and on the source. */
    private record RoleNames(String app, String former) {
        static RoleNames read(Connection from, Connection to) throws SQLException {
            for (Connection side : List.of(from, to)) {
                if (isTarget(side)) {
                    return Sql.first(
                                    side,
                                    "select target_role, former_role from landfall.copy",
                                    row -> new RoleNames(row.getString(1), row.getString(2)))
                            .orElse(new RoleNames("", ""));
                }
            }
            return new RoleNames("", "");
        }
    }

    /** Both sides may have the schema; only the target was copied to. */
    private static boolean isTarget(Connection side) throws SQLException {
        return Sql.truth(side, "select to_regclass('landfall.copy') is not null")
                && Sql.truth(side, "select exists (select from landfall.copy)");
    }

    private static Map<String, String> state(Connection side, RoleNames roles) throws SQLException {
        boolean identities = Sql.truth(side, "select to_regclass('landfall.identity') is not null");
        Map<String, String> state = new TreeMap<>(Catalog.items(
                side,
                Sql.file("state")
                        .replace(":is_target", Boolean.toString(isTarget(side)))
                        .replace(":app", Sql.literal(roles.app()))
                        .replace(":former", Sql.literal(roles.former()))
                        .replace(
                                ":identities",
                                identities
                                        // Landfall's own, taken back at the end.
                                        ? "select schema_name, table_name from landfall.identity"
                                        : "select '', '' where false")));
        if (Sql.truth(side, "select has_table_privilege('pg_largeobject', 'select')")) {
            state.putAll(Catalog.items(side, Sql.file("large_objects")));
        }
        for (String collation : Sql.strings(side, Sql.file("collations"))) {
            state.put(
                    "order given by collation " + collation,
                    Sql.text(
                            side,
                            "select md5(string_agg(w, '|' order by w collate " + collation
                                    + ", w collate \"C\")) from unnest(" + PROBE + ") w"));
        }
        return state;
    }

    /** Indexes made under another version of a collation's order may be wrong, and nobody would notice. */
    private static void stale(Connection to, List<Problem> problems) throws SQLException {
        for (String collation : Sql.strings(
                to, "select name from (" + Sql.file("collations").replace("order by 1", "") + ") c where is_stale")) {
            problems.add(Problem.error(
                    "The collation " + collation + " is not of the version that is recorded",
                    "the server's library has changed since; indexes of texts may be in the wrong order",
                    "REINDEX what uses it, then ALTER COLLATION " + collation + " REFRESH VERSION."));
        }
    }

    private static boolean isOneMajor(Connection from, Connection to) throws SQLException {
        return from.getMetaData().getDatabaseMajorVersion() == to.getMetaData().getDatabaseMajorVersion();
    }

    private static int compare(
            Map<String, String> one, Map<String, String> other, boolean oneMajor, List<Problem> problems) {
        Set<String> items = new TreeSet<>(one.keySet());
        items.addAll(other.keySet());
        for (String item : items) {
            String expected = Deparsed.settled(one.get(item));
            String found = Deparsed.settled(other.get(item));
            if (!Objects.equals(expected, found)
                    && !isNewer(item, expected, found)
                    && (oneMajor || !isWrittenOtherwise(item, expected, found))) {
                problems.add(Problem.error(
                        "The " + item + " differs",
                        expected == null
                                ? "it is on the receiving side only"
                                : found == null
                                        ? "it is not on the receiving side"
                                        : "it is not the same on both sides",
                        "Make both sides equal, then run landfall verify."));
            }
        }
        return items.size();
    }

    private static boolean isWrittenOtherwise(String item, @Nullable String expected, @Nullable String found) {
        // Before 18 it is no constraint of its own, but a mark of the column, which is compared too.
        if (item.startsWith("not null constraint ")) {
            return true;
        }
        return expected != null
                && found != null
                && Deparsed.unqualified(item, expected).equals(Deparsed.unqualified(item, found));
    }

    /** An extension is made in the version that its server offers, which needn't be that of the other side. */
    private static boolean isNewer(String item, @Nullable String expected, @Nullable String found) {
        return item.startsWith("version of extension ")
                && expected != null
                && found != null
                && expected.endsWith(" offered")
                && found.endsWith(" offered");
    }
}
