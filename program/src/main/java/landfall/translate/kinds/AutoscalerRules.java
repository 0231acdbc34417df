package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** HorizontalPodAutoscaler: the least number of processes; the rest is advice. */
final class AutoscalerRules {
    private AutoscalerRules() {}

    static KindRules horizontal() {
        return KindRules.of(
                "autoscaling",
                "HorizontalPodAutoscaler",
                "ps:scale to its minimum; the maximum is sizing advice",
                new FieldTable()
                        .varies(
                                "spec.minReplicas",
                                "ps:scale",
                                Disposition.ADAPTED,
                                Disposition.CARRIED,
                                Disposition.DECISION)
                        .varies(
                                "spec.maxReplicas",
                                "sizing advice in the report",
                                Disposition.LOST,
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .varies(
                                "spec.scaleTargetRef",
                                "the app that it scaled",
                                Disposition.ADAPTED,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION)
                        .varies(
                                "spec.metrics[]",
                                "nothing scales by itself on Dokku",
                                Disposition.LOST,
                                Disposition.DECISION)
                        .varies(
                                "spec.targetCPUUtilizationPercentage",
                                "nothing scales by itself on Dokku",
                                Disposition.LOST,
                                Disposition.DECISION)
                        .varies(
                                "spec.behavior",
                                "nothing scales by itself on Dokku",
                                Disposition.LOST,
                                Disposition.IRRELEVANT,
                                Disposition.DECISION));
    }
}
