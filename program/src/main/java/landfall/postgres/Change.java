package landfall.postgres;

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
