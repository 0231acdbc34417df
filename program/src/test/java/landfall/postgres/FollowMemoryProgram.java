package landfall.postgres;

import java.time.Duration;
import landfall.base.Events;
import landfall.base.Secret;

/** Follows until caught up, in a JVM of its own: {@code DATABASE SOURCE-PORT TARGET-PORT}, the passwords on stdin. */
final class FollowMemoryProgram {
    private FollowMemoryProgram() {}

    public static void main(String[] args) throws Exception {
        String[] passwords = new String(System.in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).split("\n");
        Database source = new Database(
                "source",
                new Servers.Line(Integer.parseInt(args[1])),
                args[0],
                MoverRole.NAME,
                Secret.of(passwords[0]));
        Database target = new Database(
                "target", new Servers.Line(Integer.parseInt(args[2])), args[0], "postgres", Secret.of(passwords[1]));
        try (Follower follower = Follower.start(source, target, Direction.FORWARD, new Naming(args[0]), Events.NONE)) {
            if (!follower.awaitLag(Duration.ofMinutes(2), Duration.ofMinutes(2))) {
                throw new IllegalStateException("not caught up in time");
            }
            System.out.println(follower.lag().appliedChanges());
        }
        System.exit(0);
    }
}
