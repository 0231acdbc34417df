package landfall.postgres;

import java.util.List;

/**
 * A schema as statements.
 *
 * @param preData types, tables, functions, views: what must be there before rows
 * @param parallel indexes and the constraints that make one, in any order
 * @param ordered foreign keys, triggers, rules, policies: one after the other
 * @param by who read it, to be told
 */
record SchemaScript(String preData, List<String> parallel, List<String> ordered, String by) {
    SchemaScript {
        parallel = List.copyOf(parallel);
        ordered = List.copyOf(ordered);
    }
}
