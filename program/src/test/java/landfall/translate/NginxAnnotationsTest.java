package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import landfall.ledger.Disposition;
import landfall.ledger.LedgerEntry;
import landfall.target.Route;
import landfall.target.TargetApp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The annotations of ingress-nginx: each has its class and sentence, and does what the sentence says. */
final class NginxAnnotationsTest {
    /** As the page "Annotations" of ingress-nginx lists them (read in November 2026). */
    private static final String PUBLISHED = """
            app-root affinity affinity-mode affinity-canary-behavior auth-realm auth-secret
            auth-secret-type auth-type auth-tls-secret auth-tls-verify-depth auth-tls-verify-client
            auth-tls-error-page auth-tls-pass-certificate-to-upstream auth-tls-match-cn auth-url
            auth-cache-key auth-cache-duration auth-keepalive auth-keepalive-share-vars
            auth-keepalive-requests auth-keepalive-timeout auth-proxy-set-headers auth-snippet
            enable-global-auth backend-protocol canary canary-by-header canary-by-header-value
            canary-by-header-pattern canary-by-cookie canary-weight canary-weight-total
            client-body-buffer-size configuration-snippet custom-http-errors custom-headers
            default-backend enable-cors cors-allow-origin cors-allow-methods cors-allow-headers
            cors-expose-headers cors-allow-credentials cors-max-age force-ssl-redirect
            from-to-www-redirect http2-push-preload limit-connections limit-rps permanent-redirect
            permanent-redirect-code temporal-redirect temporal-redirect-code preserve-trailing-slash
            proxy-body-size proxy-cookie-domain proxy-cookie-path proxy-connect-timeout
            proxy-send-timeout proxy-read-timeout proxy-next-upstream proxy-next-upstream-timeout
            proxy-next-upstream-tries proxy-request-buffering proxy-redirect-from proxy-redirect-to
            proxy-http-version proxy-ssl-secret proxy-ssl-ciphers proxy-ssl-name proxy-ssl-protocols
            proxy-ssl-verify proxy-ssl-verify-depth proxy-ssl-server-name enable-rewrite-log
            rewrite-target satisfy server-alias server-snippet service-upstream
            session-cookie-change-on-failure session-cookie-conditional-samesite-none
            session-cookie-domain session-cookie-expires session-cookie-max-age session-cookie-name
            session-cookie-path session-cookie-samesite session-cookie-secure ssl-redirect
            ssl-passthrough stream-snippet upstream-hash-by x-forwarded-prefix load-balance
            upstream-vhost denylist-source-range whitelist-source-range proxy-buffering
            proxy-buffers-number proxy-buffer-size proxy-busy-buffers-size proxy-max-temp-file-size
            ssl-ciphers ssl-prefer-server-ciphers connection-proxy-header enable-access-log
            enable-opentelemetry opentelemetry-trust-incoming-span use-regex enable-modsecurity
            enable-owasp-core-rules modsecurity-transaction-id modsecurity-snippet mirror-request-body
            mirror-target mirror-host
            """;

    @TempDir
    private Path temp;

    @Test
    void eachOfTheHundredAndSeventeenPublishedAnnotationsHasAClassAndASentence() {
        Set<String> published = new TreeSet<>(List.of(PUBLISHED.split("\\s+")));
        assertThat(published).hasSize(117);
        Map<String, NginxAnnotation> known = new TreeMap<>();
        NginxAnnotations.all().forEach(annotation -> known.put(annotation.name(), annotation));
        assertThat(known.keySet()).containsAll(published);
        assertThat(known.values()).allSatisfy(annotation -> {
            assertThat(annotation.kind()).isNotNull();
            assertThat(annotation.becomes()).as(annotation.name()).hasSizeGreaterThan(15);
        });
    }

    @Test
    void theTableInTheDocsIsTheProgramsOwn() throws IOException {
        Path file = Path.of("../docs/ingress-nginx.md");
        String generated = document();
        if ("1".equals(System.getenv("LANDFALL_REWRITE_DOCS"))) {
            Files.writeString(file, generated);
        }
        assertThat(Files.readString(file))
                .as("docs/ingress-nginx.md; LANDFALL_REWRITE_DOCS=1 and this test write it anew")
                .isEqualTo(generated);
    }

