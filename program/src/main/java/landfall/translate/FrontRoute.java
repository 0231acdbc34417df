package landfall.translate;

import java.util.List;
import landfall.target.Route;

/**
 * A path of a host, as an Ingress, an HTTPRoute, an IngressRoute or a VirtualService gives it: the one form that all of
 * them are brought to.
 *
 * @param host empty for any host, {@code *.example.org} for a wildcard
 * @param rule the beginning of the rule's name in the ledger: {@code Ingress.}
 * @param fields what says path and backend
 * @param hosts what says the host
 */
record FrontRoute(
        String host,
        Route.Match match,
        String path,
        FrontTarget target,
        Treatment treatment,
        String rule,
        Field origin,
        List<Field> fields,
        List<Field> hosts) {
    FrontRoute {
        fields = List.copyOf(fields);
        hosts = List.copyOf(hosts);
    }

    boolean isRoot() {
        return (path.equals("/") && match != Route.Match.EXACT) || path.isEmpty();
    }

    /** As messages show it: {@code shop.example/api}. */
    String shown() {
        return (host.isEmpty() ? "any host" : host) + (path.equals("/") ? "" : path);
    }
}
