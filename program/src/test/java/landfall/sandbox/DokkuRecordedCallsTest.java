package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls recorded on a real host, replayed over SSH: exit code, stdout and stderr are the same bytes. */
class DokkuRecordedCallsTest {
    @Test
    void recordedCallsAnswerAsTheRealHostDid(@TempDir Path folder) throws Exception {
        JsonNode families;
        try (InputStream in = getClass().getResourceAsStream("dokku-calls.json")) {
            families = new JsonMapper().readTree(in);
        }
        List<String> wrong = new ArrayList<>();
        int calls = 0;
        for (JsonNode family : families) {
            Path own = folder.resolve(family.get("family").asString());
            try (Addresses addresses = Addresses.claim()) {
                java.nio.file.Files.createDirectories(own);
                ProcessRegistry registry = ProcessRegistry.in(own);
                try (EmulatedDokku dokku = EmulatedDokku.start(
                                own, addresses, new Containers(own, addresses, registry), registry);
                        DokkuClient client = new DokkuClient(dokku)) {
                    for (JsonNode line : family.get("setup")) {
                        assertThat(client.run(line.asString()).exit()).isZero();
                    }
                    for (JsonNode call : family.get("calls")) {
                        compare(client, call, wrong);
                        calls++;
                    }
                }
            }
        }
        assertThat(calls).isGreaterThan(200);
        assertThat(wrong).isEmpty();
    }

    private static void compare(DokkuClient client, JsonNode call, List<String> wrong) throws Exception {
        byte[] stdin = call.get("stdin").asString().getBytes(StandardCharsets.UTF_8);
        DokkuClient.Answer answer = client.run(call.get("line").asString(), stdin);
        DokkuClient.Answer expected = new DokkuClient.Answer(
                call.get("exit").asInt(),
                call.get("stdout").asString(),
                call.get("stderr").asString());
        if (!answer.equals(expected)) {
            wrong.add(call.get("id").asString() + " " + call.get("line").asString() + "\n  is  " + answer + "\n  was "
                    + expected);
        }
    }
}