    private static String document() {
        StringBuilder text = new StringBuilder("""
                # Annotations of ingress-nginx

                Generated from the table in the code (`NginxAnnotationsTest`); not to be edited by hand. *same*: a property of
                Dokku's nginx, or what it does anyway. *emulated*: written into a generated `nginx.conf.sigil`. *refused*: not
                done, and said so in the report. Those that begin with `nginx.ingress.kubernetes.io/`:

                | annotation | class | what it becomes |
                | --- | --- | --- |
                """);
        NginxAnnotations.all().stream()
                .sorted(Comparator.comparing(NginxAnnotation::name))
                .forEach(annotation -> text.append("| `")
                        .append(annotation.name())
                        .append("` | ")
                        .append(annotation.kind().name().toLowerCase(java.util.Locale.ROOT))
                        .append(" | ")
                        .append(annotation.becomes().replace("|", "\\|"))
                        .append(" |\n"));
        return text.toString();
    }

    @Test
    void aValueThatTheControllerWouldNotTakeIsAskedAboutAndGoesNowhere() throws IOException {
        Manifests plan = plan("proxy-body-size: lots\n    nginx.ingress.kubernetes.io/limit-rps: '10; return 200'");

        assertThat(plan.target().openDecisions())
                .extracting(decision -> decision.id())
                .contains("annotation-proxy-body-size-shop", "annotation-limit-rps-shop");
        assertThat(web(plan).nginx()).doesNotContainKey("client-max-body-size");
        assertThat(web(plan).template().isNeeded()).isFalse();
    }

    @Test
    void whatPropertiesCanSayNeedsNoTemplate() throws IOException {
        Manifests plan = plan("proxy-body-size: 20m\n    nginx.ingress.kubernetes.io/proxy-read-timeout: '90'");

        assertThat(web(plan).nginx())
                .containsEntry("client-max-body-size", "20m")
                .containsEntry("proxy-read-timeout", "90s")
                .containsEntry("proxy-buffering", "off");
        assertThat(web(plan).template().isNeeded()).isFalse();
    }

    @Test
    void pathsThatAskForAnythingThatDokkuCannotCheckStayClosed() throws IOException {
        Manifests plan = plan("auth-tls-secret: default/clients");

        assertThat(plan.target().openDecisions())
                .extracting(decision -> decision.id())
                .contains("client-certificates-shop");
        assertThat(root(plan).directives()).contains("deny all");
    }

    @Test
    void textOfTheUsersCannotLeaveItsPlaceInTheTemplate() throws IOException {
        Manifests plan = plan("auth-type: basic\n    nginx.ingress.kubernetes.io/auth-realm: 'a \"b\" {{ .APP }}'");

        assertThat(root(plan).directives()).contains("auth_basic \"a \\\"b\\\" {{ \"{{\" }} .APP }}\"");
    }

    @Test
    void aCanaryTakesNoPathFromTheStableVersion() throws IOException {
        Manifests plan = plan("canary: 'true'\n    nginx.ingress.kubernetes.io/canary-weight: '10'");

        assertThat(web(plan).domains()).isEmpty();
        assertThat(plan.target().openDecisions())
                .extracting(decision -> decision.id())
                .contains("canary-shop");
        assertThat(unsettled(plan)).isEmpty();
    }

    private static List<String> unsettled(Manifests plan) {
        return plan.ledger().entries().stream()
                .filter(entry -> entry.disposition() == Disposition.DECISION
                        && entry.rule().contains("npla"))
                .map(LedgerEntry::toString)
                .collect(Collectors.toList());
    }

    private static TargetApp.Web web(Manifests plan) {
        return plan.target().app("shop").orElseThrow().web();
    }

    private static Route root(Manifests plan) {
        return web(plan).template().sites().getFirst().routes().getFirst();
    }

    private Manifests plan(String annotations) throws IOException {
        return Manifests.translate(temp, """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: shop}
                spec:
                  selector: {matchLabels: {app: shop}}
                  template:
                    metadata: {labels: {app: shop}}
                    spec: {containers: [{name: shop, image: shop:1, ports: [{containerPort: 80}]}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: shop}
                spec: {selector: {app: shop}, ports: [{port: 80}]}
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: shop
                  annotations:
                    nginx.ingress.kubernetes.io/""" + annotations + """

                spec:
                  ingressClassName: nginx
                  rules:
                    - host: shop.example
                      http:
                        paths:
                          - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
                """);
    }
}
