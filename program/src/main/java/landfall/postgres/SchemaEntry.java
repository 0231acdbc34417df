package landfall.postgres;

/**
 * One entry of a schema, as pg_dump's table of contents has it.
 *
 * @param type in pg_dump's words: {@code TABLE}, {@code INDEX}, {@code FK CONSTRAINT} …; empty for the settings at its
 *     head
 * @param name with the name of the schema in front where there is one
 * @param sql one statement or several that belong together
 */
record SchemaEntry(String type, String name, String sql) {
    @Override
    public String toString() {
        return type.isEmpty() ? "the settings of the schema" : type.toLowerCase(java.util.Locale.ROOT) + " " + name;
    }
}
