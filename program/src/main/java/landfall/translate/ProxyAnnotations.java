package landfall.translate;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import landfall.translate.AnnotationTable.Answer;

/** Annotations for proxies other than ingress-nginx and for the load balancers of clouds, by how their keys begin. */
final class ProxyAnnotations {
    private static final String ALB = "alb.ingress.kubernetes.io/";
    private static final String AWS = "service.beta.kubernetes.io/aws-load-balancer-";
    private static final String TRAEFIK = "traefik.ingress.kubernetes.io/";
    private static final String AZURE = "appgw.ingress.kubernetes.io/";
    private static final String BALANCER = "how the cloud builds its load balancer, which the Dokku host does without";
    private static final String CLIENT_ADDRESS =
            "Dokku's nginx is reached directly and sees the clients' own addresses";
    private static final String CHECKS = "Dokku's checks decide which processes get traffic, when it deploys";
    private static final String HTTPS = "Dokku sends plain HTTP to HTTPS once the app has a certificate";

    private final NavigableMap<String, Answer> table;

    private ProxyAnnotations(NavigableMap<String, Answer> table) {
        this.table = table;
    }

    static void addTo(NavigableMap<String, Answer> table) {
        ProxyAnnotations annotations = new ProxyAnnotations(table);
        annotations.common();
        annotations.traefik();
        annotations.amazon();
        annotations.google();
        annotations.azure();
        annotations.balancers();
        annotations.others();
    }

    private void irrelevant(String note, String... keys) {
        for (String key : keys) {
            table.put(key, new Answer.Irrelevant(note));
        }
    }

    private void satisfied(String note, String... keys) {
        for (String key : keys) {
            table.put(key, new Answer.Satisfied(note));
        }
    }

    private void lost(String what, String advice, String... keys) {
        for (String key : keys) {
            table.put(key, new Answer.Lost(what, advice, List.of("false", "")));
        }
    }

    private void open(String id, String question, String... keys) {
        open(id, question, Map.of("false", "switched off", "", "empty"), keys);
    }

    private void open(String id, String question, Map<String, String> harmless, String... keys) {
        for (String key : keys) {
            table.put(key, new Answer.Open(id, question, harmless));
        }
    }

    private void common() {
        satisfied("Dokku's nginx is the one proxy of the host", "kubernetes.io/ingress.class");
        irrelevant("chooses the cluster's default controller", "ingressclass.kubernetes.io/");
        satisfied(
                "Dokku's letsencrypt plugin issues and renews the certificate, once it is enabled on the app",
                "kubernetes.io/tls-acme",
                "acme.cert-manager.io/");
        irrelevant(
                "how the cluster spreads traffic over its nodes",
                "service.kubernetes.io/",
                "service.alpha.kubernetes.io/");
        open(
                "internal-service",
                "%s is kept from the internet (%v). The Dokku host answers on its own address: let its firewall keep"
                        + " strangers out.",
                "service.alpha.kubernetes.io/internal-load-balancer");
        open(
                "network-policy",
                "%s forbids traffic that no policy allows (%v). Docker's networks keep apart only apps that share none.",
                "net.beta.kubernetes.io/network-policy");
        open(
                "tailnet",
                "%s is reached over Tailscale (%v). On Dokku, Tailscale runs on the host: is the app to be on the internet too?",
                "tailscale.com/");
        open(
                "old-annotations",
                "%s has annotations without a controller's name (%v), as controllers read them before 2018: if the limit still"
                        + " counts, write it with the controller's own prefix and plan again.",
                "ingress.kubernetes.io/");
    }

    private void traefik() {
        satisfied("Dokku's nginx answers on ports 80 and 443", TRAEFIK + "router.entrypoints");
        satisfied("Dokku serves HTTPS once the app has a certificate", TRAEFIK + "router.tls");
        satisfied(
                "Dokku's letsencrypt plugin issues and renews the certificate, once it is enabled on the app",
                TRAEFIK + "router.tls.certresolver");
        irrelevant("nginx's own choice of protocols and ciphers", TRAEFIK + "router.tls.options");
        satisfied("nginx takes the longest path first", TRAEFIK + "router.priority");
        irrelevant("how Traefik speaks to pods; nginx and the app are on one host", TRAEFIK + "service.");
        lost("sticky sessions", "run one process, or keep sessions in Redis", TRAEFIK + "service.sticky");
        open(
                "app-protocol",
                "%s speaks %v to its app, not plain HTTP.",
                Map.of("http", "plain HTTP"),
                TRAEFIK + "service.serversscheme");
        open(
                "traefik",
                "%s asks Traefik for something that Landfall doesn't translate (%v): write it as a Middleware, or into"
                        + " nginx.conf.sigil.",
                TRAEFIK);
    }

