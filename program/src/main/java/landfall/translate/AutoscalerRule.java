package landfall.translate;

import java.util.Optional;
import landfall.target.Place;

/** HorizontalPodAutoscaler: its minimum is the number of processes, its maximum is advice. */
final class AutoscalerRule {
    private static final String RULE = "HorizontalPodAutoscaler.";

    private AutoscalerRule() {}

    static void apply(Draft draft, Field scaler) {
        Field spec = scaler.at("spec");
        Field reference = spec.at("scaleTargetRef");
        String name = reference.at("name").text("");
        Optional<AppDraft> app = draft.apps.values().stream()
                .filter(candidate -> candidate.workload.object().name().equals(name)
                        && reference.at("kind").is(candidate.workload.object().kind()))
                .findFirst();
        MetadataRule.apply(scaler);
        if (app.isEmpty()) {
            draft.refuse(
                    "autoscaler-" + scaler.object().name(),
                    scaler.object().shortName() + " scales something that is no app of this move.",
                    RULE + "scaleTargetRef",
                    "no such app",
                    spec);
            scaler.at("metadata", "name")
                    .decision(RULE + "name", "autoscaler-" + scaler.object().name(), "no such app");
            return;
        }
        AppDraft draftApp = app.get();
        String scale = Place.task(draftApp.name, "scale", "web");
        scaler.at("metadata", "name").irrelevant(RULE + "name", "named nowhere else");
        reference.adapted(RULE + "scaleTargetRef", scale, "the app's number of processes");
        int minimum = spec.at("minReplicas").number().orElse(1);
        draftApp.processes = Math.max(draftApp.processes, minimum);
        spec.at("minReplicas").carried(RULE + "minReplicas", scale);
        String maximum = spec.at("maxReplicas").text("more");
        String note = "Dokku on one host doesn't scale by itself";
        for (String field : java.util.List.of("maxReplicas", "metrics", "behavior", "targetCPUUtilizationPercentage")) {
            spec.at(field).lost(RULE + field, note);
        }
        draft.lost(
                draftApp.name,
                "scaling up to " + maximum + " by load",
                "the host must hold the peak: try `dokku ps:scale " + draftApp.name + " web=" + maximum
                        + "` if one process isn't enough");
    }
}
