package landfall.postgres;

import landfall.base.Secret;

/** The app's own role on the target: owner of everything, not a superuser. */
public record TargetRole(String name, Secret password) {}
