package landfall.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Replays the recorded calls of a family over SSH against a fresh emulated host. */
final class DokkuReplay {
    /** One second of the real host's pauses, in seconds: nothing that is compared depends on them. */
    static final double PACE = 0.01;

    private DokkuReplay() {}

    /** A call and whether the emulated host answered as the real one. */
    record Outcome(DokkuTranscript.Call call, DokkuClient.Answer answer, boolean agrees) {
        /** What differs, masked, for a person who repairs it. */
        String difference() {
            StringBuilder text = new StringBuilder("[" + call.index() + "] " + shortened(call.line()) + "\n");
            if (answer.exit() != call.exit()) {
                text.append("  exit was ")
                        .append(call.exit())
                        .append(", is ")
                        .append(answer.exit())
                        .append('\n');
            }
            differing(text, "stdout", call.stdout(), answer.stdout());
            differing(text, "stderr", call.stderr(), answer.stderr());
            return text.toString();
        }

        private static void differing(StringBuilder text, String stream, String was, String is) {
            List<String> before = DokkuMasks.masked(was).lines().toList();
            List<String> after = DokkuMasks.masked(is).lines().toList();
            if (before.equals(after)) {
                return;
            }
            text.append("  ").append(stream).append('\n');
            int same = 0;
            while (same < before.size()
                    && same < after.size()
                    && before.get(same).equals(after.get(same))) {
                same++;
            }
            int end = 0;
            while (end < before.size() - same
                    && end < after.size() - same
                    && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
                end++;
            }
            before.subList(same, before.size() - end)
                    .forEach(line ->
                            text.append("    was |").append(shortened(line)).append('\n'));
            after.subList(same, after.size() - end)
                    .forEach(line ->
                            text.append("    is  |").append(shortened(line)).append('\n'));
        }

        private static String shortened(String line) {
            return line.length() <= 4_000 ? line : line.substring(0, 4_000) + " …";
        }
    }

    static List<Outcome> run(DokkuTranscript transcript, Path folder, double pace) throws Exception {
        Files.createDirectories(folder);
        ProcessRegistry registry = ProcessRegistry.in(folder);
        List<Outcome> outcomes = new ArrayList<>();
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku = EmulatedDokku.start(
                        folder,
                        addresses,
                        new Containers(folder, addresses, registry),
                        registry,
                        DokkuReplay::image,
                        pace);
                DokkuClient client = new DokkuClient(dokku)) {
            // The one service plugin of the recorded host is postgres.
            dokku.misbehave(new DokkuFault.WithoutPlugin("redis"), new DokkuFault.WithoutPlugin("objects"));
            for (String line : transcript.setup()) {
                DokkuClient.Answer answer = client.run(line);
                if (answer.exit() != 0) {
                    throw new IOException("setup of " + transcript.family() + " failed: " + line + "\n" + answer);
                }
            }
            List<DokkuTranscript.Call> calls = transcript.calls();
            for (int i = 0; i < calls.size(); i++) {
                int to = i + 1;
                while (calls.get(i).together()
                        && to < calls.size()
                        && calls.get(to).together()) {
                    to++;
                }
                outcomes.addAll(
                        to > i + 1 ? atOnce(client, calls.subList(i, to)) : List.of(single(client, calls.get(i))));
                i = to - 1;
            }
        } finally {
            registry.endAll();
        }
        return outcomes;
    }

    private static final String APP_JSON = """
            {"formation": {"web": {"quantity": 1}, "worker": {"quantity": 1}},
             "healthchecks": {"web": [{"type": "startup", "name": "web check", "path": "PATH", "attempts": 3, "wait": 2}]},
             "scripts": {"dokku": {"predeploy": "echo predeploy ran", "postdeploy": "echo postdeploy ran"}},
             "cron": [{"command": "echo cron ran", "schedule": "0 5 * * *"}]}
            """;

    private static final String PROCFILE = """
            web: tinyweb
            worker: while :; do echo worker tick; sleep 30; done
            release: echo release task ran
            """;

    private static Outcome single(DokkuClient client, DokkuTranscript.Call call) throws Exception {
        DokkuClient.Answer answer = client.run(call.line(), call.input(), call.terminal(), call.exit() < 0);
        return new Outcome(call, answer, agrees(call, answer));
    }

    /** Of calls at once it isn't told which got which answer. */
    private static List<Outcome> atOnce(DokkuClient client, List<DokkuTranscript.Call> calls) throws Exception {
        List<DokkuClient.Answer> answers = new ArrayList<>();
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<DokkuClient.Answer>> running = new ArrayList<>();
            calls.forEach(call -> running.add(pool.submit(() -> client.run(call.line(), call.input()))));
            for (Future<DokkuClient.Answer> each : running) {
                answers.add(each.get());
            }
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (DokkuTranscript.Call call : calls) {
            DokkuClient.Answer mine = answers.stream()
                    .filter(answer -> agrees(call, answer))
                    .findFirst()
                    .orElse(answers.getFirst());
            answers.remove(mine);
            outcomes.add(new Outcome(call, mine, agrees(call, mine)));
        }
        return outcomes;
    }

    /** The images that the recorder built; a name that isn't among them can't be pulled. */
    private static Optional<Program> image(String reference) {
        return switch (reference) {
            case "tinyweb:v1", "tinyweb:v2" -> Optional.of(tinyWeb(DokkuTinyWeb.class, Map.of()));
            case "tinyweb:crash" -> Optional.of(tinyWeb(DokkuTinyCrash.class, Map.of()));
            case "tinyweb:badcheck" ->
                Optional.of(tinyWeb(
                        DokkuTinyWeb.class,
                        Map.of("app.json", APP_JSON.replace("PATH", "/nope"), "Procfile", PROCFILE)));
            case "tinyweb:appjson" ->
                Optional.of(tinyWeb(
                        DokkuTinyWeb.class,
                        Map.of("app.json", APP_JSON.replace("PATH", "/healthz"), "Procfile", PROCFILE)));
            default -> Program.find(reference);
        };
    }

    private static Program tinyWeb(Class<?> main, Map<String, String> files) {
        return new Program("tinyweb", main.getName(), 5000, "/app", files);
    }

    private static boolean agrees(DokkuTranscript.Call call, DokkuClient.Answer answer) {
        // The recorder kept a terminal's line ends in some calls only.
        String was = call.terminal() ? call.stdout().replace("\r\n", "\n") : call.stdout();
        String stdout = call.terminal() ? answer.stdout().replace("\r\n", "\n") : answer.stdout();
        return call.exit() == answer.exit()
                && agrees(was, call.stdoutBytes(), stdout)
                && agrees(call.stderr(), call.stderrBytes(), answer.stderr());
    }

    /** Of a long output the recorder kept the beginning and the length. */
    private static boolean agrees(String was, long bytes, String is) {
        if (bytes == 0) {
            return DokkuMasks.masked(was).equals(DokkuMasks.masked(is));
        }
        String beginning = was.endsWith("…") ? was.substring(0, was.length() - 1) : was;
        // Masks may shorten what they hide, so a little more than the beginning is masked.
        String start = is.substring(0, Math.min(is.length(), beginning.length() + 1_000));
        return DokkuMasks.masked(start).startsWith(DokkuMasks.masked(beginning))
                && is.getBytes(StandardCharsets.UTF_8).length == bytes;
    }
}
