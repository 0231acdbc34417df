package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** Istio's kinds: gateways' routes become domains and locations; what the mesh does between apps is said. */
final class IstioRules {
    private static final String NETWORKING = "networking.istio.io";
    private static final String SECURITY = "security.istio.io";
    private static final String ONE_HOST = "apps of one host talk over Docker's network, which nobody else is on";
    private static final String DIRECT = "on Dokku apps reach one another directly";

    private IstioRules() {}

    static KindRules virtualService() {
        return KindRules.of(
                NETWORKING,
                "VirtualService",
                "domains and locations where a gateway has it; inside the mesh a decision",
                new FieldTable()
                        .satisfied("spec.hosts[]", "a name inside the cluster; " + DIRECT)
                        .satisfied("spec.gateways", "Dokku's nginx is the one proxy of the host")
                        .irrelevant("spec.exportTo", "who in the cluster may see it")
                        .varies(
                                "spec.http[]",
                                "locations in nginx.conf.sigil",
                                Disposition.CARRIED,
                                Disposition.ADAPTED,
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .irrelevant("spec.http[].name", "names the route for the cluster's own tools")
                        .lost("spec.http[].retries", "retries of the proxy", "let the client or the app try again")
                        .lost(
                                "spec.http[].fault",
                                "faults that the mesh makes for tests",
                                "make them in the app's tests")
                        .open("spec.http[].mirror", "mirror", "%s sends a copy of each request to another Service.")
                        .open("spec.http[].mirrors", "mirror", "%s sends a copy of each request to another Service.")
                        .open(
                                "spec.http[].mirrorPercent",
                                "mirror",
                                "%s sends a copy of each request to another Service.")
                        .open(
                                "spec.http[].mirror_percent",
                                "mirror",
                                "%s sends a copy of each request to another Service.")
                        .open(
                                "spec.http[].mirrorPercentage",
                                "mirror",
                                "%s sends a copy of each request to another Service.")
                        .open(
                                "spec.http[].delegate",
                                "delegate",
                                "%s leaves a part of its routes to another VirtualService.")
                        .open("spec.http[].timeout", "timeout", "%s has a time limit that isn't one.")
                        .open(
                                "spec.tcp",
                                "tcp-route",
                                "%s passes TCP on. Dokku's nginx serves HTTP: publish the port of the app with"
                                        + " a docker option (-p).")
                        .open("spec.tls", "tls-route", "%s passes TLS on by name. Dokku's nginx ends TLS itself."));
    }

    static KindRules gateway() {
        return KindRules.of(
                NETWORKING,
                "Gateway",
                "nothing of its own: Dokku's nginx answers on ports 80 and 443; its certificates go to the apps",
                new FieldTable()
                        .satisfied("spec.selector", "Dokku's nginx is the one proxy of the host")
                        .satisfied(
                                "spec.servers[].hosts", "the VirtualServices name their hosts; those are the domains")
                        .irrelevant("spec.servers[].name", "names the server for the cluster's own tools")
                        .irrelevant("spec.servers[].bind", "an address of the gateway's pod")
                        .irrelevant("spec.servers[].defaultEndpoint", "an address inside the gateway's pod")
                        .open(
                                "spec.servers[].port.number",
                                "listener-port",
                                "%s listens on a port of its own. Dokku's nginx answers" + " on 80 and 443.")
                        .except("80", "Dokku's nginx answers on it")
                        .except("443", "Dokku's nginx answers on it")
                        .except("8080", "a load balancer's or the test cluster's stand-in for 80")
                        .except("8443", "a load balancer's or the test cluster's stand-in for 443")
                        .irrelevant("spec.servers[].port.name", "names the port for the cluster's own tools")
                        .irrelevant("spec.servers[].port.targetPort", "the gateway pod's own port")
                        .open(
                                "spec.servers[].port.protocol",
                                "listener-protocol",
                                "%s listens for more than HTTP; Dokku's nginx" + " serves HTTP and HTTPS.")
                        .except("HTTP", "Dokku's nginx serves it")
                        .except("HTTP2", "Dokku's nginx serves it")
                        .except("HTTPS", "Dokku's nginx serves it")
                        .except("GRPC", "Dokku's nginx passes gRPC on with a grpc port mapping")
                        .varies(
                                "spec.servers[].tls.credentialName",
                                "certs:add, or letsencrypt",
                                Disposition.CARRIED,
                                Disposition.DECISION)
                        .open(
                                "spec.servers[].tls.mode",
                                "client-certificates",
                                "%s passes TLS through, or asks clients for"
                                        + " certificates. Dokku's nginx does neither without nginx.conf.sigil.")
                        .except("SIMPLE", "nginx ends TLS on Dokku too")
                        .satisfied(
                                "spec.servers[].tls.httpsRedirect",
                                "Dokku sends plain HTTP to HTTPS once the app has a certificate")
                        .satisfied("spec.servers[].tls.minProtocolVersion", "nginx on Dokku takes TLS 1.2 and 1.3")
                        .lost(
                                "spec.servers[].tls.maxProtocolVersion",
                                "a greatest version of TLS",
                                "set ssl_protocols in" + " nginx.conf.sigil")
                        .satisfied("spec.servers[].tls.cipherSuites", "nginx's own list of ciphers")
                        .open(
                                "spec.servers[].tls",
                                "gateway-tls",
                                "%s reads certificates from files of its pod, or checks those of"
                                        + " clients: give the certificate to Dokku with certs:add."));
    }

    static KindRules destinationRule() {
        return KindRules.of(
                NETWORKING,
                "DestinationRule",
                "how the mesh talks to an app: nothing of it is left between apps of one host",
                new FieldTable()
                        .irrelevant("spec.host", "the Service it is about")
                        .irrelevant("spec.exportTo", "who in the cluster may see it")
                        .irrelevant("spec.workloadSelector", "which clients it is for")
                        .irrelevant(
                                "spec.subsets",
                                "versions that a VirtualService chooses from; that choice is asked about there")
                        .lost(
                                "spec.trafficPolicy.connectionPool",
                                "bounds on connections between apps",
                                "bound them in the clients" + " (pool sizes, time limits)")
                        .lost(
                                "spec.trafficPolicy.outlierDetection",
                                "the circuit breaker of the mesh",
                                "let callers give up by" + " themselves")
                        .satisfied(
                                "spec.trafficPolicy.loadBalancer", "nginx and Docker's DNS take the processes in turn")
                        .lost(
                                "spec.trafficPolicy.loadBalancer.consistentHash",
                                "sticky sessions",
                                "run one process, or keep sessions" + " in Redis")
                        .satisfied("spec.trafficPolicy.tls", ONE_HOST)
                        .irrelevant("spec.trafficPolicy.proxyProtocol", "between proxies of the mesh")
                        .irrelevant("spec.trafficPolicy.retryBudget", "bounds retries, which the mesh alone makes")
                        .irrelevant("spec.trafficPolicy.tunnel", "between proxies of the mesh")
                        .lost(
                                "spec.trafficPolicy.portLevelSettings",
                                "bounds on connections between apps",
                                "bound them in the clients" + " (pool sizes, time limits)"));
    }

    static KindRules serviceEntry() {
        return KindRules.of(
                NETWORKING,
                "ServiceEntry",
                "nothing: apps on Dokku may reach any host outside",
                new FieldTable()
                        .satisfied("spec.hosts", "apps on Dokku may reach any host outside by its own name")
                        .satisfied("spec.ports", "apps on Dokku may reach any port outside")
                        .satisfied("spec.location", "apps on Dokku may reach any host outside by its own name")
                        .satisfied("spec.resolution", "names are looked up in DNS")
                        .open(
                                "spec.addresses",
                                "service-entry",
                                "%s gives a host addresses of the mesh's own: let the app name the" + " host itself.")
                        .open(
                                "spec.endpoints",
                                "service-entry",
                                "%s gives a host other addresses than DNS does: let the app name them"
                                        + " itself (or docker option --add-host).")
                        .irrelevant("spec.exportTo", "who in the cluster may see it")
                        .irrelevant(
                                "spec.subjectAltNames",
                                "whom the mesh's proxies trust; the app checks certificates itself")
                        .irrelevant("spec.workloadSelector", "pods behind it; they are apps of their own"));
    }

    static KindRules sidecar() {
        return KindRules.of(
                NETWORKING,
                "Sidecar",
                "nothing: no proxy stands beside an app",
                new FieldTable()
                        .irrelevant("spec", "settings of the mesh's proxies, of which Dokku has none")
                        .open(
                                "spec.outboundTrafficPolicy.mode",
                                "egress",
                                "%s bounds what apps may reach outside. Docker bounds"
                                        + " nobody's way out: a firewall of the host must do that.")
                        .except("ALLOW_ANY", "nothing is bounded")
                        .irrelevant("spec.outboundTrafficPolicy.egressProxy", "a proxy of the mesh"));
    }

    static KindRules peerAuthentication() {
        return KindRules.of(
                SECURITY,
                "PeerAuthentication",
                "satisfied: apps of one host talk over Docker's own network",
                new FieldTable()
                        .satisfied("spec.mtls", ONE_HOST)
                        .satisfied("spec.portLevelMtls", ONE_HOST)
                        .irrelevant("spec.selector", "which pods it is for"));
    }

    static KindRules authorizationPolicy() {
        String question =
                "%s says who may call what inside the mesh. On Dokku every app of a network may call every other one.";
        return KindRules.of(
                SECURITY,
                "AuthorizationPolicy",
                "a decision: Docker's networks know no callers",
                new FieldTable()
                        .open("spec.rules", "authorization", question)
                        .open("spec.action", "authorization", question)
                        .open("spec.provider", "authorization", question)
                        .open("spec.selector", "authorization", question)
                        .open("spec.targetRef", "authorization", question)
                        .open("spec.targetRefs", "authorization", question));
    }

    static KindRules requestAuthentication() {
        String question =
                "%s has tokens of requests checked by the mesh: the app must check them itself, or something in front of"
                        + " it (auth_request in nginx.conf.sigil).";
        return KindRules.of(
                SECURITY,
                "RequestAuthentication",
                "a decision: nginx checks no tokens",
                new FieldTable()
                        .open("spec.jwtRules", "tokens", question)
                        .open("spec.selector", "tokens", question)
                        .open("spec.targetRef", "tokens", question)
                        .open("spec.targetRefs", "tokens", question));
    }
}
