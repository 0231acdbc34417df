package landfall.postgres;

import landfall.base.Secret;

/**
 * The app's own role on the target: not a superuser, owner of what its role of the source owns.
 *
 * @param formerName the role that the app has on the source; it may be a superuser there
 */
public record TargetRole(String name, Secret password, String formerName) {
    /** The same name on both sides. */
    public TargetRole(String name, Secret password) {
        this(name, password, name);
    }
}
