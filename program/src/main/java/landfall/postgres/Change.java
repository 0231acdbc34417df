package landfall.postgres;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What pgoutput (protocol version 1) says, message by message. */
sealed interface Change {
    /** A relation as the sender describes it; resent whenever it may have changed. */
    record Relation(int oid, String schema, String name, List<String> columns) {
        @Override
        public String toString() {
            return schema + "." + name;
        }
    }

    /**
     * A row's values as text, null for NULL.
     *
     * @param unchanged columns whose big value was not sent because the change left it alone
     */
    @SuppressWarnings("ArrayRecordComponent") // one row of millions: a list per row would be copied for nothing
    record Row(@Nullable String[] values, BitSet unchanged) {
        int size() {
            int size = 0;
            for (String value : values) {
                size += value == null ? 4 : value.length() + 4;
            }
            return size;
        }
    }

    /** @param finalLsn where the commit record starts: what a snapshot's consistent point is compared with */
    record Begin(long finalLsn) implements Change {}

    /** @param endLsn behind the commit record: where following goes on */
    record Commit(long endLsn, long timestampMicros) implements Change {}

    record Origin(String name) implements Change {}

    record Insert(Relation relation, Row row) implements Change {}

    /** @param old the key or the whole row as it was; null where the key stayed */
    record Update(Relation relation, @Nullable Row old, Row row) implements Change {}

    record Delete(Relation relation, Row old) implements Change {}

    record Truncate(List<Relation> relations, boolean cascade, boolean restartSequences) implements Change {}

    record Message(String prefix, String content) implements Change {}
}
