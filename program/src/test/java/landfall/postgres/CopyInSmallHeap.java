package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import landfall.base.Events;
import landfall.base.Secret;

/** The copy in a JVM of its own, whose heap is smaller than a row. */
final class CopyInSmallHeap {
    private CopyInSmallHeap() {}

    static void run(Servers.Move move, String heap) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CopyInSmallHeap.class.getName(),
                        Integer.toString(Servers.get().source.port()),
                        Integer.toString(Servers.get().target.port()),
                        move.naming().moveId()))
                .redirectErrorStream(true)
                .start();
        // Secrets pass by standard input, as everywhere.
        try (var passwords = process.outputWriter(StandardCharsets.UTF_8)) {
            passwords.write(move.target().password().reveal() + "\n");
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    public static void main(String[] arguments) throws Exception {
        String name = arguments[2];
        String password = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).strip();
        new SnapshotCopy(
                        new Database(
                                "source",
                                new Servers.Line(Integer.parseInt(arguments[0])),
                                name,
                                MoverRole.NAME,
                                Secret.of("mover")),
                        new Database(
                                "target",
                                new Servers.Line(Integer.parseInt(arguments[1])),
                                name,
                                "postgres",
                                Secret.of(password)),
                        new Naming(name),
                        new TargetRole(name + "_app", Secret.of("target")),
                        Events.NONE)
                .run();
    }
}