    private void amazon() {
        irrelevant(BALANCER, ALB, AWS);
        open(
                "internal-service",
                "%s is kept from the internet (%v). The Dokku host answers on its own address: let its firewall keep strangers"
                        + " out.",
                Map.of("internet-facing", "reached from the internet, as the Dokku host is", "false", "it isn't"),
                ALB + "scheme",
                AWS + "scheme",
                AWS + "internal");
        satisfied("Dokku's nginx answers on ports 80 and 443", ALB + "listen-ports", AWS + "ssl-ports");
        satisfied(HTTPS, ALB + "ssl-redirect");
        satisfied(
                CHECKS,
                ALB + "healthcheck",
                ALB + "healthy",
                ALB + "unhealthy",
                ALB + "success-codes",
                AWS + "healthcheck");
        satisfied(CLIENT_ADDRESS, AWS + "proxy-protocol");
        open(
                "cloud-certificate",
                "%s has a certificate that the cloud keeps (%v) and doesn't give out: enable letsencrypt on the app, or add one"
                        + " with certs:add.",
                ALB + "certificate-arn",
                AWS + "ssl-cert");
        open(
                "addresses",
                "%s lets in certain addresses only (%v): let the host's firewall do that, or allow and deny in nginx.conf.sigil.",
                ALB + "inbound-cidrs",
                ALB + "security-groups",
                AWS + "source-ranges",
                AWS + "security-groups",
                "service.beta.kubernetes.io/load-balancer-source-ranges");
        open(
                "sign-in",
                "%s has the load balancer sign people in (%v). Dokku's nginx doesn't: put an authenticating proxy in front"
                        + " (auth_request in nginx.conf.sigil).",
                Map.of("none", "nobody signs in"),
                ALB + "auth-");
        open(
                "balancer-rules",
                "%s has rules of the load balancer's own (%v): redirects, fixed answers, conditions.",
                ALB + "actions.",
                ALB + "conditions.",
                ALB + "transforms.");
        lost("the web application firewall", "put one in front of the Dokku host", ALB + "waf", ALB + "shield");
        open(
                "idle-time",
                "%s sets limits on the load balancer's connections (%v): set proxy-read-timeout with nginx:set.",
                ALB + "load-balancer-attributes",
                ALB + "target-group-attributes",
                AWS + "connection-idle-timeout",
                AWS + "attributes");
    }

    private void google() {
        irrelevant(
                BALANCER,
                "networking.gke.io/",
                "cloud.google.com/",
                "beta.cloud.google.com/",
                "ingress.gcp.kubernetes.io/");
        satisfied(
                "Dokku's letsencrypt plugin issues and renews the certificate, once it is enabled on the app",
                "networking.gke.io/managed-certificates");
        open(
                "cloud-certificate",
                "%s has a certificate that the cloud keeps (%v) and doesn't give out: enable letsencrypt on the app, or add one"
                        + " with certs:add.",
                "ingress.gcp.kubernetes.io/pre-shared-cert",
                "networking.gke.io/certmap",
                "networking.gke.io/pre-shared-certs");
        open(
                "internal-service",
                "%s is kept from the internet (%v). The Dokku host answers on its own address: let its firewall keep strangers"
                        + " out.",
                Map.of("External", "reached from the internet, as the Dokku host is"),
                "networking.gke.io/load-balancer-type",
                "cloud.google.com/load-balancer-type");
        open(
                "balancer-config",
                "%s names settings of Google's load balancer (%v): they may hold time limits, sign-in (IAP), a firewall (Cloud"
                        + " Armor) or redirects. See what of it the app needs.",
                "networking.gke.io/v1beta1.FrontendConfig",
                "networking.gke.io/v1.FrontendConfig",
                "cloud.google.com/backend-config",
                "beta.cloud.google.com/backend-config");
        irrelevant(
                "an address of the cloud's: point DNS at the Dokku host",
                "kubernetes.io/ingress.global-static-ip-name",
                "kubernetes.io/ingress.regional-static-ip-name");
        satisfied(HTTPS, "kubernetes.io/ingress.allow-http");
        irrelevant(
                "kept by Google's controller about the load balancer it built",
                "ingress.kubernetes.io/backends",
                "ingress.kubernetes.io/forwarding-rule",
                "ingress.kubernetes.io/https-",
                "ingress.kubernetes.io/ssl-cert",
                "ingress.kubernetes.io/static-ip",
                "ingress.kubernetes.io/target-proxy",
                "ingress.kubernetes.io/url-map");
    }

