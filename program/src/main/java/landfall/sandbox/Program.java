package landfall.sandbox;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The images of the sandbox: a name stands for a program of ours that runs as a process of its own. An image that is not
 * in the table fails as a pull fails.
 *
 * @param image repository name without registry tag, as in {@code ghcr.io/v-sekai/uro}
 * @param mainClass the program's main class, or "postgres" for an embedded PostgreSQL server, or "shell" for the
 *     machine's own sh
 * @param port the port it listens on unless {@code PORT} says otherwise
 * @param workingDirectory WORKDIR of the image
 * @param files what Dokku looks for in it: the texts of app.json and Procfile
 */
public record Program(String image, String mainClass, int port, String workingDirectory, Map<String, String> files) {
    public Program {
        files = Map.copyOf(files);
    }

    public Program(String image, String mainClass, int port, String workingDirectory) {
        this(image, mainClass, port, workingDirectory, Map.of());
    }

    public static final String POSTGRES = "postgres";
    public static final String SHELL = "shell";

    private static final List<Program> TABLE = List.of(
            new Program("ghcr.io/v-sekai/uro", "landfall.sandbox.program.UroService", 4000, "/app"),
            new Program("ghcr.io/v-sekai/uro-web", "landfall.sandbox.program.WebFrontend", 3000, "/app"),
            new Program("redis", "landfall.sandbox.program.RedisServer", 6379, "/data"),
            new Program("postgres", POSTGRES, 5432, "/"),
            new Program("busybox", SHELL, 0, "/"));

    /** @param image a reference with registry, tag or digest */
    public static Optional<Program> find(String image) {
        String name = image;
        int at = name.indexOf('@');
        if (at >= 0) {
            name = name.substring(0, at);
        }
        int colon = name.lastIndexOf(':');
        if (colon > name.lastIndexOf('/')) {
            name = name.substring(0, colon);
        }
        String repository = name.replaceFirst("^docker\\.io/(library/)?", "");
        return TABLE.stream()
                .filter(program -> program.image().equals(repository))
                .findFirst();
    }
}
