package landfall.postgres;

import java.sql.SQLException;
import java.util.OptionalLong;
import landfall.base.Quantities;
import landfall.postgres.Survey.Verdict;

/** Room on the target's disk for what the source holds. */
final class SurveyRoom {
    /** The copy writes its log as well, and indexes are sorted on disk. */
    private static final double FACTOR = 1.5;

    private SurveyRoom() {}

    static void look(SurveyLook look) throws SQLException {
        long size = Sql.number(look.from(), "select pg_database_size(current_database())");
        long needed = (long) (size * FACTOR);
        OptionalLong free = SurveyRights.isSuperuser(look.to())
                ? look.disk().freeBytes(Sql.text(look.to(), "show data_directory"))
                : OptionalLong.empty();
        if (free.isEmpty()) {
            look.add(
                    Verdict.HANDLED,
                    "target disk",
                    "how much is free can't be known this way of reaching it; the source's database takes "
                            + Quantities.bytes(size) + ", so about " + Quantities.bytes(needed) + " should be",
                    "");
        } else if (free.getAsLong() < needed) {
            look.add(
                    Verdict.BLOCKER,
                    "target disk",
                    Quantities.bytes(free.getAsLong()) + " are free; the source's database takes "
                            + Quantities.bytes(size) + ", and the copy about " + Quantities.bytes(needed)
                            + " with its log",
                    "Make room on the Dokku host (`df /var/lib/dokku/services`).");
        } else {
            look.add(
                    Verdict.OK,
                    "target disk",
                    Quantities.bytes(free.getAsLong()) + " are free, about " + Quantities.bytes(needed) + " are needed",
                    "");
        }
    }
}
