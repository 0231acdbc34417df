package landfall.ledger;

import java.util.Locale;

/** What became of a field. */
public enum Disposition {
    /** It means the same on the other side. */
    CARRIED,
    /** It is there in another form. */
    ADAPTED,
    /** Dokku or the new host does it already. */
    SATISFIED,
    /** It has no meaning on one host. */
    IRRELEVANT,
    /** Somebody must decide. */
    DECISION,
    /** Dokku can't do it; the report says what to do instead. */
    LOST;

    /** The word in the ledger's file. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is no such disposition */
    public static Disposition ofWord(String word) {
        for (Disposition disposition : values()) {
            if (disposition.word().equals(word)) {
                return disposition;
            }
        }
        throw new IllegalArgumentException("“" + word + "” is not a disposition");
    }
}
