package landfall.sandbox;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the object store's server lies: the module {@code objects} beside this one, as Maven builds it (or builds it, at the
 * first start of its launcher). It has its own class path, since the two modules share no code and need not agree on a library.
 */
final class ObjectsProgram {
    private static final String MAIN = "landfall.objects.Main";

    private ObjectsProgram() {}

    /** Its jar, or else its classes, and its libraries; empty where it isn't built. */
    static Optional<String> classPath() {
        Path home = JavaProcess.home();
        return Stream.of(home, home.resolveSibling(""))
                .map(folder -> folder.resolve("objects").resolve("target"))
                .filter(target -> Files.isDirectory(target.resolve("lib")))
                .findFirst()
                .map(ObjectsProgram::classPath);
    }

    private static String classPath(Path target) {
        Path jar = target.resolve("landfall-objects.jar");
        List<Path> entries = new ArrayList<>(List.of(Files.exists(jar) ? jar : target.resolve("classes")));
        try (Stream<Path> libraries = Files.list(target.resolve("lib"))) {
            libraries.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(entries::add);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** What is built already, or the launcher that builds it at its first start. */
    private static List<String> start() throws DokkuFailure {
        Optional<String> classPath = classPath();
        if (classPath.isPresent()) {
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx192m",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    classPath.get(),
                    MAIN);
        }
        Path launcher = JavaProcess.home().resolve("objects").resolve("objects");
        if (!Files.isExecutable(launcher)) {
            throw DokkuFailure.refused("sandbox: the object store's server isn't built: ./mvnw -pl objects package");
        }
        return List.of(launcher.toString());
    }

    /**
     * The server or one of its commands, with nothing in its environment but what is given.
     *
     * @throws DokkuFailure if it is neither built nor can be
     */
    static ProcessBuilder command(List<String> words, Map<String, String> environment) throws DokkuFailure {
        List<String> command = new ArrayList<>(start());
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(List.of("PATH", "LANG", "HOME", "JAVA_HOME"));
        builder.environment().put("LC_ALL", "C.UTF-8"); // the server refuses a locale that can't name all files
        builder.environment().putAll(environment);
        return builder;
    }
}
