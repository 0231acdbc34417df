package landfall.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import landfall.base.LandfallException;
import org.junit.jupiter.api.Test;

class QuotingTest {
    @Test
    void wholeLinesAreQuotedAsDokkuSplitsThem() {
        assertThat(line("apps:create", "uro")).isEqualTo("apps:create uro");
        assertThat(line("postgres:create", "uro-db", "--config-options", "-c wal_level=logical"))
                .isEqualTo("postgres:create uro-db --config-options '-c wal_level=logical'");
        assertThat(line("enter", "uro", "web", "sh", "-c", "cd \"$1\" && exec sh", "sh", ""))
                .isEqualTo("enter uro web sh -c 'cd \"$1\" && exec sh' sh '' ");
        assertThat(line("config:set", "it's")).isEqualTo("config:set \"it's\"");
        assertThat(line("config:set", "it's \"it\"")).isEqualTo("config:set \"it's \"'\"it\"'");
        assertThat(line("git:from-image", "uro", "ghcr.io/v-sekai/uro:1.4.2"))
                .isEqualTo("git:from-image uro ghcr.io/v-sekai/uro:1.4.2");
    }

    @Test
    void whatCannotBeCarriedIsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> line("config:set", "canary\nx"))
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining("line break")
                .hasMessageNotContaining("canary");
        assertThatThrownBy(() -> line("git:set", "uro", "a b")).hasMessageContaining("honours no quotes");
        assertThatThrownBy(() -> line("config:set", "x".repeat(70_000), "y".repeat(70_000)))
                .hasMessageContaining("131071 bytes");
        assertThatThrownBy(() -> line("config:set", "x".repeat(131_001))).hasMessageContaining("word 1");
    }

    /** As Dokku itself has it: a list read from the lines that xargs, running echo, prints. */
    private static final String FORCED_COMMAND =
            "readarray -t words < <(printf '%s' \"$LINE\" | xargs -n 1); printf '%s\\0' \"${words[@]}\"";

    private static List<String> split(String line) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", FORCED_COMMAND);
        builder.environment().put("LINE", line);
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process bash = builder.start();
        bash.getOutputStream().close();
        String printed = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String errors = new String(bash.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(errors).isZero();
        assertThat(errors).isEmpty();
        return List.of(printed.substring(0, printed.length() - 1).split("\0", -1));
    }

    @Test
    void theHostsOwnSplittingGivesBackEveryWord() throws Exception {
        assumeThat(new File("/usr/bin/xargs")).exists();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String alphabet = "ab '\"\\$`*;|&#~\t\r\u000b\u0001(){}<>[]?!%=-né✓";
        for (int round = 0; round < 4; round++) {
            List<String> words = new ArrayList<>(List.of("config:set"));
            while (words.size() < 300) {
                StringBuilder word = new StringBuilder();
                int length = random.nextInt(12);
                for (int j = 0; j < length; j++) {
                    word.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                if (!word.toString().matches("-[neE]+")) {
                    words.add(word.toString());
                }
            }
            assertThat(split(Quoting.commandLine(words))).as("seed %s", seed).isEqualTo(words);
        }
        List<String> large = List.of("config:set", "app", "A=" + "x'\"$ ".repeat(14_000));
        assertThat(split(Quoting.commandLine(large))).isEqualTo(large);
    }

    @Test
    void whatEchoTakesForItselfIsRefused() throws Exception {
        assumeThat(new File("/usr/bin/xargs")).exists();
        assertThat(split("run app -n x")).as("lost on a real host").isEqualTo(List.of("run", "app", "x"));
        assertThat(split("run -e A=b")).isEqualTo(List.of("run", "", "A=b"));
        for (String word : List.of("-n", "-e", "-nE", "--help", "--version")) {
            assertThatThrownBy(() -> line("run", "app", word)).hasMessageContaining("echo takes that word");
        }
        assertThat(line("run", "app", "-x", "-n1")).isEqualTo("run app -x -n1");
        assertThat(line("git:set", "app", "-n")).isEqualTo("git:set app -n");
    }

    private static String line(String... words) {
        return Quoting.commandLine(List.of(words));
    }
}
