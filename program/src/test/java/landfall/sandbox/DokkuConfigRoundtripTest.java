package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Values as a real host stored, read and, some of them, lost them: each alike here, file and errors included. */
class DokkuConfigRoundtripTest {
    @Test
    void valuesSurviveOrPoisonTheFileAsOnTheRealHost(@TempDir Path folder) throws Exception {
        JsonNode values;
        try (InputStream in = getClass().getResourceAsStream("config-roundtrip.json")) {
            values = new JsonMapper().readTree(in);
        }
        ProcessRegistry registry = ProcessRegistry.in(folder);
        List<String> wrong = new ArrayList<>();
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku = EmulatedDokku.start(
                        folder, addresses, new Containers(folder, addresses, registry), registry, Program::find, 0.01);
                DokkuClient client = new DokkuClient(dokku)) {
            for (int i = 0; i < values.size(); i++) {
                wrong.addAll(differences(client, folder, "roundtrip-" + i, values.get(i)));
            }
        }
        assertThat(values).hasSize(53);
        assertThat(wrong).isEmpty();
    }

    private static List<String> differences(DokkuClient client, Path folder, String app, JsonNode value)
            throws Exception {
        assertThat(client.run("apps:create " + app).exit()).isZero();
        String text = value.get("value").asString();
        String encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        DokkuClient.Answer set = client.run("config:set --no-restart --encoded " + app + " V=" + encoded);
        Path file = folder.resolve("dokku").resolve("config").resolve(app).resolve("ENV");
        String stored = Files.readString(file);
        String read = read(client, app);
        List<Integer> rewrites = new ArrayList<>();
        for (String key : List.of("R1", "R2")) {
            rewrites.add(client.run("config:set --no-restart " + app + " " + key + "=1")
                    .exit());
        }
        List<Integer> recordedRewrites = new ArrayList<>();
        value.get("rewrite_exits").forEach(exit -> recordedRewrites.add(exit.asInt()));
        List<String> wrong = new ArrayList<>();
        compare(wrong, text, "exit", value.get("set_exit").asInt(), set.exit());
        compare(wrong, text, "file", value.get("file_after_set").asString(), stored);
        compare(wrong, text, "read back", value.get("read_back").asString(), read);
        compare(wrong, text, "rewrites", recordedRewrites, rewrites);
        compare(wrong, text, "at the end", value.get("after_two_rewrites").asString(), read(client, app));
        return wrong;
    }

    private static String read(DokkuClient client, String app) throws Exception {
        DokkuClient.Answer answer = client.run("config:export --format json " + app);
        return answer.exit() == 0
                ? new JsonMapper().readTree(answer.stdout()).get("V").asString()
                : "ERR " + answer.stderr();
    }

    private static void compare(List<String> wrong, String value, String what, Object was, Object is) {
        if (!was.equals(is)) {
            wrong.add(value + ": " + what + " was " + was + ", is " + is);
        }
    }
}
