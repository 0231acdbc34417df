package landfall.target;

import java.util.List;

/**
 * What nginx.conf.sigil says that Dokku's own template doesn't.
 *
 * @param shared blocks that stand beside the servers (zones, maps), each with its semicolons
 * @param upstreamPorts container ports that routes lead to and no port mapping of the app names
 */
public record ProxyTemplate(List<Site> sites, List<String> shared, List<Integer> upstreamPorts) {
    public static final ProxyTemplate NONE = new ProxyTemplate(List.of(), List.of(), List.of());

    public ProxyTemplate {
        sites = List.copyOf(sites);
        shared = List.copyOf(shared);
        upstreamPorts = List.copyOf(upstreamPorts);
    }

    public boolean isNeeded() {
        return !sites.isEmpty() || !upstreamPorts.isEmpty();
    }
}
