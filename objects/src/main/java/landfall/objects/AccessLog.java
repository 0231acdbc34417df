package landfall.objects;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import landfall.objects.admin.Metrics;
import landfall.objects.s3.Call;
import landfall.objects.s3.RequestLog;
import landfall.objects.user.User;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** One JSON line a request, and the metrics. Queries are left out: presigned ones hold signatures. */
final class AccessLog implements RequestLog, AutoCloseable {
    private final Metrics metrics;
    private final @Nullable Writer out;
    private final JsonMapper json = JsonMapper.builder().build();

    private AccessLog(Metrics metrics, @Nullable Writer out) {
        this.metrics = metrics;
        this.out = out;
    }

    /** {@code where}: {@code -} for standard output, {@code off}, or a file that is appended to. */
    static AccessLog open(String where, Metrics metrics) throws IOException {
        return new AccessLog(
                metrics,
                switch (where) {
                    case "off" -> null;
                    case "-" -> new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
                    default ->
                        Files.newBufferedWriter(Path.of(where), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                });
    }

    @Override
    public void began() {
        metrics.began();
    }

    @Override
    public void ended(Call call, Instant when, String from, long nanos) {
        metrics.ended(call.operationName(), call.status(), call.received(), call.sent(), nanos);
        Writer writer = out;
        if (writer == null) {
            return;
        }
        ObjectNode line = json.createObjectNode();
        line.put("time", when.toString());
        line.put("request", call.requestId());
        line.put("from", from);
        User user = call.user();
        line.put("user", user == null ? null : user.name());
        line.put("operation", call.operationName());
        line.put("method", call.method());
        line.put("bucket", call.bucketOrNull());
        line.put("key", call.keyOrNull());
        line.put("status", call.status());
        line.put("received", call.received());
        line.put("sent", call.sent());
        line.put("ms", TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0);
        line.put("agent", call.header("user-agent"));
        String text = json.writeValueAsString(line);
        synchronized (writer) {
            try {
                writer.write(text);
                writer.write('\n');
                writer.flush();
            } catch (IOException unwritten) {
                System.getLogger(AccessLog.class.getName())
                        .log(System.Logger.Level.WARNING, "The access log can't be written", unwritten);
            }
        }
    }

    @Override
    public void damaged() {
        metrics.damaged();
    }

    @Override
    public void close() throws IOException {
        Writer writer = out;
        if (writer != null) {
            writer.flush();
        }
    }
}
