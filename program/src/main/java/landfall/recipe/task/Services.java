package landfall.recipe.task;

import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** What the tasks about database services have in common: the plugins answer in text only. */
final class Services {
    private Services() {}

    /** The apps that a service is linked to, a line each; fails if there is no such service, or not even its plugin. */
    static HostRead links(String plugin, String name) {
        return HostRead.lines(plugin + ":links", name);
    }

    static boolean exists(HostReading host, String plugin, String name) {
        return host.answer(links(plugin, name)).succeeded();
    }
}
