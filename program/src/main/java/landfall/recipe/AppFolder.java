package landfall.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
        if (!app.checks().isEmpty() || !app.cron().isEmpty()) {
            files.put("app.json", appJson(app));
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
        if (!command.entrypoint().isEmpty()) {
            text.append("ENTRYPOINT ")
                    .append(ONE_LINE.writeValueAsString(command.entrypoint()))
                    .append('\n');
        }
        if (!command.arguments().isEmpty()) {
            text.append("CMD ")
                    .append(ONE_LINE.writeValueAsString(command.arguments()))
                    .append('\n');
        }
        return text.toString();
    }

    private static String appJson(TargetApp app) {
        Map<String, Object> json = new LinkedHashMap<>();
        if (!app.checks().isEmpty()) {
            json.put(
                    "healthchecks",
                    Map.of(
                            "web",
                            app.checks().stream().map(TargetApp.Check::fields).toList()));
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
        return PRETTY.writeValueAsString(json) + "\n";
    }
}
