package landfall.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import landfall.target.ShellWords;
import landfall.target.TargetApp;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The files of an app folder: only what is needed, what {@code git push dokku} deploys from then on. */
final class AppFolder {
    private static final JsonMapper PRETTY =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final JsonMapper ONE_LINE = new JsonMapper();

    private AppFolder() {}

    /** Path inside the folder to text; empty if the app is deployed from its image as it is. */
    static Map<String, String> files(TargetApp app) {
        Map<String, String> files = new TreeMap<>();
        if (!app.needsFolder()) {
            return files;
        }
        files.put("Dockerfile", dockerfile(app));
        for (TargetApp.BakedFile file : app.bakedFiles()) {
            files.put("files" + file.path(), file.text());
        }
        String json = appJson(app);
        if (!json.isEmpty()) {
            files.put("app.json", json);
        }
        if (app.formation().hasProcfile()) {
            files.put("Procfile", procfile(app));
        }
        if (app.web().template().isNeeded()) {
            files.put("nginx.conf.sigil", NginxTemplate.text(app));
        }
        return files;
    }

    /** FROM stays on the first line: the ledger points there. */
    private static String dockerfile(TargetApp app) {
        StringBuilder text = new StringBuilder("FROM " + app.image() + "\n");
        if (!app.bakedFiles().isEmpty()) {
            text.append("# Files that the cluster mounted from ConfigMaps.\n");
            for (TargetApp.BakedFile file : app.bakedFiles()) {
                String mode = file.mode().equals("0644") ? "" : "--chmod=" + file.mode() + " ";
                boolean isPlain = file.path().matches("[A-Za-z0-9_./-]+");
                text.append("COPY ")
                        .append(mode)
                        .append(
                                isPlain
                                        ? "files" + file.path() + " " + file.path()
                                        : ONE_LINE.writeValueAsString(List.of("files" + file.path(), file.path())));
                text.append('\n');
            }
        }
        TargetApp.Command command = app.command();
        if (!command.isImageOwn()) {
            text.append("# As the pod template had it.\n");
        }
        command.workingDirectory()
                .ifPresent(folder -> text.append("WORKDIR ").append(folder).append('\n'));
        command.user().ifPresent(user -> text.append("USER ").append(user).append('\n'));
        boolean runsOther = app.formation().hasProcfile()
                || !app.formation().predeploy().isEmpty()
                || !app.cron().isEmpty();
        if (runsOther && !command.entrypoint().isEmpty()) {
            text.append("# Other commands run in this image too, and an ENTRYPOINT would get them as arguments.\n");
            text.append("ENTRYPOINT []\n");
            text.append("CMD ").append(words(whole(command))).append('\n');
            return text.toString();
        }
        if (!command.entrypoint().isEmpty()) {
            text.append("ENTRYPOINT ").append(words(command.entrypoint())).append('\n');
        }
        if (!command.arguments().isEmpty()) {
            text.append("CMD ").append(words(command.arguments())).append('\n');
        }
        return text.toString();
    }

    private static String words(List<String> words) {
        return ONE_LINE.writeValueAsString(words);
    }

    private static List<String> whole(TargetApp.Command command) {
        List<String> words = new ArrayList<>(command.entrypoint());
        words.addAll(command.arguments());
        return words;
    }

    private static String procfile(TargetApp app) {
        TargetApp.Formation formation = app.formation();
        StringBuilder text = new StringBuilder();
        text.append(formation.main())
                .append(": ")
                .append(ShellWords.join(whole(app.command())))
                .append('\n');
        for (TargetApp.ProcessType other : formation.others()) {
            text.append(other.name())
                    .append(": ")
                    .append(ShellWords.join(other.command()))
                    .append('\n');
        }
        return text.toString();
    }

    /** Empty where there is nothing to say. */
    private static String appJson(TargetApp app) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!app.formation().predeploy().isEmpty()) {
            json.put("scripts", Map.of("dokku", Map.of("predeploy", predeploy(app))));
        }
        Map<String, Object> checks = new LinkedHashMap<>();
        putChecks(checks, app.formation().main(), app.checks());
        app.formation().others().forEach(other -> putChecks(checks, other.name(), other.checks()));
        if (!checks.isEmpty()) {
            json.put("healthchecks", checks);
        }
        if (!app.cron().isEmpty()) {
            List<Object> tasks = new ArrayList<>();
            for (TargetApp.CronTask task : app.cron()) {
                Map<String, Object> cron = new LinkedHashMap<>();
                cron.put("command", task.command());
                cron.put("schedule", task.schedule());
                if (!task.concurrency().equals("allow")) {
                    cron.put("concurrency_policy", task.concurrency());
                }
                if (task.suspended()) {
                    cron.put("maintenance", true);
                }
                tasks.add(cron);
            }
            json.put("cron", tasks);
        }
        return json.isEmpty() ? "" : PRETTY.writeValueAsString(json) + "\n";
    }

    private static void putChecks(Map<String, Object> into, String process, List<TargetApp.Check> checks) {
        if (!checks.isEmpty()) {
            into.put(process, checks.stream().map(TargetApp.Check::fields).toList());
        }
    }

    /** Several commands need a shell, which Dokku starts only for images without an ENTRYPOINT. */
    private static String predeploy(TargetApp app) {
        List<List<String>> commands = app.formation().predeploy();
        if (commands.size() == 1) {
            return ShellWords.join(commands.getFirst());
        }
        String script = commands.stream().map(ShellWords::join).collect(Collectors.joining(" && "));
        return ShellWords.join(List.of("sh", "-c", script));
    }
}
