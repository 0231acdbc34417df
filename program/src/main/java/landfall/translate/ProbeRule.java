package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import landfall.ledger.Disposition;
import landfall.target.Place;
import landfall.target.TargetApp;

/**
 * Probes become health checks of app.json. Dokku's docker-local scheduler runs checks of type startup only, when it
 * deploys: so the readiness (or startup) probe becomes that check, and liveness is written down but not acted on.
 */
final class ProbeRule {
    private ProbeRule() {}

    static void apply(Draft draft, AppDraft app) {
        Field readiness = app.container.at("readinessProbe");
        Field startup = app.container.at("startupProbe");
        Field liveness = app.container.at("livenessProbe");
        String file = Place.appFile(app.name, "app.json") + "#healthchecks/web";
        if (readiness.exists()) {
            probe(draft, app, readiness, "startup", "readiness", Disposition.CARRIED, file);
            draft.changed(
                    app.name, "readiness is asked when the app is deployed, not afterwards: traffic is not taken away");
        }
        if (startup.exists()) {
            probe(draft, app, startup, "startup", "startup", Disposition.CARRIED, file);
        }
        if (liveness.exists()) {
            probe(draft, app, liveness, "liveness", "liveness", Disposition.LOST, file);
            draft.lost(
                    app.name,
                    "a process that stops answering is not restarted (liveness probe)",
                    "watch " + liveness.at("httpGet", "path").text("the app")
                            + " from outside and run `dokku ps:restart " + app.name
                            + "`; a process that exits is restarted");
        }
    }

    private static void probe(
            Draft draft, AppDraft app, Field probe, String type, String name, Disposition disposition, String to) {
        Map<String, Object> check = new LinkedHashMap<>();
        check.put("type", type);
        check.put("name", name);
        Optional<Field> action = action(draft, app, probe, check);
        if (action.isEmpty()) {
            return;
        }
        timing(probe, check, "initialDelaySeconds", "initialDelay", 0);
        timing(probe, check, "periodSeconds", "wait", 10);
        timing(probe, check, "timeoutSeconds", "timeout", 1);
        timing(probe, check, "failureThreshold", "attempts", 3);
        app.checks.add(new TargetApp.Check(check));
        String rule = "Container." + name + "Probe";
        String note = disposition == Disposition.LOST
                ? "written to app.json, but docker-local never restarts a process because of it"
                : "asked while deploying; traffic comes when it is answered";
        action.get().settle(disposition, List.of(to), rule, note);
        for (String timing : List.of("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold")) {
            probe.at(timing).settle(disposition, List.of(to), rule, note);
        }
        if (probe.at("successThreshold").is("1")) {
            probe.at("successThreshold").satisfied(rule, "one good answer is enough for Dokku too");
        } else {
            probe.at("successThreshold").lost(rule, "Dokku takes one good answer for enough");
        }
    }

    private static void timing(Field probe, Map<String, Object> check, String from, String to, int fallback) {
        int seconds = probe.at(from).number().orElse(fallback);
        if (seconds > 0) {
            check.put(to, seconds);
        }
    }

    private static Optional<Field> action(Draft draft, AppDraft app, Field probe, Map<String, Object> check) {
        Field http = probe.at("httpGet");
        Field exec = probe.at("exec");
        Field socket = probe.at("tcpSocket");
        if (http.exists()) {
            check.put("path", http.at("path").text("/"));
            app.containerPort(http.at("port").text("")).ifPresent(port -> check.put("port", port));
            http.at("scheme")
                    .text()
                    .ifPresent(scheme -> check.put("scheme", scheme.toLowerCase(java.util.Locale.ROOT)));
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
            return http.at("host").exists() ? Optional.empty() : Optional.of(http);
        }
        if (exec.exists()) {
            check.put("command", exec.at("command").texts());
            return Optional.of(exec);
        }
        if (socket.exists() && !socket.at("host").exists()) {
            check.put("listening", true);
            app.containerPort(socket.at("port").text("")).ifPresent(port -> check.put("port", port));
            return Optional.of(socket);
        }
        draft.refuse(
                "probe-" + app.name,
                "A probe of " + app.name + " asks in a way Dokku's checks can't (gRPC, or another host).",
                "Container.probe",
                "no such check in app.json",
                probe);
        return Optional.empty();
    }
}
