package landfall.move;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import landfall.apply.ChangeLog;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The durable record of what the move has done: JSON Lines, each synced before the next step, one writer (who holds the
 * {@link MoveLock}). A torn last line, the mark of a crash, is dropped. It holds no secrets.
 */
public final class MoveJournal implements ChangeLog {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path file;
    private final Clock clock;
    private final List<Line> lines;
    private boolean repaired;

    /** One line: what happened and its data. */
    public record Line(String at, String what, Map<String, Object> data) {}

    private MoveJournal(Path file, Clock clock, List<Line> lines) {
        this.file = file;
        this.clock = clock;
        this.lines = lines;
    }

    /** @throws LandfallException if a line but the last cannot be read */
    public static MoveJournal open(Path file, Clock clock) {
        List<Line> lines = new ArrayList<>();
        if (Files.exists(file)) {
            List<String> texts;
            try {
                String whole = Files.readString(file);
                // What has no end of line was being written when the process died; `record` cuts it off, too.
                texts = whole.substring(0, whole.lastIndexOf('\n') + 1).lines().toList();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
            for (int i = 0; i < texts.size(); i++) {
                Line line = parsed(texts.get(i));
                if (line != null) {
                    lines.add(line);
                } else {
                    throw new LandfallException(
                            ExitCode.REFUSED,
                            Problem.error(
                                    new Origin(file.toString(), i + 1),
                                    "the journal is damaged",
                                    "this line is not one of ours",
                                    "Restore the file; Landfall doesn't guess what a move has done."));
                }
            }
        }
        return new MoveJournal(file, clock, lines);
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Line parsed(String text) {
        try {
            Map<String, Object> fields = JSON.readValue(text, Map.class);
            Map<String, Object> data = new LinkedHashMap<>(fields);
            Object at = data.remove("at");
            Object what = data.remove("what");
            return at == null || what == null ? null : new Line(at.toString(), what.toString(), data);
        } catch (JacksonException e) {
            return null;
        }
    }

    public synchronized MoveState state() {
        return last("state")
                .map(line -> MoveState.valueOf(String.valueOf(line.data().get("to"))))
                .orElse(MoveState.PLANNED);
    }

    /** The only way the move changes state. */
    public synchronized void advance(MoveState from, MoveState to) {
        if (state() != from || !from.next().contains(to)) {
            throw new IllegalStateException(
                    "this is a bug: the move is " + state() + " and was to go from " + from + " to " + to);
        }
        record("state", Events.fields("from", from.name(), "to", to.name()));
    }

    /** Durable when this returns. */
    public synchronized void record(String what, Map<String, ?> data) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("at", clock.instant().toString());
        fields.put("what", what);
        fields.putAll(data);
        byte[] text = (JSON.writeValueAsString(fields) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            if (!repaired) {
                dropTornLine();
                repaired = true;
            }
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                ByteBuffer buffer = ByteBuffer.wrap(text);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
        fields.remove("at");
        fields.remove("what");
        lines.add(new Line(clock.instant().toString(), what, fields));
    }

    private void dropTornLine() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        if (end < bytes.length) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(end);
                channel.force(false);
            }
        }
    }

    /** From here on, what is created is created there. */
    public synchronized void madeOn(String host) {
        boolean known = last("host")
                .filter(line -> host.equals(line.data().get("host")))
                .isPresent();
        if (!known) {
            record("host", Map.of("host", host));
        }
    }

    public synchronized Optional<Line> last(String what) {
        return lines.reversed().stream()
                .filter(line -> line.what().equals(what))
                .findFirst();
    }

    public synchronized List<Line> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void before(String task, String commands) {
        record("change", Events.fields("task", task, "commands", commands));
    }

    @Override
    public void after(String task) {
        record("changed", Map.of("task", task));
    }

    @Override
    public void failed(String task) {
        record("change failed", Map.of("task", task));
    }

    @Override
    public synchronized boolean isOpen(String task) {
        return lines.reversed().stream()
                .filter(line -> (line.what().equals("change") || line.what().equals("changed"))
                        && task.equals(line.data().get("task")))
                .findFirst()
                .filter(line -> line.what().equals("change"))
                .isPresent();
    }
}
