package landfall.recipe.task;

import java.time.Instant;
import java.util.List;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** One task of a recipe: looks at the host and says what to change. Fields are checked when it is read. */
public interface Task {
    /** The docket name: {@code dokku_app}. */
    String type();

    /** What it is about, for people: {@code uro}, {@code postgres uro-db}. */
    String subject();

    /** What its commands write to: {@code app uro}, {@code postgres uro-db}. No two writers of one thing run at once. */
    List<String> touches();

    /** What {@link #plan} is going to ask for, so that it can be asked together with what others ask. */
    List<HostRead> reads();

    /** What the user should know though it is applied; empty if there is nothing. */
    default String warning(Instant now) {
        return "";
    }

    /** Only reads. The applier runs exactly the commands of the answer. */
    Plan plan(HostReading host);

    /** What of the host's things it has a say in; the rest is drift. Asks nothing that wasn't answered before. */
    default List<Claim> claims(HostReading host) {
        return List.of();
    }
}
