package landfall.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The emulated API server's certificate, its clients' tokens, and the kubeconfig that names both. */
final class ClusterKeys {
    private static final String ALIAS = "cluster";

    /** A user without rights but those that Roles give. */
    private static final String GUEST = "guest";

    private final Path store;
    private final String password;
    private final Map<String, String> tokens;

    private ClusterKeys(Path store, String password, Map<String, String> tokens) {
        this.store = store;
        this.password = password;
        this.tokens = tokens;
    }

    /** Made anew at each start: addresses differ from run to run. */
    static ClusterKeys make(Path folder, String address) throws IOException, InterruptedException {
        SecureRandom random = new SecureRandom();
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        String password = HexFormat.of().formatHex(bytes);
        Map<String, String> tokens = new LinkedHashMap<>();
        for (String user : List.of(ApiAuthorizer.OWNER, GUEST)) {
            random.nextBytes(bytes);
            tokens.put(user, HexFormat.of().formatHex(bytes));
        }
        Path store = folder.resolve("cluster.p12");
        Files.deleteIfExists(store);
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-dname",
                "CN=landfall sandbox cluster",
                "-validity",
                "365",
                "-ext",
                "SAN=ip:" + address,
                "-ext",
                "BC=ca:true",
                "-keystore",
                store.toString(),
                "-storepass:env",
                "STORE_PASSWORD");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("STORE_PASSWORD", password);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool could not make a certificate: " + output);
        }
        return new ClusterKeys(store, password, tokens);
    }

    Path store() {
        return store;
    }

    String password() {
        return password;
    }

    /** By user. */
    Map<String, String> tokens() {
        return tokens;
    }

    String kubeconfig(String server) throws IOException {
        String certificate;
        try {
            KeyStore keys = KeyStore.getInstance(store.toFile(), password.toCharArray());
            certificate = "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(keys.getCertificate(ALIAS).getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IOException("the sandbox's own certificate can't be read", e);
        }
        String data = Base64.getEncoder().encodeToString(certificate.getBytes(StandardCharsets.UTF_8));
        return """
                apiVersion: v1
                kind: Config
                current-context: landfall-sandbox
                clusters:
                - name: landfall-sandbox
                  cluster:
                    server: %s
                    certificate-authority-data: %s
                contexts:
                - name: landfall-sandbox
                  context:
                    cluster: landfall-sandbox
                    user: landfall-sandbox
                - name: guest
                  context:
                    cluster: landfall-sandbox
                    user: guest
                users:
                - name: landfall-sandbox
                  user:
                    token: %s
                - name: guest
                  user:
                    token: %s
                """.formatted(server, data, tokens.get(ApiAuthorizer.OWNER), tokens.get(GUEST));
    }
}
