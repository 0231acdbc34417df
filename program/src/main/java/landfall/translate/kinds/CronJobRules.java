package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** CronJob: a cron task in app.json of the app that runs its image. */
final class CronJobRules {
    private CronJobRules() {}

    static KindRules rules() {
        return KindRules.of(
                "batch",
                "CronJob",
                "a task of app.json's cron in the app that runs the same image",
                new FieldTable()
                        .varies(
                                "metadata.name",
                                "Dokku names cron tasks by their content",
                                Disposition.ADAPTED,
                                Disposition.DECISION)
                        .carried("spec.schedule", "app.json cron[].schedule")
                        .carried("spec.concurrencyPolicy", "app.json cron[].concurrency_policy")
                        .carried("spec.suspend", "app.json cron[].maintenance")
                        .varies(
                                "spec.timeZone",
                                "the Dokku host's own zone counts",
                                Disposition.ADAPTED,
                                Disposition.SATISFIED,
                                Disposition.DECISION)
                        .lost(
                                "spec.startingDeadlineSeconds",
                                "the making up of runs that were missed",
                                "make the task find out by itself what is left to do")
                        .irrelevant(
                                "spec.successfulJobsHistoryLimit",
                                "finished Jobs are objects of the cluster; Dokku keeps none")
                        .irrelevant(
                                "spec.failedJobsHistoryLimit",
                                "finished Jobs are objects of the cluster; Dokku keeps none")
                        .irrelevant("spec.jobTemplate.metadata", "Jobs are named by the cluster")
                        .under("spec.jobTemplate.spec", JobTable.spec()));
    }
}
