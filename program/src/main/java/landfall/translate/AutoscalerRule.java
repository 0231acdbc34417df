package landfall.translate;

import java.util.Optional;

/** HorizontalPodAutoscaler: its minimum is the number of processes, its maximum is advice. */
final class AutoscalerRule {
    private static final String RULE = "HorizontalPodAutoscaler.";

    private AutoscalerRule() {}

    static void apply(Draft draft, Field scaler) {
        Field spec = scaler.at("spec");
        Field reference = spec.at("scaleTargetRef");
        String kind = reference.at("kind").text("");
        String name = reference.at("name").text("");
        Optional<AppDraft> app = draft.appRunning(kind, name);
        MetadataRule.apply(scaler);
        if (app.isEmpty()) {
            nobody(draft, scaler);
            return;
        }
        AppDraft draftApp = app.get().processOf(kind, name);
        String scale = draftApp.scalePlace();
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
                "the host must hold the peak: try `dokku ps:scale " + draftApp.name + " " + draftApp.process + "="
                        + maximum + "` if one process isn't enough");
    }

    /** What it scales is a database, a part of the cluster, or not among the manifests. */
    static void nobody(Draft draft, Field scaler) {
        String id = "autoscaler-" + scaler.object().name();
        draft.refuse(
                id,
                scaler.object().shortName() + " scales something that is no app of this move.",
                scaler.object().kind() + ".scaleTargetRef",
                "no such app",
                scaler.at("spec"));
        scaler.at("metadata", "name").decision(scaler.object().kind() + ".name", id, "no such app");
    }
}
