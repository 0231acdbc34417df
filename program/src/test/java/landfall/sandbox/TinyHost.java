package landfall.sandbox;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;

/** An emulated host whose image {@code tinyweb} is {@link DokkuTinyWeb}, with Landfall's own connection to it. */
final class TinyHost implements AutoCloseable {
    private final Path folder;
    private final Addresses addresses;
    private final EmulatedDokku dokku;
    private final SshConnection connection;
    private final HttpClient http = HttpClient.newHttpClient();

    TinyHost(Path folder) throws Exception {
        this.folder = folder;
        addresses = Addresses.claim();
        ProcessRegistry registry = ProcessRegistry.in(folder);
        dokku = EmulatedDokku.start(
                folder,
                addresses,
                new Containers(folder, addresses, registry),
                registry,
                image -> image.contains("tinyweb")
                        ? Optional.of(new Program("tinyweb", DokkuTinyWeb.class.getName(), 5000, "/app"))
                        : Program.find(image),
                EmulatedDokku.PACE);
        connection = SshConnection.connect(SshTarget.parse(dokku.destination()), options());
    }

    EmulatedDokku dokku() {
        return dokku;
    }

    SshOptions options() {
        return new SshOptions(dokku.clientKeyFile(), dokku.knownHostsFile(), null);
    }

    landfall.dokku.DokkuHost host() {
        return new landfall.dokku.DokkuHost(connection);
    }

    SshConnection connection() {
        return connection;
    }

    String get(int port) throws IOException, InterruptedException {
        URI uri = URI.create("http://" + addresses.dokkuHost() + ":" + Addresses.listenPort(port) + "/");
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Waits until somebody's deploy of the app holds its lock. */
    void awaitDeploying(String app) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!dokku.host().deploys().lock(app).isLocked()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("no deploy of " + app + " began");
            }
            Thread.sleep(2);
        }
    }

    /** Waits until a deploy whose client has gone is over. */
    void awaitNoDeploy(String app) throws InterruptedException {
        long end = System.nanoTime() + 20_000_000_000L;
        while (dokku.host().deploys().lock(app).isLocked()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the deploy of " + app + " did not end");
            }
            Thread.sleep(2);
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
        http.close();
        dokku.close();
        addresses.close();
        ProcessRegistry.in(folder).endAll();
    }
}
