package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS in front of a server, as a host's proxy does it: over it clients send other bodies than in the open, unsigned chunks
 * with a checksum behind them. Its certificate is made at the start and known to nobody else.
 */
final class TlsFront implements AutoCloseable {
    private static final char[] PASSWORD = "of no worth".toCharArray();

    private final Path certificate;
    private final KeyStore keys;
    private final ServerSocket listening;
    private final int behind;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private TlsFront(Path certificate, KeyStore keys, ServerSocket listening, int behind) {
        this.certificate = certificate;
        this.keys = keys;
        this.listening = listening;
        this.behind = behind;
    }

    static TlsFront start(Path folder, int behind) throws Exception {
        Path store = folder.resolve("keys.p12");
        Path certificate = folder.resolve("certificate.pem");
        String[] both = {"-keystore", store.toString(), "-storepass", new String(PASSWORD), "-alias", "front"};
        keytool(
                both,
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost");
        keytool(both, "-exportcert", "-rfc", "-file", certificate.toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        TlsFront front = new TlsFront(
                certificate,
                keys,
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                behind);
        front.threads.execute(front::accept);
        return front;
    }

    private static void keytool(String[] both, String... words) throws IOException, InterruptedException {
        ProcessBuilder keytool = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        keytool.command().addAll(List.of(words));
        keytool.command().addAll(List.of(both));
        Process process = keytool.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
    }

    /** The certificate as programs want it named: a PEM file. */
    Path certificate() {
        return certificate;
    }

    URI uri() {
        return URI.create("https://127.0.0.1:" + listening.getLocalPort());
    }

    TrustManagerFactory trust() throws GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try {
            trusted.load(null, null);
        } catch (IOException never) {
            throw new IllegalStateException("nothing is read", never);
        }
        trusted.setCertificateEntry("front", keys.getCertificate("front"));
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        return managers;
    }

    private void accept() {
        try {
            while (true) {
                Socket front = listening.accept();
                threads.execute(() -> join(front));
            }
        } catch (IOException closed) {
            assertThat(listening.isClosed()).as("%s", closed).isTrue();
        }
    }

    private void join(Socket front) {
        try (front;
                Socket back = new Socket(InetAddress.getLoopbackAddress(), behind)) {
            var up = threads.submit(() -> copy(front, back));
            copy(back, front);
            up.cancel(true);
        } catch (IOException gone) {
            // the client went away; its request fails there
        }
    }

    /** Until either end is closed; then both are. */
    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException gone) {
            // the other direction ended first and closed both
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }
}
