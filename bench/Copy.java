import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.InetAddress;
import java.net.Socket;
import landfall.base.Duplex;
import landfall.base.Events;
import landfall.base.Secret;
import landfall.postgres.Database;
import landfall.postgres.Naming;
import landfall.postgres.SnapshotCopy;
import landfall.postgres.TargetRole;

/** The snapshot copy alone, between two servers of this machine: SOURCE_PORT TARGET_PORT DATABASE USER. */
final class Copy {
    private record Line(Socket socket) implements Duplex {
        @Override
        public InputStream input() {
            return unchecked(socket::getInputStream);
        }

        @Override
        public OutputStream output() {
            return unchecked(socket::getOutputStream);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws IOException;
    }

    private static <T> T unchecked(Call<T> call) {
        try {
            return call.run();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Database database(String label, String port, String name, String user) {
        Duplex.Dialer dialer = () -> {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
            socket.setTcpNoDelay(true);
            return new Line(socket);
        };
        return new Database(label, dialer, name, user, Secret.of("trusted"));
    }

    public static void main(String[] arguments) {
        Events events = event -> {
            if (System.getenv("VERBOSE") != null || event.name().equals("note")) {
                System.err.println(event.fields());
            }
        };
        SnapshotCopy.Result result = new SnapshotCopy(
                        database("source", arguments[0], arguments[2], arguments[3]),
                        database("target", arguments[1], arguments[2], arguments[3]),
                        new Naming("bench"),
                        new TargetRole("bench_app", Secret.of("bench")),
                        events)
                .run();
        long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
        System.out.println("rows " + result.rows() + " tables " + result.tables() + " seconds "
                + result.took().toMillis() / 1000.0 + " heap-mb " + (peak >> 20));
    }
}
