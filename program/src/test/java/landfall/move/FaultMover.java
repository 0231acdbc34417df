package landfall.move;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.postgres.Direction;
import landfall.recipe.MoveFolder;

/**
 * The mover: its commands as the command line gives them, here in a process of its own so that it can be killed. It tells
 * each moment on standard output and goes on when it gets a line back.
 */
public final class FaultMover {
    static final Duration DOOR_MAX = Duration.ofSeconds(4);
    static final Duration LAG = Duration.ofMillis(500);

    /** Told of every step and of every line of the journal, before and behind it. */
    @FunctionalInterface
    interface Listener {
        void at(String kind, String name, String state);
    }

    private FaultMover() {}

    static void run(MoveFolder folder, String command, Listener listener) {
        Events events = event -> {
            if (event.name().equals("step")) {
                listener.at(
                        "step",
                        String.valueOf(event.fields().get("step")),
                        String.valueOf(event.fields().get("state")));
            } else if (event.name().equals("problem")) {
                listener.at("problem", String.valueOf(event.fields().get("message")), "");
            }
        };
        Moves moves = new Moves(
                folder, () -> new FaultSides(folder), () -> new FaultSides(folder), events, new Counted(listener));
        ExitCode exit = switch (command) {
            case "sync", "follow" -> moves.sync(LAG, true, null, () -> false);
            case "cutover" -> moves.switchOver(Direction.FORWARD, DOOR_MAX, true, () -> false);
            case "rollback" -> moves.switchOver(Direction.BACKWARD, DOOR_MAX, true, () -> false);
            case "verify" -> moves.verify();
            case "abandon" -> moves.abandon();
            case "finish" -> moves.finish();
            default -> throw new IllegalArgumentException(command);
        };
        if (exit != ExitCode.DONE) {
            throw new IllegalStateException(command + " ended with " + exit);
        }
    }

    /** The journal asks for the time before it writes a line and again when it is durable. */
    private static final class Counted extends Clock {
        private final Listener listener;
        private int asked;

        Counted(Listener listener) {
            this.listener = listener;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            int call;
            synchronized (this) {
                call = asked++;
            }
            listener.at("journal", Integer.toString(call / 2), call % 2 == 0 ? "before" : "written");
            return Clock.systemUTC().instant();
        }
    }

    /** FOLDER COMMAND; exits 0, or 1 with what the command said. */
    public static void main(String[] args) {
        BufferedReader answers = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Object one = new Object();
        try {
            run(MoveFolder.at(Path.of(args[0])), args[1], (kind, name, state) -> {
                synchronized (one) {
                    System.out.println(kind + "\t" + name.replace('\n', ' ').replace('\t', ' ') + "\t" + state);
                    System.out.flush();
                    try {
                        if (answers.readLine() == null) {
                            Runtime.getRuntime().halt(3);
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
            System.exit(0);
        } catch (LandfallException e) {
            System.err.println(e.problems());
            System.exit(1);
        } catch (RuntimeException e) {
            e.printStackTrace();
            System.exit(1);
        }
    }
}
