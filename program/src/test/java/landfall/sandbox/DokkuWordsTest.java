package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DokkuWordsTest {
    /** Dokku's way for each line of stdin (lines end in NUL): their number and the words. */
    private static final String DOKKU = """
            while IFS= read -r -d '' line; do
              readarray -t words < <(printf '%s' "$line" | xargs -n 1 2>/dev/null || true)
              printf '%s\\0' "${#words[@]}" "${words[@]}"
            done
            """;

    @Test
    void anyLineIsSplitAsTheRealForcedCommandDoes() throws Exception {
        assumeThat(new File("/usr/bin/xargs")).exists();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String alphabet = "ab  '\"\\\\\t$-ne=\n";
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            StringBuilder line = new StringBuilder("x");
            int length = random.nextInt(20);
            for (int j = 0; j < length; j++) {
                line.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            lines.add(line.toString());
        }
        Process bash = new ProcessBuilder("bash", "-c", DOKKU).start();
        Thread.ofVirtual().start(() -> {
            try (var input = bash.getOutputStream()) {
                input.write((String.join("\0", lines) + "\0").getBytes(StandardCharsets.UTF_8));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        String[] answers = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\0", -1);
        int at = 0;
        for (String line : lines) {
            int count = Integer.parseInt(answers[at++]);
            List<String> real = List.of(answers).subList(at, at + count);
            at += count;
            assertThat(DokkuWords.split(line).words())
                    .as("seed %s, line <%s>", seed, line)
                    .isEqualTo(real);
        }
    }
}
