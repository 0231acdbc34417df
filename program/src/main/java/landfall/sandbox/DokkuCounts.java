package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** How often clients asked for what costs the real host time; kept in {@code dokku-counts.json} of the folder. */
public final class DokkuCounts {
    private final Path file;
    private int connections;
    private int executions;
    private int batched;
    private int nginxRebuilds;

    DokkuCounts(Path folder) {
        file = folder.resolve("dokku-counts.json");
    }

    /**
     * The counts.
     *
     * @param executions SSH channels that ran a command, or a batch of them
     * @param batched lines of {@code dokku shell}
     * @param nginxRebuilds times that an app's nginx configuration was written and nginx reloaded
     */
    public record Snapshot(int connections, int executions, int batched, int nginxRebuilds) {}

    synchronized void connected() {
        connections++;
    }

    synchronized void executed() {
        executions++;
    }

    synchronized void batched() {
        batched++;
    }

    synchronized void nginxRebuilt() {
        nginxRebuilds++;
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(connections, executions, batched, nginxRebuilds);
    }

    /** Another process may read it at any time: it is replaced, never torn. */
    synchronized void write() throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(
                next,
                "{\"connections\":" + connections + ",\"executions\":" + executions + ",\"batched\":" + batched
                        + ",\"nginxRebuilds\":" + nginxRebuilds + "}\n");
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
