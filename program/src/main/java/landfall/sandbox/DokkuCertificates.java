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
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.security.auth.x500.X500Principal;
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
        commands.put("certs:show", this::show);
        commands.put("certs:generate", this::generate);
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

    private static List<X509Certificate> chain(String certificates) throws GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>();
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        for (Certificate certificate : factory.generateCertificates(
                new ByteArrayInputStream(certificates.getBytes(StandardCharsets.US_ASCII)))) {
            chain.add((X509Certificate) certificate);
        }
        if (chain.isEmpty()) {
            throw new GeneralSecurityException("no certificate in server.crt");
        }
        return chain;
    }

    private static Pair pair(String certificates, String key) throws GeneralSecurityException {
        List<X509Certificate> chain = chain(certificates);
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

    /** The names that a certificate is for; none if it can't be read. */
    static List<String> hostnames(DokkuHost host, String app) throws IOException {
        try {
            X509Certificate certificate = chain(
                            Files.readString(folder(host, app).resolve("server.crt")))
                    .getFirst();
            TreeSet<String> names = new TreeSet<>();
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    names.add(String.valueOf(part.getValue()));
                }
            }
            if (certificate.getSubjectAlternativeNames() != null) {
                certificate.getSubjectAlternativeNames().forEach(name -> names.add(String.valueOf(name.get(1))));
            }
            return List.copyOf(names);
        } catch (GeneralSecurityException | InvalidNameException e) {
            host.log("the certificate of " + app + " can't be read: " + e.getMessage());
            return List.of();
        }
    }

    /** Whether the key belongs to the certificate: nginx takes nothing from any app while one doesn't. */
    static boolean fits(DokkuHost host, String app) throws IOException {
        try {
            Pair pair = pair(
                    Files.readString(folder(host, app).resolve("server.crt")),
                    Files.readString(folder(host, app).resolve("server.key")));
            String algorithm = pair.key().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
            byte[] text = "a text to sign".getBytes(StandardCharsets.US_ASCII);
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(pair.key());
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(pair.chain().getFirst());
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            host.log("the pair of " + app + " can't be used: " + e.getMessage());
            return false;
        }
    }

    private int add(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (!call.argument(1).isEmpty()) {
            // Paths are those of the host, where a client of the sandbox has no files.
            throw DokkuFailure.refused("CRT file specified not found, please check file paths");
        }
        Map<String, String> files = extracted(call);
        for (String kind : List.of("crt", "key")) {
            if (!files.containsKey(kind)) {
                throw DokkuFailure.refused("Tar archive is missing ." + kind + " file");
            }
        }
        // Nothing is compared: a key of another certificate is kept as it is, and nginx finds out.
        Path folder = Files.createDirectories(folder(host, app));
        Files.writeString(folder.resolve("server.crt"), files.getOrDefault("crt", ""));
        Files.writeString(folder.resolve("server.key"), files.getOrDefault("key", ""));
        return new DokkuRouting(host).rebuild(call, app);
    }

    private static Map<String, String> extracted(DokkuCall call) throws IOException, DokkuFailure {
        byte[] bytes = call.in().readAllBytes();
        Map<String, String> files = new TreeMap<>();
        int entries = 0;
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries++;
                String name = Path.of(entry.getName()).normalize().toString();
                int dot = name.lastIndexOf('.');
                if (entry.isFile() && dot >= 0) {
                    files.putIfAbsent(name.substring(dot + 1), text(tar));
                }
            }
        } catch (IOException e) {
            // tar says nothing here and ends with 2.
            throw new DokkuFailure(2, "");
        }
        if (entries == 0) {
            throw new DokkuFailure(2, "");
        }
        for (String event : List.of("extraction_started", "extraction_completed")) {
            String process = "/tmp/dokku-" + ProcessHandle.current().pid();
            call.err("[archive-security] timestamp="
                    + Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS) + " user=dokku event=" + event
                    + " archive_type=tar source=" + process + "-archive.AAAAAA details=dest=" + process
                    + "-cmd-certs-set.AAAAAA\n");
        }
        return files;
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private int show(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (!has(host, app)) {
            throw DokkuFailure.refused(app + " doesn't have an SSL endpoint defined");
        }
        if (!List.of("crt", "key").contains(call.argument(1))) {
            throw DokkuFailure.refused("specify either 'key' or 'crt'");
        }
        call.out(Files.readString(folder(host, app).resolve("server." + call.argument(1))));
        return 0;
    }

    private int generate(DokkuCall call) throws DokkuFailure {
        String app = host.app(call.argument(0));
        if (has(host, app)) {
            call.out("-----> " + app + " has an SSL endpoint already defined\n");
            return 0;
        }
        host.log("not emulated: certs:generate");
        throw DokkuFailure.refused("sandbox: certs:generate makes no certificate here; use certs:add");
    }

    private int remove(DokkuCall call) throws IOException, DokkuFailure {
        String app = host.app(call.argument(0));
        if (!has(host, app)) {
            throw DokkuFailure.refused("An app-specific SSL endpoint is not defined");
        }
        DokkuApps.remove(folder(host, app));
        call.out("-----> Removing SSL endpoint from " + app + "\n");
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
                values.putAll(facts(app));
            }
            return new DokkuReport(app + " ssl information", "ssl-", false, values);
        });
    }

    /** As openssl prints them. */
    private Map<String, String> facts(String app) throws IOException {
        X509Certificate certificate;
        try {
            certificate = chain(Files.readString(folder(host, app).resolve("server.crt")))
                    .getFirst();
        } catch (GeneralSecurityException e) {
            host.log("the certificate of " + app + " can't be read: " + e.getMessage());
            return Map.of();
        }
        boolean self = certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
        return Map.of(
                "ssl-expires-at", date(certificate.getNotAfter()),
                "ssl-hostnames", String.join(" ", hostnames(host, app)),
                "ssl-issuer", parts(certificate.getIssuerX500Principal(), " = "),
                "ssl-starts-at", date(certificate.getNotBefore()),
                "ssl-subject", parts(certificate.getSubjectX500Principal(), "="),
                "ssl-verified", self ? "self signed" : "");
    }

    private static String date(Date date) {
        return DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss yyyy 'GMT'", Locale.ENGLISH)
                .format(date.toInstant().atZone(ZoneOffset.UTC));
    }

    private static String parts(X500Principal name, String between) {
        try {
            return new LdapName(name.getName())
                    .getRdns().stream()
                            .map(part -> part.getType() + between + part.getValue())
                            .collect(Collectors.joining(", "));
        } catch (InvalidNameException e) {
            return name.getName();
        }
    }
}
