package landfall.postgres;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the user has decided about this database before anything moves.
 *
 * @param plain whether nothing is followed: fence, copy, verify, switch
 * @param identities what to do with tables that have no usable replica identity, by {@code schema.table}, or {@code *}
 *     for all that aren't named
 */
public record Choices(boolean plain, Map<String, Identity> identities) {
    public static final Choices NONE = new Choices(false, Map.of());
    public static final String EVERY_TABLE = "*";

    /** What may be done with a table that has no usable replica identity. */
    public enum Identity {
        /** REPLICA IDENTITY USING INDEX a unique one it has, until the move ends. */
        INDEX,
        /** It is not published, and copied again while users wait at the door. */
        RECOPY;

        /** As it is written in move.yaml. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        public static Optional<Identity> of(String word) {
            return java.util.Arrays.stream(values())
                    .filter(one -> one.word().equals(word))
                    .findFirst();
        }
    }

    public Choices {
        identities = java.util.Collections.unmodifiableMap(new TreeMap<>(identities));
    }

    Optional<Identity> identity(Table table) {
        Identity named = identities.get(table.toString());
        return Optional.ofNullable(named != null ? named : identities.get(EVERY_TABLE));
    }
}
