package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import landfall.target.Place;
import landfall.target.ShellWords;
import landfall.target.TargetApp;

/** CronJob: a task in app.json of the app that has its image and settings, else of an app without processes. */
final class CronJobRule {
    private static final String RULE = "CronJob.";

    private final Draft draft;
    private final AppDraft app;
    private final Field job;
    private final Field spec;
    private final Field container;
    private final String place;

    private CronJobRule(Draft draft, AppDraft app, Field job, Field container) {
        this.draft = draft;
        this.app = app;
        this.job = job;
        this.spec = job.at("spec");
        this.container = container;
        this.place = Place.appFile(app.name, "app.json") + "#cron";
    }

    /** Finds each CronJob's app before the apps' environments are read, and makes one where there is none. */
    static void placeAll(Draft draft) {
        for (Field job : draft.index.cronJobs()) {
            Optional<Field> container = ContainerRole.main(draft.index, job);
            if (container.isEmpty() || !hasCommand(container.get())) {
                continue;
            }
            AppDraft app = draft.apps.values().stream()
                    .filter(candidate -> OneOff.fits(candidate, job, container.get()))
                    .findFirst()
                    .orElseGet(() -> own(draft, job, container.get()));
            draft.cronJobs.put(job.object(), app);
        }
    }

    private static boolean hasCommand(Field container) {
        return !(container.at("command").items().isEmpty()
                && container.at("args").items().isEmpty());
    }

    private static AppDraft own(Draft draft, Field job, Field container) {
        String name = AppName.free(draft, job.object().name(), "cron");
        AppDraft app = new AppDraft(name, job, container, container.at("image").text(""));
        draft.apps.put(name, app);
        return app;
    }

    static void applyAll(Draft draft) {
        for (Field job : draft.index.cronJobs()) {
            AppDraft app = draft.cronJobs.get(job.object());
            MetadataRule.apply(job);
            if (app == null) {
                withoutCommand(draft, job);
            } else {
                new CronJobRule(
                                draft,
                                app,
                                job,
                                ContainerRole.main(draft.index, job).orElse(app.container))
                        .move();
            }
        }
    }

    private static void withoutCommand(Draft draft, Field job) {
        String id = "cron-" + job.object().name();
        draft.ask(
                id,
                job.object().shortName() + " says no command: it runs what its image says. Dokku's cron needs one.",
                Draft.options("leave", "it is left out; write its command into the CronJob and plan again"),
                job.at("spec"));
        job.at("metadata", "name").decision(RULE + "command", id, "no command is known");
        job.at("spec").decision(RULE + "command", id, "no command is known");
    }

    private void move() {
        boolean isOwn = app.workload.object().equals(job.object());
        app.cronJobs.add(job.object().shortName());
        job.at("metadata", "name")
                .adapted(
                        RULE + "name", place, isOwn ? "an app without processes" : "Dokku names cron tasks by content");
        if (isOwn) {
            draft.changed(
                    app.name, "has no process that keeps running: it holds the image and settings of its cron tasks");
        }
        if (app.waitsFor.isEmpty()) {
            draft.changed(
                    job.object().shortName(),
                    "runs on both sides from the first deploy of " + app.name
                            + " until the switch; if it must not, say `dokku" + " cron:set " + app.name
                            + " maintenance true` before, which the switch takes back");
        }
        Field template = Index.podTemplate(job);
        MetadataRule.labels(spec.at("jobTemplate", "metadata"));
        PodRule.common(template, app.name);
        AccountRule.apply(draft, job.object().name(), template.at("spec"));
        List<String> words = new OneOff(
                        draft,
                        app,
                        container,
                        job.object().shortName(),
                        job.object().name(),
                        place)
                .words();
        if (!isOwn) {
            InitRule.applyAll(draft, app, job, container);
            SidecarRule.applyAll(draft, app, job, container);
            template.at("spec", "volumes").satisfied(RULE + "volumes", "the app's own files, or empty at every start");
            template.at("spec", "securityContext").satisfied(RULE + "securityContext", "runs as the app does");
        }
        schedule();
        retries();
        String concurrency = spec.at("concurrencyPolicy").text("Allow").toLowerCase(Locale.ROOT);
        app.cron.add(new TargetApp.CronTask(
                ShellWords.join(limited(words)),
                spec.at("schedule").text("").replaceFirst("^(CRON_)?TZ=\\S+\\s+", ""),
                concurrency,
                spec.at("suspend").is("true")));
    }

