package landfall.recipe.task;

import landfall.dokku.DokkuHost;

/** One task of a recipe: looks at the host and says what to change. Fields are checked when it is read. */
public interface Task {
    /** The docket name: {@code dokku_app}. */
    String type();

    /** What it is about, for people: {@code uro}, {@code postgres uro-db}. */
    String subject();

    /** Only reads. The applier runs exactly the commands of the answer. */
    Plan plan(DokkuHost host);
}
