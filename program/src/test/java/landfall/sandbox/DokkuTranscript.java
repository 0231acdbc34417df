package landfall.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The calls of one family, recorded on a real host in this order.
 *
 * @param setup commands that bring about what stood on the host before the first call
 */
record DokkuTranscript(String family, List<String> setup, List<Call> calls) {
    private static final Pattern REPEATED = Pattern.compile("\\{\\{([a-z])\\*([0-9]+)}}");

    DokkuTranscript {
        setup = List.copyOf(setup);
        calls = List.copyOf(calls);
    }

    /**
     * A call and what the real host answered.
     *
     * @param line the SSH command string
     * @param terminal with a pty; the recorder made plain line ends of a terminal's
     * @param together at once with those before and behind it that are so too
     * @param exit -1 if the recorder ended it
     * @param stdoutBytes how long stdout was if only its beginning was kept, else 0
     */
    record Call(
            int index,
            String line,
            String stdin,
            boolean terminal,
            boolean together,
            int exit,
            String stdout,
            String stderr,
            long stdoutBytes,
            long stderrBytes) {
        /** What is sent, one character of the text for each byte. */
        byte[] input() {
            return stdin.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    static DokkuTranscript load(String family) throws IOException {
        JsonNode all;
        try (InputStream in = DokkuTranscript.class.getResourceAsStream("transcripts/" + family + ".json")) {
            all = new JsonMapper().readTree(in);
        }
        List<String> setup = new ArrayList<>();
        all.get("setup").forEach(line -> setup.add(line.asString()));
        List<Call> calls = new ArrayList<>();
        for (JsonNode call : all.get("calls")) {
            calls.add(new Call(
                    calls.size(),
                    text(call, "line"),
                    new String(stdin(call), StandardCharsets.ISO_8859_1),
                    call.has("tty"),
                    call.has("together"),
                    call.get("exit").isNull() ? -1 : call.get("exit").asInt(),
                    text(call, "stdout"),
                    text(call, "stderr"),
                    call.has("stdoutBytes") ? call.get("stdoutBytes").asLong() : 0,
                    call.has("stderrBytes") ? call.get("stderrBytes").asLong() : 0));
        }
        return new DokkuTranscript(family, setup, calls);
    }

    /** Long values stand in the file as a letter and a count. */
    private static String text(JsonNode call, String field) {
        JsonNode value = call.get(field);
        return value == null
                ? ""
                : REPEATED.matcher(value.asString())
                        .replaceAll(match ->
                                Matcher.quoteReplacement(match.group(1).repeat(Integer.parseInt(match.group(2)))));
    }

    private static byte[] stdin(JsonNode call) throws IOException {
        if (call.has("stdinBase64")) {
            return Base64.getDecoder().decode(call.get("stdinBase64").asString());
        }
        if (!call.has("tar")) {
            return text(call, "stdin").getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, JsonNode> file : call.get("tar").properties()) {
                byte[] content = file.getValue().asString().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }
}
