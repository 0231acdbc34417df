package landfall.postgres;

/**
 * One statement that comes after rows.
 *
 * @param place its place in the order; also its name in {@code landfall.post_data}
 * @param table whose rows must be there, as {@link Table#sql} writes it; empty where it needs more than one table
 * @param bytes of the index it builds, on the source; 0 for all else
 * @param what the object, to be told
 */
record PostStatement(int place, Phase phase, String table, long bytes, String what, String sql) {
    /** In which order, and what may run side by side. */
    enum Phase {
        /** As soon as the rows of its table are there, in parallel. */
        INDEX,
        /** When all indexes are there, one after the other; none of them reads a table. */
        CONSTRAINT,
        /** Foreign keys, not yet validated: one after the other, as each locks two tables. */
        FOREIGN_KEY,
        /** Foreign keys validated, in parallel for different tables. */
        VALIDATE,
        /** Everything else in the order of the dump, which is that of dependencies. */
        REST
    }

    PostStatement at(int otherPlace) {
        return new PostStatement(otherPlace, phase, table, bytes, what, sql);
    }

    /** Its beginning, to be told when it fails. */
    String firstLine() {
        // pg_dump breaks ALTER TABLE before what it alters.
        String line = SqlText.withoutComments(sql).strip().replaceAll("\\s+", " ");
        return line.length() > 160 ? line.substring(0, 160) + "…" : line;
    }
}
