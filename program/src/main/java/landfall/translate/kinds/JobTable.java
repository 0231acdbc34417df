package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** The {@code spec} of a Job, also inside a CronJob. */
final class JobTable {
    private JobTable() {}

    static FieldTable spec() {
        return new FieldTable()
                .varies(
                        "backoffLimit",
                        "a run that fails is not tried again",
                        Disposition.LOST,
                        Disposition.SATISFIED,
                        Disposition.DECISION)
                .lost(
                        "backoffLimitPerIndex",
                        "the repetition of runs that fail",
                        "make the command try again by itself")
                .lost("podFailurePolicy", "the repetition of runs that fail", "make the command try again by itself")
                .irrelevant("podReplacementPolicy", "pods of the cluster")
                .lost("activeDeadlineSeconds", "the end after a fixed time", "put `timeout SECONDS` before the command")
                .varies(
                        "completions",
                        "one run at a time on Dokku",
                        Disposition.SATISFIED,
                        Disposition.DECISION,
                        Disposition.LOST)
                .varies(
                        "parallelism",
                        "one run at a time on Dokku",
                        Disposition.SATISFIED,
                        Disposition.DECISION,
                        Disposition.LOST)
                .open("completionMode", "indexed", "%s runs once for each index.")
                .except("NonIndexed", "one run")
                .open("maxFailedIndexes", "indexed", "%s runs once for each index.")
                .open("successPolicy", "indexed", "%s runs once for each index.")
                .irrelevant("managedBy", "a controller of the cluster")
                .irrelevant("manualSelector", "finds the pods of the cluster")
                .irrelevant("selector", "finds the pods of the cluster")
                .irrelevant("scheduling", "there is one host")
                .open("suspend", "suspended", "%s is suspended: is it to run at all?")
                .except("false", "it runs")
                .irrelevant("ttlSecondsAfterFinished", "finished Jobs are objects of the cluster; Dokku keeps none")
                .under("template", PodTable.template());
    }
}
