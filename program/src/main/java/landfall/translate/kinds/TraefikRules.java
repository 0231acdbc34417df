package landfall.translate.kinds;

import java.util.Set;
import landfall.ledger.Disposition;

/** Traefik's kinds: routes become domains and locations, middlewares what they do in nginx.conf.sigil. */
final class TraefikRules {
    private static final Set<String> GROUP = Set.of("traefik.io", "traefik.containo.us");
    private static final String ONE_PROXY = "Dokku's nginx is the one proxy of the host, on ports 80 and 443";
    private static final String TO_THE_APP = "how Traefik speaks to pods; nginx and the app are on one host";
    private static final String PORT = "publish the port of the app with a docker option (-p)";

    private TraefikRules() {}

    static KindRules ingressRoute() {
        return KindRules.of(
                GROUP,
                "IngressRoute",
                "domains of the app that answers; paths and middlewares in nginx.conf.sigil",
                new FieldTable()
                        .satisfied("spec.entryPoints", ONE_PROXY)
                        .satisfied("spec.ingressClassName", ONE_PROXY)
                        .irrelevant(
                                "spec.parentRefs",
                                "middlewares and routes that another IngressRoute adds; each is read by itself")
                        .varies(
                                "spec.routes[]",
                                "domains:set, and locations in nginx.conf.sigil",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .satisfied(
                                "spec.routes[].priority",
                                "nginx takes the longest path first, as Traefik does by itself")
                        .irrelevant("spec.routes[].kind", "there is one kind of rule")
                        .irrelevant(
                                "spec.routes[].syntax",
                                "which of Traefik's grammars the rule is in; both are read alike")
                        .irrelevant(
                                "spec.routes[].observability",
                                "what Traefik writes about the route; nginx has its access log")
                        .under("spec.routes[].services[]", services())
                        .varies(
                                "spec.routes[].middlewares[]",
                                "what the middleware does, in nginx.conf.sigil",
                                Disposition.ADAPTED,
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .varies(
                                "spec.tls",
                                "certs:add, or letsencrypt",
                                Disposition.CARRIED,
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .irrelevant("spec.tls.options", "nginx's own choice of protocols and ciphers (TLS 1.2 and 1.3)")
                        .irrelevant("spec.tls.store", "where Traefik keeps certificates"));
    }

    private static FieldTable services() {
        return new FieldTable()
                .varies(
                        "name",
                        "the app that answers",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .varies(
                        "port",
                        "the app's port",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .satisfied("scheme", "nginx speaks HTTP to the app")
                .satisfied("passHostHeader", "nginx passes the client's Host on")
                .irrelevant("kind", "tells Traefik's own services from the cluster's")
                .satisfied("namespace", "the move's own namespace")
                .satisfied("weight", "it gets all of the traffic")
                .irrelevant("nativeLB", TO_THE_APP)
                .irrelevant("nodePortLB", TO_THE_APP)
                .irrelevant("responseForwarding", "answers are passed on as they come: nothing is held back")
                .irrelevant("serversTransport", TO_THE_APP)
                .lost("sticky", "sticky sessions", "run one process, or keep sessions in Redis")
                .satisfied("strategy", "nginx takes the processes in turn")
                .satisfied("healthCheck", "Dokku's checks decide which processes get traffic, when it deploys")
                .satisfied("passiveHealthCheck", "nginx leaves out a process that doesn't answer, by itself")
                .lost(
                        "middlewares",
                        "middlewares of one service among several",
                        "name them in the route, where they are translated");
    }

    static KindRules routeTcp() {
        return KindRules.of(
                GROUP,
                "IngressRouteTCP",
                "lost: Dokku's nginx serves HTTP; a port is published with a docker option",
                new FieldTable()
                        .satisfied("spec.entryPoints", "a port of the host, published with a docker option (-p)")
                        .irrelevant("spec.ingressClassName", ONE_PROXY)
                        .open(
                                "spec.routes",
                                "tcp-route",
                                "%s passes TCP on by name or port. Dokku's nginx serves HTTP: " + PORT + ".")
                        .open(
                                "spec.tls",
                                "tcp-route",
                                "%s passes TCP on by name or port. Dokku's nginx serves HTTP: " + PORT + "."));
    }

    static KindRules routeUdp() {
        return KindRules.of(
                GROUP,
                "IngressRouteUDP",
                "lost: Dokku's nginx serves HTTP; a port is published with a docker option",
                new FieldTable()
                        .satisfied("spec.entryPoints", "a port of the host, published with a docker option (-p)")
                        .irrelevant("spec.ingressClassName", ONE_PROXY)
                        .open(
                                "spec.routes",
                                "udp-route",
                                "%s passes UDP on. Dokku's nginx serves HTTP: " + PORT + "."));
    }

    static KindRules middleware() {
        FieldTable table = new FieldTable();
        for (String kind : new String[] {
            "addPrefix",
            "stripPrefix",
            "stripPrefixRegex",
            "replacePath",
            "replacePathRegex",
            "redirectScheme",
            "redirectRegex",
            "rateLimit",
            "inFlightReq",
            "compress"
        }) {
            table.unused(
                    "spec." + kind,
                    "no route of the move names this middleware",
                    Disposition.ADAPTED,
                    Disposition.SATISFIED);
        }
        for (String kind : new String[] {"basicAuth", "digestAuth", "forwardAuth", "passTLSClientCert"}) {
            table.unused("spec." + kind, "no route of the move names this middleware", Disposition.DECISION);
        }
        return KindRules.of(
                GROUP,
                "Middleware",
                "what it does to the routes that name it, in nginx.conf.sigil",
                table.unused("spec.chain", "its links are read where a route names it", Disposition.ADAPTED)
                        .unused("spec.headers", "nothing on Dokku needs it", Disposition.ADAPTED, Disposition.CARRIED)
                        .unused(
                                "spec.ipAllowList",
                                "no route of the move names this middleware",
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .unused(
                                "spec.ipWhiteList",
                                "no route of the move names this middleware",
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .unused(
                                "spec.buffering",
                                "nginx keeps large requests on disk by itself",
                                Disposition.CARRIED,
                                Disposition.SATISFIED)
                        .lost(
                                "spec.circuitBreaker",
                                "the circuit breaker of the proxy",
                                "let callers give up by themselves")
                        .lost(
                                "spec.errors",
                                "error pages of another Service",
                                "the app's own answers are passed on; bring pages"
                                        + " with error_page in nginx.conf.sigil")
                        .lost(
                                "spec.retry",
                                "retries of the proxy",
                                "nginx asks another process only when one doesn't answer")
                        .lost("spec.grpcWeb", "gRPC-Web at the proxy", "run a gRPC-Web proxy as an app")
                        .irrelevant("spec.contentType", "nginx guesses no content types of answers that it passes on")
                        .irrelevant("spec.encodedCharacters", "nginx passes paths on as they come")
                        .open(
                                "spec.plugin",
                                "plugin",
                                "%s is a plugin of Traefik: see what it keeps out or changes, and do it"
                                        + " in nginx.conf.sigil."));
    }

    static KindRules middlewareTcp() {
        return KindRules.of(
                GROUP,
                "MiddlewareTCP",
                "a decision: what kept strangers off a TCP port is the host's firewall's to do",
                new FieldTable()
                        .lost(
                                "spec.inFlightConn",
                                "a bound on connections of a TCP port",
                                "bound them in the app or the host's firewall")
                        .open(
                                "spec.ipAllowList",
                                "tcp-addresses",
                                "%s lets in certain addresses only: the host's firewall must do that.")
                        .open(
                                "spec.ipWhiteList",
                                "tcp-addresses",
                                "%s lets in certain addresses only: the host's firewall must do that."));
    }

    static KindRules tlsOption() {
        return KindRules.of(
                GROUP,
                "TLSOption",
                "nginx's own choice of protocols and ciphers; clients' certificates are a decision",
                new FieldTable()
                        .satisfied("spec.minVersion", "nginx on Dokku takes TLS 1.2 and 1.3")
                        .lost("spec.maxVersion", "a greatest version of TLS", "set ssl_protocols in nginx.conf.sigil")
                        .except("VersionTLS13", "nginx on Dokku takes TLS 1.3")
                        .satisfied("spec.cipherSuites", "nginx's own list of ciphers")
                        .satisfied("spec.curvePreferences", "nginx's own list of curves")
                        .satisfied("spec.preferServerCipherSuites", "nginx's own setting")
                        .satisfied("spec.alpnProtocols", "nginx offers HTTP/2 and HTTP/1.1")
                        .satisfied("spec.disableSessionTickets", "nginx's own setting")
                        .lost(
                                "spec.sniStrict",
                                "the refusal of names without a certificate",
                                "add a default server to nginx that" + " refuses TLS (ssl_reject_handshake)")
                        .except("false", "nothing is refused")
                        .open(
                                "spec.clientAuth",
                                "client-certificates",
                                "%s asks clients for certificates. Dokku's nginx does so only"
                                        + " by nginx.conf.sigil (ssl_verify_client)."));
    }

    static KindRules tlsStore() {
        return KindRules.of(
                GROUP,
                "TLSStore",
                "a decision: each app has its own certificate",
                new FieldTable()
                        .open(
                                "spec",
                                "default-certificate",
                                "%s gives a certificate to every name that has none. On Dokku each app"
                                        + " has its own: letsencrypt, or certs:add (--global for all)."));
    }

    static KindRules transport(String kind) {
        FieldTable table = new FieldTable().irrelevant("spec", TO_THE_APP);
        return KindRules.of(GROUP, kind, "nothing: nginx and the app are on one host", table);
    }

    static KindRules traefikService() {
        return KindRules.of(
                GROUP,
                "TraefikService",
                "a decision: Dokku sends all of a host's traffic to one app",
                new FieldTable()
                        .open(
                                "spec.weighted",
                                "traefik-service",
                                "%s shares traffic between Services. Dokku sends all of it to one.")
                        .open(
                                "spec.highestRandomWeight",
                                "traefik-service",
                                "%s shares traffic between Services. Dokku sends all of it" + " to one.")
                        .open(
                                "spec.mirroring",
                                "traefik-service",
                                "%s sends copies of requests to other Services (mirror in" + " nginx.conf.sigil does).")
                        .open(
                                "spec.failover",
                                "traefik-service",
                                "%s has a second Service for when the first fails. Dokku has none."));
    }
}