    private void azure() {
        irrelevant(BALANCER, AZURE, "service.beta.kubernetes.io/azure-");
        open(
                "internal-service",
                "%s is kept from the internet (%v). The Dokku host answers on its own address: let its firewall keep strangers"
                        + " out.",
                AZURE + "use-private-ip",
                "service.beta.kubernetes.io/azure-load-balancer-internal");
        open(
                "addresses",
                "%s lets in certain addresses only (%v): let the host's firewall do that.",
                "service.beta.kubernetes.io/azure-allowed-");
        satisfied(HTTPS, AZURE + "ssl-redirect");
        satisfied(CHECKS, AZURE + "health-probe-");
        open(
                "cloud-certificate",
                "%s has a certificate that the cloud keeps (%v): enable letsencrypt on the app, or add one with certs:add.",
                AZURE + "appgw-ssl-certificate");
        open(
                "gateway-paths",
                "%s has the gateway change paths or host names (%v): write a rewrite into nginx.conf.sigil.",
                AZURE + "backend-path-prefix",
                AZURE + "backend-hostname",
                AZURE + "rewrite-rule");
        open(
                "idle-time",
                "%s sets time limits on the gateway (%v seconds): set proxy-read-timeout with nginx:set.",
                AZURE + "request-timeout");
        lost("sticky sessions", "run one process, or keep sessions in Redis", AZURE + "cookie-based-affinity");
        lost("the web application firewall", "put one in front of the Dokku host", AZURE + "waf-policy-for-path");
    }

    private void balancers() {
        irrelevant(
                "an address or a load balancer of the cluster's: point DNS at the Dokku host",
                "service.beta.kubernetes.io/",
                "metallb.universe.tf/",
                "metallb.io/",
                "load-balancer.hetzner.cloud/",
                "kube-vip.io/",
                "kubernetes.digitalocean.com/",
                "oci.oraclecloud.com/",
                "oci-network-load-balancer.oraclecloud.com/",
                "loadbalancer.openstack.org/",
                "service.beta.scw.io",
                "io.cilium/",
                "lbipam.cilium.io/",
                "purelb.io/",
                "svccontroller.k3s.cattle.io/");
        satisfied(
                CLIENT_ADDRESS,
                "service.beta.kubernetes.io/linode-loadbalancer-proxy-protocol",
                "service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol",
                "service.beta.kubernetes.io/ovh-loadbalancer-proxy-protocol",
                "load-balancer.hetzner.cloud/uses-proxyprotocol",
                "loadbalancer.openstack.org/proxy-protocol");
        open(
                "cloud-certificate",
                "%s has a certificate that the cloud keeps (%v): enable letsencrypt on the app, or add one with certs:add.",
                "service.beta.kubernetes.io/do-loadbalancer-certificate-id",
                "load-balancer.hetzner.cloud/http-certificates");
        lost(
                "sticky sessions",
                "run one process, or keep sessions in Redis",
                "service.beta.kubernetes.io/do-loadbalancer-sticky-sessions-",
                "load-balancer.hetzner.cloud/http-sticky-sessions");
    }

    private void others() {
        String question =
                "%s asks its own controller for something that Landfall doesn't translate (%v): see whether it keeps"
                        + " anybody out, changes paths or lengthens time limits, and write that into nginx.conf.sigil.";
        open("controller-nginx", question, "nginx.org/", "nginx.com/", "appprotect.f5.com/");
        open(
                "controller-haproxy",
                question,
                "haproxy.org/",
                "haproxy-ingress.github.io/",
                "haproxy.router.openshift.io/",
                "router.openshift.io/");
        open("controller-kong", question, "konghq.com/", "configuration.konghq.com");
        open("controller-contour", question, "projectcontour.io/", "contour.heptio.com/");
        open("controller-ambassador", question, "getambassador.io/");
        open("controller-apisix", question, "k8s.apisix.apache.org/");
        satisfied(
                HTTPS,
                "nginx.org/redirect-to-https",
                "ingress.kubernetes.io/force-ssl-redirect",
                "haproxy.org/ssl-redirect",
                "haproxy-ingress.github.io/ssl-redirect",
                "konghq.com/https-redirect-status-code",
                "konghq.com/protocols");
    }
}
