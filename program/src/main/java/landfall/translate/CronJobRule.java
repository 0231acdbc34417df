package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import landfall.target.Place;
import landfall.target.TargetApp;
import landfall.translate.AppDraft.Variable;

/** CronJob: a task in app.json of the app that runs the same image. */
final class CronJobRule {
    private static final String RULE = "CronJob.";
    private static final Pattern PLAIN_WORD = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private CronJobRule() {}

    static void apply(Draft draft, Field job) {
        MetadataRule.apply(job);
        Field spec = job.at("spec");
        Field template = spec.at("jobTemplate", "spec", "template");
        List<Field> containers = template.at("spec", "containers").items();
        String name = job.object().name();
        Optional<AppDraft> app = containers.size() != 1
                ? Optional.empty()
                : draft.apps.values().stream()
                        .filter(candidate -> containers.getFirst().at("image").is(candidate.image))
                        .findFirst();
        boolean hasCommand = app.isPresent()
                && !(containers.getFirst().at("command").items().isEmpty()
                        && containers.getFirst().at("args").items().isEmpty());
        if (app.isEmpty()
                || !hasCommand
                || !template.at("spec", "initContainers").items().isEmpty()) {
            String id = "cron-" + name;
            draft.ask(
                    id,
                    job.object().shortName() + " doesn't run a command in the image of one of the apps.",
                    Draft.options("leave", "it is left out; make an app of its image and a cron task by hand"),
                    spec);
            job.at("metadata", "name").decision(RULE + "image", id, "no app of its image");
            spec.decision(RULE + "image", id, "no app of its image");
            return;
        }
        move(draft, job, app.get(), containers.getFirst());
    }

    private static void move(Draft draft, Field job, AppDraft app, Field container) {
        Field spec = job.at("spec");
        Field template = spec.at("jobTemplate", "spec", "template");
        String place = Place.appFile(app.name, "app.json") + "#cron";
        app.cronJobs.add(job.object().shortName());
        job.at("metadata", "name").adapted(RULE + "name", place, "Dokku names cron tasks by their content");
        spec.at("schedule").carried(RULE + "schedule", place);
        String concurrency = switch (spec.at("concurrencyPolicy").text("Allow")) {
            case "Forbid" -> "forbid";
            case "Replace" -> "replace";
            default -> "allow";
        };
        spec.at("concurrencyPolicy").carried(RULE + "concurrencyPolicy", place);
        spec.at("suspend").carried(RULE + "suspend", place);
        zone(draft, job, spec.at("timeZone"));
        for (String history : List.of("successfulJobsHistoryLimit", "failedJobsHistoryLimit")) {
            spec.at(history).irrelevant(RULE + history, "finished Jobs are objects of the cluster; Dokku keeps none");
        }
        retries(draft, job);
        spec.at("startingDeadlineSeconds")
                .lost(RULE + "startingDeadlineSeconds", "a run that was missed is not made up");
        MetadataRule.labels(spec.at("jobTemplate", "metadata"));
        PodRule.common(template, app.name);
        AccountRule.apply(draft, job.object().name(), template.at("spec"));
        container(draft, job, app, container, place);
        List<String> words = new ArrayList<>();
        for (String part : List.of("command", "args")) {
            for (Field word : container.at(part).items()) {
                words.add(word(EnvironmentRule.expand(word.text(""), app.variables)));
                word.carried(RULE + part, place);
            }
        }
        app.cron.add(new TargetApp.CronTask(
                String.join(" ", words),
                spec.at("schedule").text(""),
                concurrency,
                spec.at("suspend").is("true")));
    }

    private static void zone(Draft draft, Field job, Field zone) {
        if (zone.exists()) {
            zone.adapted(
                    RULE + "timeZone",
                    Place.appFile("", "app.json"),
                    "Dokku's cron runs in the host's own time zone: set the host to it, or shift the schedule");
        }
        draft.changed(
                job.object().shortName(),
                "runs by the Dokku host's clock"
                        + zone.text()
                                .map(text -> " (it was " + text + ")")
                                .orElse(" (it was the" + " cluster's, usually UTC)"));
    }

    private static void retries(Draft draft, Field job) {
        Field spec = job.at("spec", "jobTemplate", "spec");
        Field policy = spec.at("template", "spec", "restartPolicy");
        boolean retried = spec.at("backoffLimit").number().orElse(6) > 0;
        if (retried) {
            draft.lost(
                    job.object().shortName(),
                    "a run that fails is not tried again",
                    "make the command retry, or look at `dokku cron:list` and the app's logs");
            spec.at("backoffLimit").lost(RULE + "backoffLimit", "Dokku's cron tries once");
        } else {
            spec.at("backoffLimit").satisfied(RULE + "backoffLimit", "Dokku's cron tries once");
        }
        if (policy.is("Never")) {
            policy.satisfied(RULE + "restartPolicy", "a one-off container is not restarted");
        } else {
            policy.lost(RULE + "restartPolicy", "a one-off container is not restarted");
        }
        for (String one : List.of("completions", "parallelism")) {
            if (spec.at(one).is("1")) {
                spec.at(one).satisfied(RULE + one, "one container at a time");
            }
        }
        spec.at("ttlSecondsAfterFinished").satisfied(RULE + "ttlSecondsAfterFinished", "Dokku removes it when it ends");
        spec.at("activeDeadlineSeconds").lost(RULE + "activeDeadlineSeconds", "Dokku ends a run after 24 hours only");
    }

    private static void container(Draft draft, Field job, AppDraft app, Field container, String place) {
        String note = "runs in a container of the app's own image";
        container.at("name").irrelevant(RULE + "container", "the pod had one container");
        container.at("image").carried("Container.image", Place.appFile(app.name, "Dockerfile:1"), note);
        container.at("imagePullPolicy").satisfied("Container.imagePullPolicy", note);
        container.at("resources").adapted(RULE + "resources", Place.task(app.name, "limit"), "bounded like the app");
        Map<String, Variable> variables =
                EnvironmentRule.resolve(draft, container, job.object().name(), Place.task(app.name, "config"));
        for (Variable variable : variables.values()) {
            Variable ofApp = app.variables.get(variable.name());
            if (ofApp != null && ofApp.value().equals(variable.value())) {
                variable.sources()
                        .forEach(leaf -> leaf.carried(
                                "Container.env", Place.task(app.name, "config", variable.name()), "the app's own"));
            } else {
                String id = "cron-variables-" + job.object().name();
                draft.ask(
                        id,
                        job.object().shortName() + " sets variables that " + app.name
                                + " doesn't have, or with other values; on Dokku it runs with the app's.",
                        Draft.options("app", "that is fine"),
                        variable.sources().isEmpty()
                                ? container.at("env")
                                : variable.sources().getFirst());
                variable.sources().forEach(leaf -> leaf.decision("Container.env", id, "the app's environment holds"));
            }
        }
        if (!container.at("command").items().isEmpty()) {
            draft.decide(
                    "cron-command-" + job.object().name(),
                    job.object().shortName() + " replaces the image's ENTRYPOINT. On Dokku an ENTRYPOINT stays and gets"
                            + " the command as its arguments.",
                    Draft.options(
                            "as-is",
                            "the image has none, or one that runs its arguments",
                            "by-hand",
                            "I change the command in app.json (" + place + ")"),
                    Optional.of("as-is"),
                    container.at("command"));
        }
    }

    /** Dokku splits the command like a shell, without running one. */
    private static String word(String text) {
        return PLAIN_WORD.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
