package landfall.recipe.task;

import java.util.Set;
import java.util.stream.Collectors;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** What the tasks about database services have in common: the plugins answer in text only. */
final class Services {
    private Services() {}

    static HostRead list(String plugin) {
        return HostRead.lines(plugin + ":list");
    }

    /** The names of a plugin's services; none if the host hasn't the plugin, which preflight says. */
    static Set<String> named(HostReading host, String plugin) {
        return host.answer(list(plugin))
                .stdout()
                .lines()
                .filter(line -> !line.startsWith("=====>"))
                .map(String::strip)
                .collect(Collectors.toSet());
    }
}
