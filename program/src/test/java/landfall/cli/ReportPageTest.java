package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.Problems;
import landfall.kube.ManifestReader;
import landfall.recipe.MovePlan;
import landfall.recipe.MoveSecrets;
import landfall.recipe.MoveSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code report.html}: what stands in it, what can't get out of it, and how a browser shows it. */
final class ReportPageTest {
    private static final Path EXAMPLE = Path.of("../examples/v-sekai/k8s");
    private static final Pattern DATA =
            Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

    /** What an attacker would like to see run, as a name, a value, a key and a host. */
    private static final String HOSTILE = """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: "x</script><script>document.title='broken'</script>"
            data:
              "<img src=x onerror=alert(1)>": "</script><script>document.title='broken'</script>"
              LINE: "a\\u2028b"
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: front
              annotations:
                example.org/odd: "--><script>document.title='broken'</script>"
            spec:
              rules:
                - host: "\\"><script>document.title='broken'</script>"
                  http:
                    paths:
                      - path: "/'\\"<b>"
                        pathType: Prefix
                        backend: {service: {name: "<b>web</b>", port: {number: 80}}}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                    - name: web
                      image: "example/web:1<script>document.title='broken'</script>"
                      env:
                        - name: GREETING
                          value: "<script>document.title='broken'</script>"
            """;

    /** Passwords where a manifest has them though it shouldn't. */
    private static final String CARELESS = """
            apiVersion: v1
            kind: Secret
            metadata: {name: keys}
            stringData: {DB_PASSWORD: canary-one-4711, NOTE: canary-two-is-longer-than-16}
            data: {API: Y2FuYXJ5LXRocmVlLWlzLWJhc2U2NA==}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings}
            data:
              ADMIN_PASSWORD: canary-four
              application.ini: |
                [database]
                password = canary-five
                url = postgres://me:canary-six@db:5432/x
                again = canary-one-4711
              key.pem: |
                -----BEGIN PRIVATE KEY-----
                canary-seven-MIGHAgEAMBMGByqGSM49
                -----END PRIVATE KEY-----
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: '{"spec":"canary-eight"}'
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                    - name: web
                      image: example/web:1
                      args: ["--requirepass", "canary-nine", "--api-key=canary-ten"]
                      env:
                        - {name: SMTP_PASSWORD, value: canary-eleven}
                        - {name: BROKER, value: "amqp://guest:canary-twelve@mq"}
                        - {name: COPY, value: canary-two-is-longer-than-16}
            """;

    @TempDir
    private Path temp;

    @Test
    void thePageLoadsNothingAndItsBytesAreTheSameEachTime() {
        String page = page(EXAMPLE);

        assertThat(page).isEqualTo(page(EXAMPLE));
        assertThat(page)
                .contains("default-src 'none'")
                .doesNotContain("src=\"", "<link", "@import", "url(", "fetch(", "XMLHttpRequest");
    }

    @Test
    void noValueBreaksOutOfThePage() throws IOException {
        String page = page(Files.writeString(temp.resolve("hostile.yaml"), HOSTILE));

        Matcher data = DATA.matcher(page);
        assertThat(data.find()).isTrue();
        assertThat(data.group(1)).doesNotContain("<", "\u2028").contains("\\u003c/script>");
        String outside = page.replace(data.group(1), "");
        assertThat(outside.split("<script", -1)).as("script elements").hasSize(3);
        assertThat(outside).doesNotContain("<b>web</b>", "<img", "'broken'");
    }

    @Test
    void noPasswordIsInThePageThoughTheManifestIsCareless() throws IOException {
        String page = page(Files.writeString(temp.resolve("careless.yaml"), CARELESS));

        Matcher found = Pattern.compile("canary-[a-z0-9-]+|Y2FuYXJ5").matcher(page);
        assertThat(found.results().map(result -> result.group()).toList()).isEmpty();
        assertThat(page).contains("ADMIN_PASSWORD: …", "amqp://guest:…@mq");
    }

    @Test
    void aLargeEstateIsCutAndThePageSaysSo() throws IOException {
        StringBuilder manifests = new StringBuilder();
        for (int at = 0; at < 3_000; at++) {
            manifests
                    .append("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c")
                    .append(at)
                    .append("}\ndata:\n");
            for (int key = 0; key < 8; key++) {
                manifests.append("  K").append(key).append(": value\n");
            }
        }
        String page = page(Files.writeString(temp.resolve("many.yaml"), manifests));

        assertThat(page.length()).isLessThan(12_000_000);
        assertThat(page).contains("This page holds 20,000 of them");
    }

    @Test
    void aBrowserShowsTheExampleOnAPhoneAndOnADesktopInLightAndDark() throws Exception {
        Optional<Browser> found = Browser.find(temp);
        assumeTrue(found.isPresent(), "no chromium on this machine: the page is not looked at");
        Browser browser = found.get();
        Path file = Files.writeString(temp.resolve("report.html"), page(EXAMPLE));
        String address = file.toUri().toString();

        Browser.Page shown = browser.open(address + "#find=Deployment/vsekai/uro+containers[0].image", 1280, 900);
        assertThat(shown.console()).doesNotContain("CONSOLE", "Uncaught", "Refused");
        assertThat(shown.dom())
                .contains("What moves where", "For you to decide", "Lost, and what to do instead")
                .contains("Pause to expect", "Size and cost", "example prices of")
                .contains("uploads-uro", "on no volume", "redis-data", "sessions")
                .contains("client-address-uro", "migrations-uro", "standard input open", "/health proves nothing")
                .contains("aria-expanded=\"true\"", "apps/uro/Dockerfile", "ghcr.io/v-sekai/uro:1.4.2");

        Path pictures = Files.createDirectories(Path.of("target/report"));
        browser.picture(address, pictures.resolve("light.png"), 1280, 1700);
        browser.picture(address, pictures.resolve("dark.png"), 1280, 1700, "--blink-settings=preferredColorScheme=0");
        // A headless window is at least 500 wide: a frame of 375 is a phone to the page.
        Path phone = Files.writeString(temp.resolve("phone.html"), """
                <!DOCTYPE html><body style="margin:0"><iframe id="frame" src="%s" width="375" height="2400"
                style="border:0"></iframe><script>
                addEventListener("load", function () {
                  const page = document.getElementById("frame").contentDocument.documentElement;
                  document.body.dataset.width = page.scrollWidth + " of " + page.clientWidth;
                });</script></body>
                """.formatted(address));
        browser.picture(phone.toUri().toString(), pictures.resolve("phone.png"), 500, 2400);
        Browser.Page narrow = browser.open(phone.toUri().toString(), 500, 2400, "--allow-file-access-from-files");
        assertThat(narrow.dom()).contains("data-width=\"375 of 375\"");
    }

    private static String page(Path manifests) {
        Manifests translated = Manifests.translate(
                ManifestReader.read(List.of(manifests.toString()), System.in, new Problems()),
                new Problems(),
                manifests.toString(),
                null,
                Optional.empty(),
                Map.of(),
                true);
        MovePlan plan = MovePlan.of(
                translated.target,
                new MoveSettings.Kubernetes(null, null, translated.target.namespace()),
                new MoveSettings.DokkuTarget(null, null, null, null),
                MoveSecrets.of(translated.target, Map.of(), new Random(1)));
        return new ReportOptions().page(translated, plan);
    }
}
