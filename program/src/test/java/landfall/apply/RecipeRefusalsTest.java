package landfall.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Secret;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Dokku would take and break on later is refused before anything is sent. */
class RecipeRefusalsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            dokku_nginx_property: {app: a, property: client-max-body, value: 50m} | .property | nearest one is client-max-body-size
            dokku_nginx_property: {app: a, property: client-max-body-size, value: 50mb} | .value | a size
            dokku_nginx_property: {app: a, property: proxy-read-timeout, value: 60 seconds} | .value | a time
            dokku_nginx_property: {app: a, property: proxy-buffering, value: "true"} | .value | on or off
            dokku_nginx_property: {app: a, property: hsts, value: "on"} | .value | true or false
            dokku_nginx_property: {app: a, property: proxy-buffers, value: 8k} | .value | a count and a size
            dokku_nginx_property: {app: a, property: bind-address-ipv4, value: 10.0.0.256} | .value | an IPv4 address
            dokku_nginx_property: {app: a, property: access-log-path, value: "/x; include /etc/passwd"} | .value | an absolute path
            dokku_checks_property: {app: a, property: wait-to-retire, value: "-5"} | .value | a whole number
            dokku_checks_property: {app: a, property: wait-to-retry, value: "5"} | .property | wait-to-retire
            dokku_ps_property: {app: a, property: restart-policy, value: sometimes} | .value | unless-stopped
            dokku_ps_property: {app: a, property: stop-timeout, value: "5"} | .property | stop-timeout-seconds
            dokku_network_property: {app: a, property: bind-all-interfaces, value: maybe} | .value | true or false
            dokku_network_property: {app: a, property: initial-network, value: "my net"} | .value | a network's name
            dokku_docker_options: {app: a, phase: deploy, option: "-v /a:/b -v /c:/d"} | .option | more than one option
            dokku_docker_options: {app: a, phase: deploy, option: "--label 'x"} | .option | not closed
            dokku_ps_scale: {app: a, scale: {web: -1}} | .scale | is not a count
            dokku_ps_scale: {app: a, scale: {"we b": 1}} | .scale | not a process type
            dokku_resource_limit: {app: a, resources: {memory: lots}} | .resources | amount
            dokku_git_from_image: {app: a, image: "Nginx:1"} | .image | lower case
            dokku_git_from_image: {app: a, image: "nginx@sha256:12"} | .image | 64 HEX DIGITS
            dokku_ports: {app: a, port_mappings: [{scheme: ftp, host: 80, container: 80}]} | .port_mappings | not a scheme
            dokku_ports: {app: a, port_mappings: [{scheme: http, host: 80, container: 80}, {scheme: http, host: 80, container: 81}]} | .port_mappings | mapped twice
            dokku_domains: {app: a, domains: [a_b.example]} | .domains | not a domain name
            """)
    void aFieldThatDokkuWouldTakeSilentlyIsRefused(String task, String field, String why) {
        assertThat(refusal("- tasks:\n    - dokku_app: {app: a}\n    - " + task.strip() + "\n", Map.of()))
                .contains("recipe.yml (task 2)", task.strip().split(":", 2)[0] + field.strip(), why.strip());
    }

    @Test
    void everyRefusalIsToldAtOnce() {
        assertThat(refusal("""
                        - tasks:
                            - dokku_app: {app: A}
                            - dokku_nginx_property: {app: a, property: hsts, value: maybe}
                            - dokku_domains: {app: a, domains: [x.example]}
                            - dokku_domains: {app: b, domains: [x.example]}
                            - dokku_ports: {app: a, port_mappings: [{scheme: http, host: 8080, container: 80}]}
                            - dokku_ports: {app: b, port_mappings: [{scheme: https, host: 8080, container: 80}]}
                        """, Map.of()))
                .contains(
                        "task 1",
                        "task 2",
                        "x.example is given to two apps, a and b",
                        "port 8080 cannot be http for a and https for b");
    }

    @Test
    void whatDokkuAndNginxTakeIsTaken() {
        RecipeFile recipe = RecipeFile.parse("""
                - tasks:
                    - dokku_nginx_property: {app: a, property: proxy-read-timeout, value: 1h 30m}
                    - dokku_nginx_property: {app: a, property: x-forwarded-proto-value, value: $http_x_forwarded_proto}
                    - dokku_nginx_property: {app: a, property: bind-address-ipv6, value: "[::1]"}
                    - dokku_nginx_property: {app: a, property: bind-address-ipv4, value: 127.0.0.1}
                    - dokku_ps_property: {app: a, property: restart-policy, value: on-failure:5}
                    - dokku_docker_options: {app: a, phase: deploy, option: --health-cmd "curl -f http://x"}
                    - dokku_docker_options: {app: a, phase: deploy, option: --memory-swap -1}
                    - dokku_git_from_image: {app: a, image: "ghcr.io:443/a/b_c:1.0@sha256:%s"}
                """.formatted("0".repeat(64)), "recipe.yml", Map.of());
        assertThat(recipe.tasks()).hasSize(8);
    }

    @Test
    void aCertificateGoesWithItsKeyInOneOfTheFormsOpensslWrites(@TempDir Path folder) throws Exception {
        for (String kind : List.of("rsa:2048", "ec:prime256v1", "ed25519")) {
            String own = made(folder, kind, "own");
            String key = Files.readString(folder.resolve("own.key"));
            String other = made(folder, kind, "other");
            String otherKey = Files.readString(folder.resolve("other.key"));
            assertThat(certs(own, key)).as(kind).isEmpty();
            assertThat(certs(own, otherKey)).as(kind).contains("it is not the key of the certificate");
            assertThat(certs(own + other, key)).as(kind).contains("its certificate 2 did not issue");
            if (!kind.equals("ed25519")) {
                assertThat(certs(own, oldKey(folder, key))).as(kind).isEmpty();
            }
            Files.writeString(folder.resolve("plain.key"), key);
            openssl(folder, "pkey", "-in", "plain.key", "-aes256", "-passout", "pass:x", "-out", "locked.key");
            assertThat(certs(own, Files.readString(folder.resolve("locked.key"))))
                    .contains("the key is encrypted");
        }
    }

    private static String oldKey(Path folder, String key) throws Exception {
        Files.writeString(folder.resolve("new.key"), key);
        openssl(folder, "pkey", "-in", "new.key", "-traditional", "-out", "old.key");
        String old = Files.readString(folder.resolve("old.key"));
        assertThat(old).containsPattern("BEGIN (RSA|EC) PRIVATE");
        return old;
    }

    private static String made(Path folder, String kind, String name) throws Exception {
        List<String> words =
                new ArrayList<>(List.of("req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=" + name + ".example"));
        words.addAll(
                kind.startsWith("ec:")
                        ? List.of("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:" + kind.substring(3))
                        : List.of("-newkey", kind));
        words.addAll(List.of("-keyout", name + ".key", "-out", name + ".crt"));
        openssl(folder, words.toArray(String[]::new));
        return Files.readString(folder.resolve(name + ".crt"));
    }

    private static void openssl(Path folder, String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isZero();
    }

    private static String certs(String certificate, String key) {
        String text = """
                - inputs: [{name: crt, sensitive: true}, {name: key, sensitive: true}]
                  tasks:
                    - dokku_certs: {app: a, cert_content: "{{ .crt }}", key_content: "{{ .key }}"}
                """;
        return refusal(text, Map.of("crt", Secret.of(certificate), "key", Secret.of(key)));
    }

    private static String refusal(String text, Map<String, Secret> secrets) {
        LandfallException refused =
                catchThrowableOfType(LandfallException.class, () -> RecipeFile.parse(text, "recipe.yml", secrets));
        if (refused == null) {
            return "";
        }
        assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        return refused.problems().stream().map(problem -> problem.sentence()).collect(Collectors.joining("\n"));
    }
}
