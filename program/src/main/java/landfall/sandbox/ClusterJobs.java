package landfall.sandbox;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** CronJobs and Jobs of one completion. */
final class ClusterJobs {
    private final ApiStore store;
    private final InstantSource clock;
    private Instant lastMinute;

    ClusterJobs(ApiStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
        this.lastMinute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    }

    void reconcile() throws ApiFailure {
        Instant minute = clock.instant().truncatedTo(ChronoUnit.MINUTES);
        if (minute.isAfter(lastMinute)) {
            lastMinute = minute;
            for (ObjectNode cronJob : store.list(ApiResource.CRON_JOBS, null)) {
                if (due(cronJob, minute)) {
                    startRun(cronJob, minute);
                }
            }
        }
        for (ObjectNode job : store.list(ApiResource.JOBS, null)) {
            job(job);
        }
        for (ObjectNode cronJob : store.list(ApiResource.CRON_JOBS, null)) {
            forgetOld(
                    cronJob,
                    "Complete",
                    ApiJson.at(cronJob, "spec", "successfulJobsHistoryLimit").asInt(3));
            forgetOld(
                    cronJob,
                    "Failed",
                    ApiJson.at(cronJob, "spec", "failedJobsHistoryLimit").asInt(1));
        }
    }

    private static boolean due(ObjectNode cronJob, Instant minute) {
        if (ApiJson.at(cronJob, "spec", "suspend").asBoolean(false)) {
            return false;
        }
        String zone = ApiJson.text(cronJob, "spec", "timeZone");
        ZonedDateTime time = minute.atZone(zone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(zone));
        return ClusterSchedule.matches(ApiJson.text(cronJob, "spec", "schedule"), time);
    }

    private List<ObjectNode> owned(ApiResource resource, ObjectNode owner) {
        String uid = ApiJson.text(owner, "metadata", "uid");
        return store.list(resource, ApiJson.namespace(owner)).stream()
                .filter(object -> ClusterNames.ownedBy(object, uid))
                .toList();
    }

    private void startRun(ObjectNode cronJob, Instant minute) throws ApiFailure {
        List<ObjectNode> active = owned(ApiResource.JOBS, cronJob).stream()
                .filter(job -> !finished(job))
                .toList();
        String policy = ApiJson.text(cronJob, "spec", "concurrencyPolicy");
        if (policy.equals("Forbid") && !active.isEmpty()) {
            return;
        }
        if (policy.equals("Replace")) {
            active.forEach(job -> store.remove(ApiResource.JOBS, ApiJson.namespace(job), ApiJson.name(job)));
        }
        ObjectNode job = (ObjectNode) ApiJson.at(cronJob, "spec", "jobTemplate").deepCopy();
        ApiJson.metadata(job).put("name", ApiJson.name(cronJob) + "-" + minute.getEpochSecond() / 60);
        ClusterNames.own(job, cronJob);
        store.create(ApiResource.JOBS, ApiJson.namespace(cronJob), job);
        store.edit(
                ApiResource.CRON_JOBS,
                ApiJson.namespace(cronJob),
                ApiJson.name(cronJob),
                object -> ApiJson.child(object, "status").put("lastScheduleTime", minute.toString()));
    }

    private static boolean hasCondition(ObjectNode job, String type) {
        return ApiJson.at(job, "status", "conditions")
                .valueStream()
                .anyMatch(condition -> ApiJson.text(condition, "type").equals(type));
    }

    private static boolean finished(ObjectNode job) {
        return hasCondition(job, "Complete") || hasCondition(job, "Failed");
    }

    private void job(ObjectNode job) throws ApiFailure {
        if (finished(job)) {
            return;
        }
        if (ApiJson.at(job, "spec", "completions").asInt(1) != 1
                || ApiJson.at(job, "spec", "parallelism").asInt(1) != 1) {
            finish(job, "Failed", "the emulated cluster runs Jobs of one completion only", 0, 0);
            return;
        }
        if (ApiJson.at(job, "spec", "suspend").asBoolean(false)) {
            return;
        }
        List<ObjectNode> pods = owned(ApiResource.PODS, job);
        int failed = count(pods, "Failed");
        if (count(pods, "Succeeded") > 0) {
            finish(job, "Complete", "", 1, failed);
        } else if (failed > ApiJson.at(job, "spec", "backoffLimit").asInt(6)) {
            finish(job, "Failed", "Job has reached the specified backoff limit", 0, failed);
        } else if (pods.size() == failed) {
            ObjectNode pod = ClusterDeployments.pod(job, ApiJson.name(job) + "-" + ClusterNames.suffix());
            ApiJson.child(ApiJson.metadata(pod), "labels")
                    .put("job-name", ApiJson.name(job))
                    .put("batch.kubernetes.io/job-name", ApiJson.name(job));
            store.create(ApiResource.PODS, ApiJson.namespace(job), pod);
            store.edit(
                    ApiResource.JOBS,
                    ApiJson.namespace(job),
                    ApiJson.name(job),
                    object -> ApiJson.child(object, "status")
                            .put("active", 1)
                            .put("failed", failed)
                            .put("startTime", ApiStore.now()));
        }
    }

    private static int count(List<ObjectNode> pods, String phase) {
        return (int) pods.stream()
                .filter(pod -> ApiJson.text(pod, "status", "phase").equals(phase))
                .count();
    }

    private void finish(ObjectNode job, String condition, String message, int succeeded, int failed) throws ApiFailure {
        store.edit(ApiResource.JOBS, ApiJson.namespace(job), ApiJson.name(job), object -> {
            ObjectNode status = ApiJson.child(object, "status");
            status.put("active", 0).put("succeeded", succeeded).put("failed", failed);
            status.put("completionTime", ApiStore.now());
            status.putArray("conditions")
                    .addObject()
                    .put("type", condition)
                    .put("status", "True")
                    .put("message", message)
                    .put("lastTransitionTime", ApiStore.now());
        });
    }

    private void forgetOld(ObjectNode cronJob, String condition, int keep) {
        List<ObjectNode> done = owned(ApiResource.JOBS, cronJob).stream()
                .filter(job -> hasCondition(job, condition))
                .sorted(Comparator.comparing((JsonNode job) -> ApiJson.text(job, "status", "completionTime"))
                        .reversed())
                .toList();
        done.stream()
                .skip(keep)
                .forEach(job -> store.remove(ApiResource.JOBS, ApiJson.namespace(job), ApiJson.name(job)));
    }
}