    /** What the cluster ends after a time, {@code timeout} ends on Dokku. */
    private List<String> limited(List<String> words) {
        Field deadline = spec.at("jobTemplate", "spec", "activeDeadlineSeconds");
        Field ofPod = Index.pod(job).at("activeDeadlineSeconds");
        Optional<Integer> seconds = deadline.number().or(ofPod::number);
        if (seconds.isEmpty()) {
            return words;
        }
        for (Field field : List.of(deadline, ofPod)) {
            field.adapted(RULE + "activeDeadlineSeconds", place, "`timeout` before the command");
        }
        List<String> limited = new ArrayList<>(List.of("timeout", String.valueOf(seconds.get())));
        limited.addAll(words);
        return limited;
    }

    private void schedule() {
        Field schedule = spec.at("schedule");
        schedule.carried(RULE + "schedule", place);
        spec.at("concurrencyPolicy").carried(RULE + "concurrencyPolicy", place);
        spec.at("suspend").carried(RULE + "suspend", place, "maintenance: the task is listed and not run");
        Field zone = spec.at("timeZone");
        Optional<String> named = zone.text().or(() -> zoneOf(schedule.text("")));
        zone.adapted(
                RULE + "timeZone",
                place,
                "Dokku's cron runs in the host's own time zone: set the host to it, or shift the schedule");
        draft.changed(
                job.object().shortName(),
                "runs by the Dokku host's clock"
                        + named.map(text -> " (it was " + text + ")").orElse(" (it was the cluster's, usually UTC)"));
        for (String history : List.of("successfulJobsHistoryLimit", "failedJobsHistoryLimit")) {
            spec.at(history).irrelevant(RULE + history, "finished Jobs are objects of the cluster; Dokku keeps none");
        }
        spec.at("startingDeadlineSeconds")
                .lost(RULE + "startingDeadlineSeconds", "a run that was missed is not made up");
    }

    private static Optional<String> zoneOf(String schedule) {
        return schedule.matches("(CRON_)?TZ=\\S+\\s.*")
                ? Optional.of(schedule.replaceFirst("^(CRON_)?TZ=(\\S+)\\s.*", "$2"))
                : Optional.empty();
    }

    private void retries() {
        Field ofJob = spec.at("jobTemplate", "spec");
        Field policy = Index.pod(job).at("restartPolicy");
        if (ofJob.at("backoffLimit").number().orElse(6) > 0) {
            draft.lost(
                    job.object().shortName(),
                    "a run that fails is not tried again",
                    "make the command retry, or look at `dokku cron:list` and the app's logs");
            ofJob.at("backoffLimit").lost(RULE + "backoffLimit", "Dokku's cron tries once");
        } else {
            ofJob.at("backoffLimit").satisfied(RULE + "backoffLimit", "Dokku's cron tries once");
        }
        if (policy.is("Never")) {
            policy.satisfied(RULE + "restartPolicy", "a one-off container is not restarted");
        } else {
            policy.lost(RULE + "restartPolicy", "a one-off container is not restarted");
        }
        for (String one : List.of("completions", "parallelism")) {
            if (ofJob.at(one).is("1")) {
                ofJob.at(one).satisfied(RULE + one, "one container at a time");
            } else if (ofJob.at(one).exists()) {
                ofJob.at(one).lost(RULE + one, "one container at a time");
                draft.lost(
                        job.object().shortName(),
                        "several runs for one time of the schedule (" + one + ")",
                        "let one run do all the work, or start more from the command");
            }
        }
        ofJob.at("ttlSecondsAfterFinished")
                .satisfied(RULE + "ttlSecondsAfterFinished", "Dokku removes it when it ends");
    }
}
