package landfall.apply;

import java.util.Set;
import java.util.TreeSet;
import landfall.base.ExitCode;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.dokku.DokkuHost;
import landfall.dokku.DokkuVersion;
import landfall.dokku.HostReading;

/** What a host must have before anything is changed on it. */
final class Preflight {
    private Preflight() {}

    static void checkVersion(HostReading reading) {
        Problems problems = new Problems();
        DokkuHost host = reading.host();
        DokkuVersion version = reading.version();
        if (version.compareTo(DokkuVersion.OLDEST_SUPPORTED) < 0) {
            problems.add(Problem.error(
                    "Dokku " + version + " on " + host.connection().target() + " is too old",
                    "Landfall needs " + DokkuVersion.OLDEST_SUPPORTED + " or later (storage entries, reports as JSON)",
                    "The host's root updates it: apt-get update && apt-get install dokku."));
            // Older ones don't list their plugins as JSON either.
            problems.stopOnErrors(ExitCode.REFUSED);
        }
    }

    /** @param servicePlugins plugins of services that are to be created */
    static void checkPlugins(HostReading reading, Set<String> servicePlugins) {
        Problems problems = new Problems();
        // The list of plugins takes the host half a second: it is asked for only where one could be missing.
        Set<String> missing = new TreeSet<>(servicePlugins);
        missing.removeAll(missing.isEmpty() ? Set.of() : reading.host().plugins());
        for (String plugin : missing) {
            problems.add(Problem.error(
                    "the Dokku host has no " + plugin + " plugin",
                    "the recipe has a " + plugin + " service",
                    "The host's root installs it: dokku plugin:install https://github.com/dokku/dokku-" + plugin
                            + ".git " + plugin + "."));
        }
        problems.stopOnErrors(ExitCode.REFUSED);
    }
}
