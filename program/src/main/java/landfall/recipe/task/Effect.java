package landfall.recipe.task;

/** What a change means for the app's nginx configuration and its containers. */
public enum Effect {
    /** Its command writes the app's nginx configuration anew and reloads nginx: seconds of the host's time. */
    BUILDS_PROXY,
    /** A deployed app's nginx configuration must be written anew before it is felt. */
    NEEDS_PROXY,
    /** A deployed app's containers must be started anew before it is felt. */
    NEEDS_RESTART
}
