package landfall.dokku;

/** How a deploy that didn't fail ended. */
public enum Deployment {
    DEPLOYED,
    /** Dokku found nothing new and the app is deployed with it. */
    UNCHANGED
}
