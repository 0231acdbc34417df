import java.net.Socket;
import java.util.concurrent.locks.LockSupport;
import landfall.base.Duplex;
import landfall.base.Events;
import landfall.base.Secret;
import landfall.postgres.Database;
import landfall.postgres.Direction;
import landfall.postgres.Follower;
import landfall.postgres.Naming;
import landfall.postgres.ReplicationSlots;
import org.postgresql.replication.LogSequenceNumber;

/** Drains what stands in a slot, as `landfall sync` does: {@code Follow prepare|drain SOURCE-PORT TARGET-PORT [END-LSN]}. */
public final class Follow {
    public static void main(String[] args) throws Exception {
        Database from = database("source", Integer.parseInt(args[1]), "bench");
        Database to = database("target", Integer.parseInt(args[2]), "landfall");
        Naming naming = new Naming("bench");
        if (args[0].equals("prepare")) {
            ReplicationSlots.prepare(from, to, Direction.FORWARD, naming);
            return;
        }
        long end = LogSequenceNumber.valueOf(args[3]).asLong();
        long start = System.nanoTime();
        try (Follower follower = Follower.start(from, to, Direction.FORWARD, naming, Events.NONE)) {
            while (follower.lag().appliedLsn() < end) {
                LockSupport.parkNanos(20_000_000);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf("%.2f %d%n", seconds, follower.lag().appliedChanges());
        }
        System.exit(0);
    }

    private static Database database(String label, int port, String name) {
        Duplex.Dialer dialer = () -> {
            Socket socket = new Socket("127.0.0.1", port);
            socket.setTcpNoDelay(true);
            return new Duplex() {
                @Override
                public java.io.InputStream input() {
                    return unchecked(socket::getInputStream);
                }

                @Override
                public java.io.OutputStream output() {
                    return unchecked(socket::getOutputStream);
                }

                @Override
                public void close() throws java.io.IOException {
                    socket.close();
                }
            };
        };
        return new Database(label, dialer, name, "postgres", Secret.of("bench"));
    }

    private static <T> T unchecked(java.util.concurrent.Callable<T> call) {
        try {
            return call.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
