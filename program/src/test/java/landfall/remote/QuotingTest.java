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
                .isEqualTo("enter uro web sh -c 'cd \"$1\" && exec sh' sh ''");
        assertThat(line("config:set", "it's")).isEqualTo("config:set \"it's\"");
        assertThat(line("config:set", "it's \"it\"")).isEqualTo("config:set 'it'\"'\"'s \"it\"'");
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
        assertThatThrownBy(() -> line("config:set", "x".repeat(140_000))).hasMessageContaining("131071 bytes");
    }

    @Test
    void xargsGivesBackEveryWord() throws Exception {
        assumeThat(new File("/usr/bin/xargs")).exists();
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String alphabet = "ab '\"\\$`*;|&#~\t(){}<>é✓=-";
        List<String> words = new ArrayList<>(List.of("config:set"));
        for (int i = 0; i < 300; i++) {
            StringBuilder word = new StringBuilder();
            int length = random.nextInt(12);
            for (int j = 0; j < length; j++) {
                word.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            words.add(word.toString());
        }
        Process xargs = new ProcessBuilder("xargs", "-n", "1", "printf", "%s\\n").start();
        try (var input = xargs.getOutputStream()) {
            input.write(Quoting.commandLine(words).getBytes(StandardCharsets.UTF_8));
        }
        String printed = new String(xargs.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(xargs.waitFor()).as("seed %s", seed).isZero();
        assertThat(List.of(printed.substring(0, printed.length() - 1).split("\n", -1)))
                .as("seed %s", seed)
                .isEqualTo(words);
    }

    private static String line(String... words) {
        return Quoting.commandLine(List.of(words));
    }
}
