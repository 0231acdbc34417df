package landfall.translate;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import landfall.target.Place;

/** Job: what migrates before a release runs before each deploy; what has run is done; the rest is decided. */
final class JobRule {
    private static final String RULE = "Job.";
    private static final Pattern BEFORE_RELEASE =
            Pattern.compile("(?s).*(db:(migrate|prepare)|manage(\\.py)?\\s+(migrate|collectstatic)|ecto\\.migrate"
                    + "|\\bmigrat(e|ion|ions)\\b|prisma\\s+migrate|alembic\\s+upgrade|collectstatic|assets:precompile"
                    + "|db\\s+upgrade|compilemessages).*");

    private JobRule() {}

    static void apply(Draft draft, Field job) {
        MetadataRule.apply(job);
        Optional<Field> main = ContainerRole.main(draft.index, job);
        String name = AppName.of(job.object().name(), "job");
        if (main.isEmpty() || isTest(job)) {
            String note = main.isEmpty() ? "no container with an image: a patch" : "a test that Helm runs";
            RosterRule.settleAll(job, RULE + "none", note);
            return;
        }
        Field container = main.get();
        Optional<AppDraft> app = appOf(draft, job, container);
        boolean isMigration =
                BEFORE_RELEASE.matcher(RosterRule.command(container)).matches();
        if (app.isPresent() && isMigration) {
            predeploy(draft, job, container, app.get());
            return;
        }
        boolean hasRun = job.at("status", "succeeded").number().orElse(0) > 0;
        if (hasRun) {
            done(job, "it has run (status): what it did comes over with the data");
            return;
        }
        ask(draft, job, container, app, name);
    }

    /** Of the apps, those that serve first: the one with the Job's very image, else with the same one in another version: deploys bring the app's. */
    private static Optional<AppDraft> appOf(Draft draft, Field job, Field container) {
        List<AppDraft> servedFirst = draft.apps.values().stream()
                .sorted(Comparator.comparing((AppDraft app) -> app.processes == 0)
                        .thenComparing(app -> draft.index.services().stream()
                                .noneMatch(service -> Index.selects(service, app.workload))))
                .toList();
        return servedFirst.stream()
                .filter(app -> OneOff.fits(app, job, container))
                .findFirst()
                .or(() -> servedFirst.stream()
                        .filter(app -> repository(app.image)
                                .equals(repository(container.at("image").text(""))))
                        .findFirst());
    }

    private static String repository(String image) {
        return ImageName.of(image).repository();
    }

    private static void predeploy(Draft draft, Field job, Field container, AppDraft app) {
        String place = Place.appFile(app.name, "app.json") + "#scripts/dokku/predeploy";
        job.at("metadata", "name").adapted(RULE + "name", place, "a step before each deploy of " + app.name);
        List<String> words = new OneOff(
                        draft,
                        app,
                        container,
                        job.object().shortName(),
                        job.object().name(),
                        place)
                .words();
        if (!words.isEmpty()) {
            app.predeploy.add(words);
        }
        container.at("image").adapted(RULE + "image", Place.appFile(app.name, "Dockerfile:1"), "the app's own version");
        InitRule.applyAll(draft, app, job, container);
        SidecarRule.applyAll(draft, app, job, container);
        Field template = Index.podTemplate(job);
        PodRule.common(template, app.name);
        template.at("spec", "volumes").satisfied(RULE + "volumes", "the app's own files, or empty at every start");
        template.at("spec", "securityContext").satisfied(RULE + "securityContext", "runs as the app does");
        String note = "a predeploy task runs once; if it fails, the deploy ends and the old containers stay";
        template.at("spec", "restartPolicy").satisfied(RULE + "restartPolicy", note);
        for (String field : List.of(
                "backoffLimit", "completions", "parallelism", "activeDeadlineSeconds", "ttlSecondsAfterFinished")) {
            job.at("spec", field).satisfied(RULE + field, note);
        }
        draft.changed(
                app.name,
                "`" + String.join(" ", words) + "` (" + job.object().shortName()
                        + ") runs before each deploy, as predeploy of app.json, with the app's variables and files");
    }

    private static void done(Field job, String note) {
        job.at("metadata", "name").satisfied(RULE + "done", note);
        job.at("spec").satisfied(RULE + "done", note);
    }

    private static void ask(Draft draft, Field job, Field container, Optional<AppDraft> app, String name) {
        String id = "job-" + name;
        String command = RosterRule.command(container);
        String shown = command.replaceAll("\\s+", " ");
        String run = app.map(found -> "I run it myself: `dokku run " + found.name + " …`")
                .orElse("I run it myself, from an app of its image");
        draft.decide(
                id,
                job.object().shortName() + " runs once ("
                        + (shown.isEmpty() ? "what " + container.at("image").text("") + " does" : shortened(shown))
                        + "). Is anything left to do on Dokku?",
                Draft.options("done", "no: it has run, and what it did comes over with the data", "by-hand", run),
                Optional.of("done"),
                container.at("image"));
        job.at("metadata", "name").decision(RULE + "once", id, "has it run already?");
        job.at("spec").decision(RULE + "once", id, "has it run already?");
    }

    private static String shortened(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    private static boolean isTest(Field job) {
        return List.of(job.at("metadata", "annotations", "helm.sh/hook")
                        .text("")
                        .split(","))
                .stream()
                .anyMatch(hook -> hook.strip().startsWith("test"));
    }
}
