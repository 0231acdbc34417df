package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** The Gateway API: routes become domains and locations, Gateways are Dokku's one nginx. */
final class GatewayRules {
    private static final String GROUP = "gateway.networking.k8s.io";
    private static final String ONE_PROXY = "Dokku's nginx is the one proxy of the host";

    private GatewayRules() {}

    static KindRules gateway() {
        return KindRules.of(
                GROUP,
                "Gateway",
                "nothing of its own: Dokku's nginx answers on ports 80 and 443; its certificates go to the apps",
                new FieldTable()
                        .satisfied("spec.gatewayClassName", ONE_PROXY)
                        .irrelevant("spec.addresses", "an address of the cluster; DNS points at the Dokku host")
                        .irrelevant("spec.infrastructure", "how the cluster runs the gateway's own pods")
                        .irrelevant("spec.defaultScope", "which routes without a parent it takes; all are taken here")
                        .irrelevant("spec.allowedListeners", "who may add listeners to the gateway")
                        .satisfied("spec.listeners[].name", "routes are told apart by host and path")
                        .satisfied("spec.listeners[].hostname", "the routes name their hosts; those are the domains")
                        .open(
                                "spec.listeners[].port",
                                "listener-port",
                                "%s listens on a port of its own. Dokku's nginx answers on 80 and 443.")
                        .except("80", "Dokku's nginx answers on it")
                        .except("443", "Dokku's nginx answers on it")
                        .except("8080", "a load balancer's or the test cluster's stand-in for 80")
                        .except("8443", "a load balancer's or the test cluster's stand-in for 443")
                        .except("8000", "Traefik's own name for 80 inside its pod")
                        .open(
                                "spec.listeners[].protocol",
                                "listener-protocol",
                                "%s listens for more than HTTP; Dokku's nginx serves HTTP and HTTPS.")
                        .except("HTTP", "Dokku's nginx serves it")
                        .except("HTTPS", "Dokku's nginx serves it")
                        .varies(
                                "spec.listeners[].tls.certificateRefs[]",
                                "certs:add of the app that has the host, or letsencrypt",
                                Disposition.CARRIED,
                                Disposition.DECISION)
                        .open(
                                "spec.listeners[].tls.mode",
                                "tls-passthrough",
                                "%s passes TLS through to the app. Dokku's nginx ends it.")
                        .except("Terminate", "nginx ends TLS on Dokku too")
                        .irrelevant("spec.listeners[].tls.options", "settings of the gateway's own kind")
                        .irrelevant("spec.listeners[].allowedRoutes", "who may add routes; all of the move's are taken")
                        .open(
                                "spec.tls.frontend",
                                "client-certificates",
                                "%s asks clients for certificates. Dokku's nginx does so only by nginx.conf.sigil.")
                        .open(
                                "spec.tls.backend",
                                "backend-certificate",
                                "%s shows the apps a certificate; Dokku's nginx has none to show."));
    }

    static KindRules gatewayClass() {
        return KindRules.of(
                GROUP,
                "GatewayClass",
                "nothing: Dokku's nginx is the one proxy",
                new FieldTable()
                        .satisfied("spec.controllerName", ONE_PROXY)
                        .irrelevant("spec.description", "words for people")
                        .irrelevant("spec.parametersRef", "settings of the gateway's own kind"));
    }

    static KindRules httpRoute() {
        return KindRules.of(
                GROUP,
                "HTTPRoute",
                "domains of the app that answers; paths and filters in nginx.conf.sigil",
                route().varies(
                                "spec.rules[].timeouts",
                                "nginx property proxy-read-timeout",
                                Disposition.CARRIED,
                                Disposition.DECISION)
                        .varies(
                                "spec.rules[].retry",
                                "retries of the proxy are lost",
                                Disposition.LOST,
                                Disposition.DECISION));
    }

    static KindRules grpcRoute() {
        return KindRules.of(
                GROUP, "GRPCRoute", "domains of the app that answers; grpc_pass in nginx.conf.sigil", route());
    }

    private static FieldTable route() {
        return new FieldTable()
                .satisfied("spec.parentRefs", ONE_PROXY)
                .irrelevant("spec.useDefaultGateways", ONE_PROXY)
                .varies(
                        "spec.hostnames[]",
                        "domains:set",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .varies(
                        "spec.rules[].matches[]",
                        "locations in nginx.conf.sigil; a match of headers, methods or queries is asked about",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .varies(
                        "spec.rules[].filters[]",
                        "headers, redirects, rewrites and CORS in nginx.conf.sigil; a gateway's own filter is asked about",
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .varies(
                        "spec.rules[].backendRefs[]",
                        "the app that answers; of several, the one with the greatest weight",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.IRRELEVANT,
                        Disposition.DECISION)
                .varies(
                        "spec.rules[].sessionPersistence",
                        "sticky sessions are lost",
                        Disposition.LOST,
                        Disposition.DECISION)
                .irrelevant("spec.rules[].name", "names the rule for the cluster's own tools");
    }

    static KindRules referenceGrant() {
        return KindRules.of(
                GROUP,
                "ReferenceGrant",
                "nothing: a permission between namespaces of the cluster",
                new FieldTable()
                        .irrelevant("spec.from", "a permission between namespaces of the cluster")
                        .irrelevant("spec.to", "a permission between namespaces of the cluster"));
    }
}
