import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import landfall.base.Duplex;
import landfall.base.Events;
import landfall.base.Secret;
import landfall.postgres.Database;
import landfall.postgres.Direction;
import landfall.postgres.Follower;
import landfall.postgres.Naming;
import landfall.postgres.SnapshotCopy;
import landfall.postgres.TargetRole;
import landfall.postgres.VerifyReport;

/** Moves one table of a shape, then times proof and scans in turns: Verify SOURCE-PORT TARGET-PORT SHAPE RUNS. */
final class Verify {
    private record Line(int port) implements Duplex.Dialer {
        @Override
        public Duplex dial() throws IOException {
            Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
            socket.setTcpNoDelay(true);
            InputStream input = socket.getInputStream();
            OutputStream output = socket.getOutputStream();
            return new Duplex() {
                @Override
                public InputStream input() {
                    return input;
                }

                @Override
                public OutputStream output() {
                    return output;
                }

                @Override
                public void close() throws IOException {
                    socket.close();
                }
            };
        }
    }

    private static void run(Database on, String sql) throws Exception {
        try (Connection connection = on.connect("bench");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The statement on both sides at once, as the proof reads both sides at once. */
    private static double both(Database source, Database target, String sql) throws Exception {
        long start = System.nanoTime();
        List<Throwable> failures = new ArrayList<>();
        Thread other = Thread.ofVirtual().start(() -> {
            try {
                run(target, sql);
            } catch (Exception e) {
                failures.add(e);
            }
        });
        run(source, sql);
        other.join();
        if (!failures.isEmpty()) {
            throw new IllegalStateException(failures.getFirst());
        }
        return (System.nanoTime() - start) / 1e9;
    }

    public static void main(String[] args) throws Exception {
        Database source = new Database(
                "source", new Line(Integer.parseInt(args[0])), args[2], "postgres", Secret.of("none"));
        Database target = new Database(
                "target", new Line(Integer.parseInt(args[1])), args[2], "postgres", Secret.of("none"));
        Naming naming = new Naming("bench_" + args[2]);
        new SnapshotCopy(source, target, naming, new TargetRole("app", Secret.of("app"), "postgres"), Events.NONE)
                .run();
        run(source, "vacuum analyze public.t");
        run(target, "vacuum analyze public.t");
        String serial = "set max_parallel_workers_per_gather = 0; ";
        try (Follower follower = Follower.start(source, target, Direction.FORWARD, naming, Events.NONE)) {
            for (int i = 0; i < Integer.parseInt(args[3]); i++) {
                VerifyReport report = follower.verify();
                if (!report.isEqual()) {
                    throw new IllegalStateException(report.problems().toString());
                }
                System.out.println("landfall " + report.took().toNanos() / 1e9);
                System.out.println("copy " + both(source, target, "copy public.t to '/dev/null' (format binary)"));
                System.out.println("text " + both(source, target, "copy public.t to '/dev/null'"));
                System.out.println("pgcopydb "
                        + both(source, target, serial
                                + "select count(1), sum(hashtext(t::text)::bigint) from only public.t t"));
                System.out.println("count " + both(source, target, serial + "select count(*) from public.t"));
            }
        }
        System.exit(0);
    }
}
