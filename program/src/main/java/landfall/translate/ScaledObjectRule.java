package landfall.translate;

import java.util.List;
import java.util.Optional;

/** KEDA's ScaledObject: at least one process always runs; what woke more is advice. */
final class ScaledObjectRule {
    private static final String RULE = "ScaledObject.";

    private ScaledObjectRule() {}

    static void apply(Draft draft, Field scaler) {
        Field spec = scaler.at("spec");
        Field reference = spec.at("scaleTargetRef");
        MetadataRule.apply(scaler);
        Optional<AppDraft> app = draft.appRunning(
                reference.at("kind").text("Deployment"), reference.at("name").text(""));
        if (app.isEmpty()) {
            AutoscalerRule.nobody(draft, scaler);
            return;
        }
        AppDraft process = app.get()
                .processOf(
                        reference.at("kind").text("Deployment"),
                        reference.at("name").text(""));
        String scale = process.scalePlace();
        scaler.at("metadata", "name").irrelevant(RULE + "name", "named nowhere else");
        reference.adapted(RULE + "scaleTargetRef", scale, "the process type " + process.process);
        int minimum = spec.at("minReplicaCount").number().orElse(0);
        process.processes = Math.max(minimum, 1);
        if (minimum > 0) {
            spec.at("minReplicaCount").carried(RULE + "minReplicaCount", scale);
        } else {
            spec.at("minReplicaCount").adapted(RULE + "minReplicaCount", scale, "one: Dokku wakes nothing up");
        }
        spec.at("idleReplicaCount").adapted(RULE + "idleReplicaCount", scale, "one: Dokku wakes nothing up");
        for (String field : List.of("maxReplicaCount", "triggers")) {
            spec.at(field).lost(RULE + field, "nothing scales by itself on Dokku");
        }
        List<String> triggers = spec.at("triggers").items().stream()
                .map(trigger -> trigger.at("type").text("?"))
                .distinct()
                .toList();
        String maximum = spec.at("maxReplicaCount").text("100");
        draft.lost(
                app.get().name,
                "scaling " + process.process + " up to " + maximum + " by " + String.join(", ", triggers),
                "the host must hold the peak: `dokku ps:scale " + app.get().name + " " + process.process + "=N`");
    }
}
