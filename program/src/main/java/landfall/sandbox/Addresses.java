package landfall.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sandbox's network: every machine, Service and container has an address of its own inside one block
 * {@code 127.A.0.0/16}, so that fixed ports (5432, 4000, 30400) never collide, not even between two sandboxes, and
 * nothing listens beyond loopback. Outside addresses map to it: {@link #DOKKU_HOST_ADDRESS} (TEST-NET-1, RFC 5737) is
 * the Dokku host as the cluster sees it, because the real Kubernetes API refuses loopback addresses in EndpointSlices.
 *
 * <p>Ports below 1024 need root; they are served 8000 higher ({@link #listenPort}).
 */
public final class Addresses implements AutoCloseable {
    public static final String DOKKU_HOST_ADDRESS = "192.0.2.10";

    private final int block;
    private final ServerSocket claim;
    private final Map<String, String> names = new TreeMap<>();
    private int nextPod = 1;
    private int nextService = 1;
    private int nextDokku = 1;

    private Addresses(int block, ServerSocket claim) {
        this.block = block;
        this.claim = claim;
    }

    /** Claims a free block for as long as this object is open. */
    public static Addresses claim() {
        int start = 1 + (int) (ProcessHandle.current().pid() % 250);
        for (int i = 0; i < 250; i++) {
            int block = 1 + (start + i) % 250;
            try {
                ServerSocket claim = new ServerSocket();
                claim.bind(new InetSocketAddress(InetAddress.getByAddress(bytes(block, 0, 1)), 8001));
                return new Addresses(block, claim);
            } catch (IOException taken) {
                // Another sandbox has this block: the next one is tried.
            }
        }
        throw new UncheckedIOException(new IOException("no free block 127.A.0.0/16 of loopback addresses"));
    }

    private static byte[] bytes(int block, int high, int low) {
        return new byte[] {127, (byte) block, (byte) high, (byte) low};
    }

    private String at(int high, int low) {
        return "127." + block + "." + high + "." + low;
    }

    /** The cluster's only node: API server (6443) and node ports. */
    public String node() {
        return at(0, 10);
    }

    /** The Dokku host: SSH and nginx. */
    public String dokkuHost() {
        return at(0, 20);
    }

    public synchronized String nextPod() {
        int n = nextPod++;
        return at(42 + n / 250, 1 + n % 250);
    }

    public synchronized String nextService() {
        int n = nextService++;
        return at(100 + n / 250, 1 + n % 250);
    }

    public synchronized String nextDokkuContainer() {
        int n = nextDokku++;
        return at(150 + n / 250, 1 + n % 250);
    }

    /** Where an address that an API object names is served here. */
    public String real(String address) {
        return address.equals(DOKKU_HOST_ADDRESS) ? dokkuHost() : address;
    }

    public static int listenPort(int port) {
        return port < 1024 ? port + 8000 : port;
    }

    /** Every host name that programs may resolve, with its address; see {@link Containers#hostsFile}. */
    public synchronized Map<String, String> names() {
        return new TreeMap<>(names);
    }

    public synchronized void name(String host, String address) {
        names.put(host, address);
    }

    public synchronized void forget(String host) {
        names.remove(host);
    }

    @Override
    public void close() {
        try {
            claim.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
