package landfall.sandbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Starts the processes that stand for containers. There are no namespaces: a container's paths are mapped to folders of
 * the sandbox, in the words of a command line and, for our own programs, through {@link #MOUNTS_VARIABLE}.
 */
public final class Containers {
    /** {@code /app/uploads=/folder;/app/mail=/other}: read by {@link landfall.sandbox.program.ContainerPaths}. */
    public static final String MOUNTS_VARIABLE = "LANDFALL_SANDBOX_MOUNTS";

    /** The address our programs listen on, in place of a container's own network. */
    public static final String BIND_VARIABLE = "LANDFALL_SANDBOX_BIND";

    private final ProcessRegistry registry;
    private final Addresses addresses;
    private final Path folder;

    public Containers(Path folder, Addresses addresses, ProcessRegistry registry) {
        this.folder = folder;
        this.addresses = addresses;
        this.registry = registry;
    }

    /**
     * One container.
     *
     * @param name unique; its folder and log are called so
     * @param words command and arguments that replace or follow the image's own; may be empty
     * @param mounts container path to folder or file here
     */
    public record Spec(
            String name,
            Program program,
            List<String> words,
            Map<String, String> env,
            String address,
            Map<String, Path> mounts) {}

    /** The file that lets our JVM programs resolve Service and container names ({@code -Djdk.net.hosts.file}). */
    public Path hostsFile() throws IOException {
        Path file = folder.resolve("hosts");
        Path next = Files.createTempFile(folder, "hosts", ".next");
        String text = addresses.names().entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey() + "\n")
                .collect(Collectors.joining("127.0.0.1 localhost\n", "127.0.0.1 localhost\n", ""));
        Files.writeString(next, text);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return file;
    }

    public Path log(String name) {
        return folder.resolve("logs").resolve(name + ".log");
    }

    /** Starts a program of ours (not {@link Program#POSTGRES}) with its log in {@link #log}. */
    public Process start(Spec spec) throws IOException {
        Files.createDirectories(folder.resolve("logs"));
        ProcessBuilder builder = builder(spec);
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log(spec.name()).toFile()));
        builder.redirectInput(new File("/dev/null"));
        return registry.start(builder, spec.name());
    }

    /** As {@code exec}, {@code enter} or {@code run} would: streams are the caller's to set on the builder. */
    public ProcessBuilder builder(Spec spec) throws IOException {
        List<String> command = new ArrayList<>();
        boolean ours = !spec.program().mainClass().equals(Program.SHELL);
        if (ours) {
            List<String> java = JavaProcess.words(256);
            command.addAll(java.subList(0, java.size() - 2));
            command.add("-Djdk.net.hosts.file=" + hostsFile());
            command.addAll(java.subList(java.size() - 2, java.size()));
            command.add(spec.program().mainClass());
        }
        spec.words().forEach(word -> command.add(mapped(word, spec.mounts())));
        ProcessBuilder builder = new ProcessBuilder(command);
        Path home = folder.resolve("containers").resolve(spec.name());
        Files.createDirectories(home);
        builder.directory(home.toFile());
        Map<String, String> env = builder.environment();
        env.keySet().retainAll(List.of("PATH", "LANG"));
        env.put("HOME", home.toString());
        env.putAll(spec.env());
        env.put(BIND_VARIABLE, spec.address());
        env.put(
                MOUNTS_VARIABLE,
                spec.mounts().entrySet().stream()
                        .map(mount -> mount.getKey() + "=" + mount.getValue())
                        .collect(Collectors.joining(";")));
        return builder;
    }

    /** A word that is a mounted path, or lies under one, names its folder here; any other word stays. */
    public static String mapped(String word, Map<String, Path> mounts) {
        return mounts.entrySet().stream()
                .sorted(Comparator.comparingInt(mount -> -mount.getKey().length()))
                .filter(mount -> word.equals(mount.getKey()) || word.startsWith(mount.getKey() + "/"))
                .findFirst()
                .map(mount -> mount.getValue() + word.substring(mount.getKey().length()))
                .orElse(word);
    }
}
