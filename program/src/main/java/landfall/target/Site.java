package landfall.target;

import java.util.List;

/**
 * Host names that a generated nginx.conf.sigil answers alike.
 *
 * @param hosts as nginx's server_name takes them; empty for the app's own domains
 * @param redirectsToHttps whether plain HTTP is sent to HTTPS once the app has a certificate
 * @param directives nginx directives of the server, without their semicolons
 * @param routes its paths; what fits none of them, the app itself answers
 */
public record Site(List<String> hosts, boolean redirectsToHttps, List<String> directives, List<Route> routes) {
    public Site {
        hosts = List.copyOf(hosts);
        directives = List.copyOf(directives);
        routes = List.copyOf(routes);
    }
}
