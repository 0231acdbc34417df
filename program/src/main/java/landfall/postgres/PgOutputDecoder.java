package landfall.postgres;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decodes pgoutput's messages, protocol version 1 (PostgreSQL documentation, "Logical Replication Message Formats"). */
final class PgOutputDecoder {
    /** Microseconds between 1970 and 2000, from which PostgreSQL counts. */
    private static final long EPOCH_2000_MICROS = 946_684_800_000_000L;

    private final Map<Integer, Change.Relation> relations = new HashMap<>();

    /** Null for a message that changes nothing: a relation or a type description. */
    @Nullable
    Change decode(byte[] data, int from, int to) {
        ByteBuffer message = ByteBuffer.wrap(data, from, to - from);
        char kind = (char) message.get();
        return switch (kind) {
            case 'B' -> {
                long finalLsn = message.getLong();
                yield new Change.Begin(finalLsn);
            }
            case 'C' -> {
                message.get();
                message.getLong();
                long end = message.getLong();
                yield new Change.Commit(end, message.getLong() + EPOCH_2000_MICROS);
            }
            case 'O' -> {
                message.getLong();
                yield new Change.Origin(string(message));
            }
            case 'R' -> {
                Change.Relation relation = relation(message);
                // One object for as long as the description stays the same: the applier knows it by that.
                relations.compute(relation.oid(), (oid, before) -> relation.equals(before) ? before : relation);
                yield null;
            }
            case 'Y' -> null;
            case 'I' -> {
                Change.Relation relation = known(message.getInt());
                message.get();
                yield new Change.Insert(relation, row(message));
            }
            case 'U' -> update(message);
            case 'D' -> {
                Change.Relation relation = known(message.getInt());
                message.get();
                yield new Change.Delete(relation, row(message));
            }
            case 'T' -> truncate(message);
            case 'M' -> {
                message.get();
                message.getLong();
                String prefix = string(message);
                yield new Change.Message(prefix, bytes(message, message.getInt()));
            }
            default -> throw new IllegalStateException("pgoutput sent a message of unknown kind '" + kind + "'");
        };
    }

    private Change update(ByteBuffer message) {
        Change.Relation relation = known(message.getInt());
        char kind = (char) message.get();
        @Nullable Row old = null;
        if (kind != 'N') {
            old = oldRow(message);
            message.get();
        }
        return new Change.Update(relation, old, row(message));
    }

    private Change truncate(ByteBuffer message) {
        int count = message.getInt();
        int options = message.get();
        List<Change.Relation> truncated = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            truncated.add(known(message.getInt()));
        }
        return new Change.Truncate(truncated, (options & 1) != 0, (options & 2) != 0);
    }

    private static Change.Relation relation(ByteBuffer message) {
        int oid = message.getInt();
        String schema = string(message);
        String name = string(message);
        message.get();
        int count = message.getShort();
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            message.get();
            columns.add(string(message));
            message.getInt();
            message.getInt();
        }
        return new Change.Relation(oid, schema.isEmpty() ? "pg_catalog" : schema, name, List.copyOf(columns));
    }

    private Change.Relation known(int oid) {
        Change.Relation relation = relations.get(oid);
        if (relation == null) {
            throw new IllegalStateException("pgoutput sent a row of a relation it never described: " + oid);
        }
        return relation;
    }

    /** The last row of a message stays in the bytes it came in. */
    private static Row row(ByteBuffer message) {
        int offset = message.arrayOffset();
        return new Row(message.array(), offset + message.position(), offset + message.limit());
    }

    /** The first of two. */
    private static Row oldRow(ByteBuffer message) {
        int from = message.arrayOffset() + message.position();
        int to = Row.end(message.array(), from);
        message.position(to - message.arrayOffset());
        return new Row(message.array(), from, to);
    }

    private static String string(ByteBuffer message) {
        int end = message.position();
        while (message.get(end) != 0) {
            end++;
        }
        String text = bytes(message, end - message.position());
        message.get();
        return text;
    }

    private static String bytes(ByteBuffer message, int length) {
        byte[] bytes = new byte[length];
        message.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
