package landfall.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import landfall.base.Events;
import landfall.sandbox.program.Json;

/** The process of {@link DemoTraffic}, as the demo sees it. */
final class DemoUsers implements AutoCloseable {
    private final Process process;
    private final Thread listener;
    private volatile Map<?, ?> figures = Map.of();

    private DemoUsers(Process process, Events events) {
        this.process = process;
        listener = Thread.ofVirtual().start(() -> listen(events));
    }

    static DemoUsers start(
            List<String> java, URI address, Path folder, String name, ProcessRegistry registry, Events events)
            throws IOException {
        List<String> command = new java.util.ArrayList<>(java);
        command.addAll(List.of(DemoTraffic.class.getName(), address.toString(), folder.toString(), name));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(ProcessBuilder.Redirect.appendTo(
                folder.resolveSibling("traffic.stderr").toFile()));
        return new DemoUsers(registry.start(builder, "traffic"), events);
    }

    private void listen(Events events) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int count = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                figures = Json.parseObject(line);
                if (count++ % 4 == 0) {
                    events.emit(new Events.Event("lag", Events.fields("message", sentence())));
                }
            }
        } catch (IOException e) {
            System.getLogger("demo").log(System.Logger.Level.DEBUG, "traffic ended", e);
        }
    }

    private String sentence() {
        return "users: " + number("acknowledged") + " writes acknowledged, " + number("failedRequests")
                + " requests failed, longest wait " + number("phaseLongestWaitMs") + " ms (" + figures.get("phase")
                + ")";
    }

    long number(String name) {
        return figures.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** From here on the longest wait is counted anew. */
    void phase(String name) throws IOException {
        process.getOutputStream().write(("phase " + name + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Requests under way are finished and counted. */
    void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(Duration.ofSeconds(30))) {
            throw new IOException("the writers did not stop");
        }
        listener.join();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
