package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import landfall.ledger.Disposition;
import landfall.target.Place;
import landfall.target.TargetApp;

/**
 * Probes become health checks of app.json. Dokku's docker-local scheduler runs checks of type startup only, when it
 * deploys: so the readiness (or startup) probe becomes that check, and liveness is written down but not acted on.
 */
final class ProbeRule {
    /** Paths that by their name tell only that the process runs. */
    private static final Pattern ALIVE = Pattern.compile(
            "(?i).*/(health|healthz|healthcheck|health[_-]?check|live|livez|liveness|alive|ping|up|status|_health)/?");

    private final Draft draft;
    private final AppDraft app;

    private ProbeRule(Draft draft, AppDraft app) {
        this.draft = draft;
        this.app = app;
    }

    static void apply(Draft draft, AppDraft app) {
        new ProbeRule(draft, app).apply();
    }

    private void apply() {
        Field readiness = app.container.at("readinessProbe");
        Field startup = app.container.at("startupProbe");
        Field liveness = app.container.at("livenessProbe");
        String file = Place.appFile(app.name, "app.json") + "#healthchecks/" + app.process;
        if (!readiness.entries().isEmpty()) {
            probe(readiness, "startup", "readiness", Disposition.CARRIED, file);
            draft.changed(
                    app.name, "readiness is asked when the app is deployed, not afterwards: traffic is not taken away");
        }
        if (!startup.entries().isEmpty()) {
            probe(startup, "startup", "startup", Disposition.CARRIED, file);
        }
        if (!liveness.entries().isEmpty()) {
            probe(liveness, "liveness", "liveness", Disposition.LOST, file);
            draft.lost(
                    app.name,
                    "a process that stops answering is not restarted (liveness probe)",
                    "watch " + liveness.at("httpGet", "path").text("the app")
                            + " from outside and run `dokku ps:restart " + app.name
                            + "`; a process that exits is restarted");
        }
        nothingProven(readiness, liveness);
    }

    /** An app with a database whose only check answers while the database is down. */
    private void nothingProven(Field readiness, Field liveness) {
        Field asked = readiness.entries().isEmpty() ? liveness : readiness;
        String path = asked.at("httpGet", "path").text("");
        String alive = ALIVE.matcher(path).matches()
                ? path
                : liveness.at("httpGet", "path").text("");
        if (app.waitsFor.isEmpty() || !ALIVE.matcher(alive).matches()) {
            return;
        }
        boolean decides = alive.equals(path);
        draft.changed(
                app.name,
                alive + " proves nothing about " + String.join(", ", app.waitsFor)
                        + ": by its name it says that the process runs, and it may answer with the database down. "
                        + (decides
                                ? "Let the deploy ask a page that reads the database (readinessProbe)"
                                : "The deploy asks " + (path.isEmpty() ? "nothing else" : path) + "; watch that, not "
                                        + alive));
    }

    private void probe(Field probe, String type, String name, Disposition disposition, String to) {
        String rule = "Container." + name + "Probe";
        Map<String, Object> check = new LinkedHashMap<>();
        check.put("type", type);
        check.put("name", name);
        Optional<Field> action = action(probe, check);
        if (action.isEmpty()) {
            String id = "probe-" + app.name;
            draft.ask(
                    id,
                    "A probe of " + app.name
                            + " asks in a way that Dokku's checks can't (gRPC, another host, or nothing at"
                            + " all). Without one, Dokku waits until the app listens and has run for 10 s.",
                    Draft.options(
                            "none",
                            "that is enough",
                            "command",
                            "I write a check of type command into app.json (such as grpc_health_probe)"),
                    probe);
            probe.decision(rule, id, "no such check in app.json");
            return;
        }
        timing(probe, check, "initialDelaySeconds", "initialDelay", 0);
        timing(probe, check, "periodSeconds", "wait", 10);
        timing(probe, check, "timeoutSeconds", "timeout", 1);
        timing(probe, check, "failureThreshold", "attempts", 3);
        app.checks.add(new TargetApp.Check(check));
        String note = disposition == Disposition.LOST
                ? "written to app.json, but docker-local never restarts a process because of it"
                : "asked while deploying; traffic comes when it is answered";
        action.get().settle(disposition, List.of(to), rule, note);
        for (String timing : List.of("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold")) {
            probe.at(timing).settle(disposition, List.of(to), rule, note);
        }
        Field successes = probe.at("successThreshold");
        if (successes.number().orElse(1) <= 1) {
            successes.satisfied(rule, "one good answer is enough for Dokku too");
        } else {
            successes.lost(rule, "Dokku takes one good answer for enough");
            draft.lost(
                    app.name,
                    "the wait for " + successes.text("") + " good answers in a row",
                    "let the app answer only when it is ready to stay so");
        }
        // The seconds between SIGTERM and SIGKILL are one setting of the app on Dokku.
        probe.at("terminationGracePeriodSeconds")
                .irrelevant(rule, "for a restart that Dokku doesn't make; a stop has the app's own time");
    }

    private static void timing(Field probe, Map<String, Object> check, String from, String to, int fallback) {
        int seconds = probe.at(from).number().orElse(fallback);
        if (seconds > 0) {
            check.put(to, seconds);
        }
    }

    private Optional<Field> action(Field probe, Map<String, Object> check) {
        Field http = probe.at("httpGet");
        Field exec = probe.at("exec");
        Field socket = probe.at("tcpSocket");
        if (http.exists()) {
            return isElsewhere(http) ? Optional.empty() : http(http, check);
        }
        if (exec.exists()) {
            check.put(
                    "command",
                    exec.at("command").texts().stream()
                            .map(word -> EnvironmentRule.expand(word, app.variables))
                            .toList());
            return Optional.of(exec);
        }
        if (socket.exists() && !isElsewhere(socket)) {
            check.put("listening", true);
            app.containerPort(socket.at("port").text("")).ifPresent(port -> check.put("port", port));
            return Optional.of(socket);
        }
        return Optional.empty();
    }

    /** A probe may ask another machine than its pod. */
    private static boolean isElsewhere(Field action) {
        return !List.of("", "localhost", "127.0.0.1", "0.0.0.0")
                .contains(action.at("host").text(""));
    }

    private Optional<Field> http(Field http, Map<String, Object> check) {
        String path = http.at("path").text("/");
        check.put("path", path.startsWith("/") ? path : "/" + path);
        app.containerPort(http.at("port").text("")).ifPresent(port -> check.put("port", port));
        // HTTP is the default of both sides; an API server writes it out.
        http.at("scheme")
                .text()
                .filter(scheme -> !scheme.equals("HTTP"))
                .ifPresent(scheme -> check.put("scheme", scheme.toLowerCase(Locale.ROOT)));
        List<Map<String, Object>> headers = new ArrayList<>();
        for (Field header : http.at("httpHeaders").items()) {
            Map<String, Object> pair = new LinkedHashMap<>();
            pair.put("name", header.at("name").text(""));
            pair.put("value", header.at("value").text(""));
            headers.add(pair);
        }
        if (!headers.isEmpty()) {
            check.put("httpHeaders", headers);
        }
        return Optional.of(http);
    }
}
