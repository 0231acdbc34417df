package landfall.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.sandbox.program.Json;
import org.jspecify.annotations.Nullable;

/** Runs Landfall's own commands as a user would, each a process of its own, and hears their JSON Lines. */
final class DemoCommands {
    private final List<String> launcher;
    private final Path folder;
    private final ProcessRegistry registry;
    private final Events events;

    /** @param launcher the words before a command's name */
    DemoCommands(List<String> launcher, Path folder, ProcessRegistry registry, Events events) {
        this.launcher = List.copyOf(launcher);
        this.folder = folder;
        this.registry = registry;
        this.events = events;
    }

    Running start(String name, List<String> words) throws IOException {
        String shown = words.stream()
                .filter(word -> !word.equals("--json"))
                .map(word -> shortened(word, folder))
                .map(word -> shortened(word, JavaProcess.home()))
                .collect(Collectors.joining(" "));
        // The sandbox is no command that a user would run here.
        if (!name.equals("sandbox")) {
            events.emit(new Events.Event("command", Events.fields("message", "landfall " + shown)));
        }
        List<String> command = new ArrayList<>(launcher);
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(folder.toFile());
        builder.redirectError(ProcessBuilder.Redirect.appendTo(
                folder.resolve(name + ".stderr").toFile()));
        Process process = registry.start(builder, name);
        // A child that asks something must not wait for an answer that nobody gives.
        process.getOutputStream().close();
        return new Running(name, process);
    }

    private static String shortened(String word, Path folder) {
        return word.startsWith(folder + "/") ? folder.relativize(Path.of(word)).toString() : word;
    }

    /** Runs a command to its end; anything but exit code 0 stops the demo. */
    Running run(String name, List<String> words, Duration atMost) throws IOException, InterruptedException {
        Running running = start(name, words);
        running.awaitEnd(atMost);
        if (running.process.exitValue() != 0) {
            throw running.failure("ended with exit code " + running.process.exitValue());
        }
        return running;
    }

    /** A command that was started. */
    final class Running {
        private final String name;
        private final Process process;
        private final Thread listener;
        private final List<Events.Event> heard = new ArrayList<>();

        private Running(String name, Process process) {
            this.name = name;
            this.process = process;
            listener = Thread.ofVirtual().start(this::listen);
        }

        private void listen() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    hear(line);
                }
            } catch (IOException e) {
                System.getLogger("demo").log(System.Logger.Level.DEBUG, name + " ended", e);
            }
        }

        private void hear(String line) {
            Events.Event event;
            try {
                Map<String, Object> fields = new LinkedHashMap<>();
                Json.parseObject(line).forEach((key, value) -> {
                    if (value != null) {
                        fields.put(String.valueOf(key), value);
                    }
                });
                Object kind = fields.remove("event");
                fields.put("command", name);
                // The demo's own summary is the last one: a command's is told under another name.
                event = new Events.Event("summary".equals(kind) ? "result" : String.valueOf(kind), fields);
            } catch (IllegalArgumentException e) {
                event = new Events.Event(
                        "problem", Events.fields("message", name + " said what is not an event: " + line));
            }
            synchronized (heard) {
                heard.add(event);
                heard.notifyAll();
            }
            events.emit(event);
        }

        /** The first event of this kind, or null if the command ended well without one. */
        Events.@Nullable Event await(String what, Predicate<Events.Event> wanted, Duration atMost)
                throws InterruptedException {
            long end = System.nanoTime() + atMost.toNanos();
            int seen = 0;
            while (System.nanoTime() < end) {
                boolean over = !process.isAlive() && !listener.isAlive();
                synchronized (heard) {
                    for (; seen < heard.size(); seen++) {
                        if (wanted.test(heard.get(seen))) {
                            return heard.get(seen);
                        }
                    }
                    if (over) {
                        break;
                    }
                    heard.wait(50);
                }
            }
            if (process.isAlive()) {
                throw failure("did not come to " + what + " within " + atMost.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw failure("ended with exit code " + process.exitValue() + " before " + what);
            }
            return null;
        }

        /** Whether this event came; false if the command failed (exit code 1: running it again goes on) before it. */
        boolean comesTo(String name, Duration atMost) throws InterruptedException {
            try {
                return await("`" + name + "`", event -> event.name().equals(name), atMost) != null;
            } catch (LandfallException e) {
                if (!process.isAlive() && process.exitValue() == ExitCode.FAILED.code()) {
                    return false;
                }
                throw e;
            }
        }

        /** @throws LandfallException if it ended */
        void stillRuns() {
            if (!process.isAlive()) {
                throw failure("ended with exit code " + process.exitValue());
            }
        }

        void awaitEnd(Duration atMost) throws InterruptedException {
            if (!process.waitFor(atMost)) {
                throw failure("did not end within " + atMost.toSeconds() + " s");
            }
            listener.join();
        }

        boolean isAlive() {
            return process.isAlive();
        }

        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
            listener.join();
        }

        /** Asks it to stop, as Ctrl-C does. */
        void stop() throws InterruptedException {
            process.destroy();
            if (!process.waitFor(Duration.ofSeconds(20))) {
                kill();
            }
        }

        LandfallException failure(String why) {
            String told;
            synchronized (heard) {
                told = heard.stream()
                        .filter(event -> event.name().equals("problem")
                                || "failed".equals(event.fields().get("state")))
                        .map(event -> String.valueOf(event.fields().get("message")))
                        .reduce((first, last) -> last)
                        .map(message -> ": " + message)
                        .orElse("");
            }
            return new LandfallException(
                    ExitCode.FAILED,
                    Problem.error(
                            "landfall " + name + " " + why + told,
                            "what it printed is in " + folder.resolve(name + ".stderr"),
                            "Run the demo with --keep and look into the move folder"));
        }
    }
}
