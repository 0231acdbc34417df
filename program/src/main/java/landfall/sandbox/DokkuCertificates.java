package landfall.sandbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** {@code certs:*}: a certificate and its key per app, taken as a tar on stdin. */
final class DokkuCertificates {
    private final DokkuHost host;

    DokkuCertificates(DokkuHost host) {
        this.host = host;
    }

    /** A certificate chain and its key. */
    record Pair(List<X509Certificate> chain, PrivateKey key) {}

    void register(Map<String, DokkuCommand> commands) {
        commands.put("certs:add", this::add);
        commands.put("certs:update", this::add);
        commands.put("certs:remove", this::remove);
        commands.put("certs:report", this::report);
    }

    private static Path folder(DokkuHost host, String app) {
        return host.store().folder().resolve("apps").resolve(app).resolve("tls");
    }

    static boolean has(DokkuHost host, String app) {
        return Files.exists(folder(host, app).resolve("server.crt"));
    }

    static Pair load(DokkuHost host, String app) throws IOException {
        Path folder = folder(host, app);
        try {
            return pair(Files.readString(folder.resolve("server.crt")), Files.readString(folder.resolve("server.key")));
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate of " + app + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static Pair pair(String certificates, String key) throws GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (Certificate certificate : factory.generateCertificates(
                new ByteArrayInputStream(certificates.getBytes(StandardCharsets.US_ASCII)))) {
            chain.add((X509Certificate) certificate);
        }
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("no certificate in server.crt");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder()
                    .decode(key.replaceAll("-----[A-Z ]+-----", "").strip());
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("server.key is not PEM", e);
        }
        String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
        return new Pair(chain, KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der)));
    }

    /** Takes a TLS connection with whichever certificate fits the name that the client asks for. */
    static SSLSocket accept(Socket plain, List<Pair> pairs) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, new char[0]);
        int n = 0;
        for (Pair pair : pairs) {
            store.setKeyEntry("app" + n++, pair.key(), new char[0], pair.chain().toArray(new X509Certificate[0]));
        }
        // NewSunX509 chooses among several certificates by the server name of the handshake.
        KeyManagerFactory keys = KeyManagerFactory.getInstance("NewSunX509");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(plain, null, plain.getPort(), true);
        secure.setUseClientMode(false);
        return secure;
    }

    private int add(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        String certificate = "";
        String key = "";
        byte[] bytes = call.in().readAllBytes();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = Path.of(entry.getName()).normalize().toString();
                if (name.endsWith(".crt")) {
                    certificate = text(tar);
                } else if (name.endsWith(".key")) {
                    key = text(tar);
                }
            }
        }
        if (bytes.length == 0) {
            throw new DokkuFailure(2, "");
        }
        if (certificate.isEmpty() || key.isEmpty()) {
            throw DokkuFailure.refused("Tar archive missing .crt or .key file(s)");
        }
        try {
            pair(certificate, key);
        } catch (GeneralSecurityException e) {
            // The real host keeps the pair and breaks nginx for every app; the sandbox says so and keeps nothing.
            host.log("certs:add " + app + ": " + e.getMessage());
            throw DokkuFailure.refused("Could not install certificate: " + e.getMessage());
        }
        host.store().checkSpace("/home/dokku/" + app + "/tls/server.crt");
        Path folder = Files.createDirectories(folder(host, app));
        Files.writeString(folder.resolve("server.crt"), certificate);
        Files.writeString(folder.resolve("server.key"), key);
        return new DokkuRouting(host).rebuild(call, app);
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private int remove(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (!has(host, app)) {
            throw DokkuFailure.refused("An app-specific SSL endpoint is not defined");
        }
        DokkuApps.remove(folder(host, app));
        call.heading("-----> Removing SSL endpoint from " + app);
        return new DokkuRouting(host).rebuild(call, app);
    }

    private int report(DokkuCall call) throws IOException, DokkuFailure {
        return DokkuSettings.each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            if (app.equals("--global")) {
                return new DokkuReport(app + " ssl information", "ssl-", false, values);
            }
            boolean has = has(host, app);
            values.put("ssl-dir", "/home/dokku/" + app + "/tls");
            values.put("ssl-enabled", String.valueOf(has));
            for (String key : List.of("expires-at", "hostnames", "issuer", "starts-at", "subject", "verified")) {
                values.put("ssl-" + key, "");
            }
            if (has) {
                X509Certificate certificate = load(host, app).chain().getFirst();
                values.put(
                        "ssl-expires-at",
                        String.valueOf(certificate.getNotAfter().toInstant()));
                values.put(
                        "ssl-starts-at",
                        String.valueOf(certificate.getNotBefore().toInstant()));
                values.put("ssl-issuer", certificate.getIssuerX500Principal().getName());
                values.put("ssl-subject", certificate.getSubjectX500Principal().getName());
                boolean self = certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
                values.put("ssl-verified", self ? "self signed" : "");
            }
            return new DokkuReport(app + " ssl information", "ssl-", false, values);
        });
    }
}
