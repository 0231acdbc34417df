package landfall.sandbox;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words that start another program of ours: the JVM, class path and start-up cache that this one runs on. */
public final class JavaProcess {
    private JavaProcess() {}

    /** @param heapMegabytes the most it may use */
    public static List<String> words(int heapMegabytes) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx" + heapMegabytes + "m",
                // The VM's own messages go to standard output by default, where they would break JSON Lines.
                "-Xlog:disable",
                "-Xlog:all=error:stderr"));
        String cache = System.getProperty("landfall.cache", "");
        if (!cache.isEmpty() && Files.isRegularFile(Path.of(cache))) {
            words.add("-XX:AOTCache=" + cache);
            words.add("-Dlandfall.cache=" + cache);
        }
        words.add("-Dlandfall.home=" + home());
        words.add("-cp");
        words.add(classPath());
        return words;
    }

    /** The folder that holds the launcher and the examples. */
    public static Path home() {
        return Path.of(System.getProperty("landfall.home", "")).toAbsolutePath();
    }

    /** Absolute: the other program may run in another folder. */
    public static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
