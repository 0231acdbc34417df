package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a deploy runs: an image, or an image with what a Dockerfile puts on it. A file that COPY brings is mounted where
 * the image would have it.
 *
 * @param words what the image runs unless a Procfile says otherwise; empty for the program's own start
 * @param port EXPOSE, or 0
 * @param processes the Procfile
 * @param settings app.json, or null
 */
record DokkuBuild(
        String image,
        Program program,
        List<String> words,
        Map<String, String> env,
        Map<String, Path> mounts,
        int port,
        Map<String, String> processes,
        @Nullable JsonNode settings) {

    static DokkuBuild image(String image, Program program) throws DokkuFailure {
        String appJson = program.files().get("app.json");
        return new DokkuBuild(
                image,
                program,
                List.of(),
                Map.of(),
                Map.of(),
                Math.max(0, program.port()),
                processes(program.files().getOrDefault("Procfile", "").lines().toList()),
                appJson == null ? null : appJson(appJson));
    }

    static DokkuBuild source(Path folder, java.util.function.Function<String, Optional<Program>> images)
            throws IOException, DokkuFailure {
        Path dockerfile = folder.resolve("Dockerfile");
        if (!Files.exists(dockerfile)) {
            throw DokkuFailure.refused("sandbox: the archive has no Dockerfile, and buildpacks are not emulated");
        }
        Reader reader = new Reader(folder, images);
        List<String> lines = Files.readAllLines(dockerfile);
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.endsWith("\\")) {
                joined.append(line, 0, line.length() - 1).append(' ');
                continue;
            }
            joined.append(line);
            reader.instruction(i + 1, joined.toString().strip());
            joined.setLength(0);
        }
        return reader.build(procfile(folder), appJson(folder));
    }

    private static Map<String, String> procfile(Path folder) throws IOException {
        Path file = folder.resolve("Procfile");
        return Files.exists(file) ? processes(Files.readAllLines(file)) : Map.of();
    }

    private static Map<String, String> processes(List<String> lines) {
        Map<String, String> processes = new LinkedHashMap<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.startsWith("#")) {
                processes.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        return processes;
    }

    private static @Nullable JsonNode appJson(Path folder) throws IOException, DokkuFailure {
        Path file = folder.resolve("app.json");
        if (!Files.exists(file)) {
            return null;
        }
        return appJson(Files.readString(file));
    }

    private static JsonNode appJson(String text) throws DokkuFailure {
        try {
            return new JsonMapper().readTree(text);
        } catch (JacksonException e) {
            throw DokkuFailure.refused("Invalid app.json: " + e.getOriginalMessage());
        }
    }

    /** Reads a Dockerfile's instructions one by one. */
    private static final class Reader {
        private final Path folder;
        private final java.util.function.Function<String, Optional<Program>> images;
        private final Map<String, String> env = new TreeMap<>();
        private final Map<String, String> arguments = new TreeMap<>();
        private final Map<String, Path> mounts = new LinkedHashMap<>();
        private List<String> entrypoint = List.of();
        private List<String> command = List.of();
        private String image = "";
        private @Nullable Program program;
        private Path workingDirectory = Path.of("/");
        private int port;

        Reader(Path folder, java.util.function.Function<String, Optional<Program>> images) {
            this.folder = folder;
            this.images = images;
        }

        void instruction(int number, String line) throws DokkuFailure {
            if (line.isEmpty() || line.startsWith("#")) {
                return;
            }
            String[] parts = line.split("\\s+", 2);
            String rest = parts.length > 1 ? substituted(parts[1].strip()) : "";
            switch (parts[0].toUpperCase(java.util.Locale.ROOT)) {
                case "FROM" -> from(rest);
                case "ARG" -> pairs(rest, arguments);
                case "ENV" -> pairs(rest, env);
                case "LABEL" -> {}
                case "WORKDIR" -> workingDirectory = workingDirectory.resolve(rest);
                case "EXPOSE" -> port = Integer.parseInt(rest.split("[/\\s]")[0]);
                case "CMD" -> command = words(rest);
                case "ENTRYPOINT" -> entrypoint = words(rest);
                case "COPY" -> copy(number, rest);
                default ->
                    throw DokkuFailure.refused("sandbox: Dockerfile line " + number + " is not emulated: " + line);
            }
        }

        private String substituted(String text) {
            String out = text;
            Map<String, String> known = new TreeMap<>(arguments);
            known.putAll(env);
            for (Map.Entry<String, String> entry : known.entrySet()) {
                out = out.replace("${" + entry.getKey() + "}", entry.getValue());
            }
            return out;
        }

        private void from(String rest) throws DokkuFailure {
            image = rest.split("\\s+")[0];
            Program found = images.apply(image).orElse(null);
            if (found == null) {
                throw DokkuFailure.refused("Failed to pull image: " + image);
            }
            program = found;
            workingDirectory = Path.of(found.workingDirectory());
            port = Math.max(0, found.port());
        }

        private static void pairs(String rest, Map<String, String> into) {
            List<String> words = DokkuWords.split("_ " + rest).words();
            if (words.size() > 2 && !words.get(1).contains("=")) {
                into.put(words.get(1), rest.substring(words.get(1).length()).strip());
                return;
            }
            for (String word : words.subList(1, words.size())) {
                int equals = word.indexOf('=');
                if (equals > 0) {
                    into.put(word.substring(0, equals), word.substring(equals + 1));
                }
            }
        }

        private static List<String> words(String rest) throws DokkuFailure {
            if (!rest.startsWith("[")) {
                return List.of("sh", "-c", rest);
            }
            try {
                List<String> words = new ArrayList<>();
                new JsonMapper().readTree(rest).forEach(node -> words.add(node.asString()));
                return words;
            } catch (JacksonException e) {
                throw DokkuFailure.refused("Dockerfile: not a JSON list: " + rest);
            }
        }

        private void copy(int number, String rest) throws DokkuFailure {
            List<String> words = new ArrayList<>(List.of(rest.split("\\s+")));
            words.removeIf(word -> word.startsWith("--chown=") || word.startsWith("--chmod="));
            if (words.size() < 2 || words.getFirst().startsWith("--")) {
                throw DokkuFailure.refused("sandbox: Dockerfile line " + number + " is not emulated: COPY " + rest);
            }
            String last = words.removeLast();
            Path target = workingDirectory.resolve(last).normalize();
            for (String word : words) {
                Path source = folder.resolve(word).normalize().toAbsolutePath();
                if (!source.startsWith(folder.toAbsolutePath().normalize()) || !Files.exists(source)) {
                    throw DokkuFailure.refused("failed to compute cache key: \"/" + word
                            + "\": not found (Dockerfile line " + number + ")");
                }
                boolean into = !Files.isDirectory(source) && (last.endsWith("/") || last.equals("."));
                mounts.put((into ? target.resolve(source.getFileName()) : target).toString(), source);
            }
        }

        DokkuBuild build(Map<String, String> processes, @Nullable JsonNode settings) throws DokkuFailure {
            Program found = program;
            if (found == null) {
                throw DokkuFailure.refused("the Dockerfile has no FROM");
            }
            List<String> words = new ArrayList<>(entrypoint);
            words.addAll(command);
            return new DokkuBuild(image, found, words, env, mounts, port, processes, settings);
        }
    }
}
