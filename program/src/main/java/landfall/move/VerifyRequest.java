package landfall.move;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import landfall.base.Events;
import landfall.recipe.MoveFolder;
import tools.jackson.databind.json.JsonMapper;

/** How {@code verify} has the process that follows do the proof: a file asks, another answers. */
final class VerifyRequest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration ANSWER_MAX = Duration.ofMinutes(60);

    private final MoveFolder move;
    private final Path request;
    private final Path answer;

    VerifyRequest(MoveFolder move) {
        this.move = move;
        request = move.path().resolve(".verify-request");
        answer = move.path().resolve(".verify-answer");
    }

    /** Does the proof if it is asked for. */
    void answer(Supplier<Verification.Result> proof) {
        if (Files.exists(request)) {
            Verification.Result result = proof.get();
            move.write(answer, JSON.writeValueAsString(result.fields()) + "\n", false);
            delete(request);
        }
    }

    /** Asks the process that follows; empty if it ends before it has answered. */
    @SuppressWarnings("unchecked")
    Optional<Map<String, Object>> ask(Events events) {
        delete(answer);
        move.write(request, ProcessHandle.current().pid() + "\n", false);
        long end = System.nanoTime() + ANSWER_MAX.toNanos();
        events.note("asking the Landfall that follows to verify");
        while (System.nanoTime() < end) {
            if (Files.exists(answer)) {
                Map<String, Object> fields = JSON.readValue(move.text(answer), Map.class);
                delete(answer);
                return Optional.of(fields);
            }
            if (MoveLock.holder(move).isEmpty()) {
                delete(request);
                return Optional.empty();
            }
            Pause.of(Duration.ofMillis(50));
        }
        return Optional.empty();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
