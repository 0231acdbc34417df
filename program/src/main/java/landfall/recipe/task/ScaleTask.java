package landfall.recipe.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuJson;
import landfall.dokku.DokkuResult;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_ps_scale}: how many containers of each process run. */
record ScaleTask(String app, Map<String, Integer> scale, boolean skipDeploy) implements Task {
    static ScaleTask read(TaskFields fields) {
        Map<String, Integer> scale = new TreeMap<>();
        fields.map("scale").forEach((process, text) -> {
            fields.demand(text.matches("[0-9]{1,4}"), "scale", process + ": \"" + text + "\" is not a count");
            Checks.scale(fields, process, Integer.parseInt(text));
            scale.put(process, Integer.parseInt(text));
        });
        fields.demand(!scale.isEmpty(), "scale", "at least one process is required");
        ScaleTask task = new ScaleTask(Checks.app(fields), scale, fields.flag("skip_deploy", false));
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_ps_scale";
    }

    @Override
    public String subject() {
        return app;
    }

    @Override
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(scales(app));
    }

    static HostRead scales(String app) {
        return HostRead.ofApp(app, "ps:scale", "--format", "json", app);
    }

    @Override
    public List<Claim> claims(HostReading host) {
        return List.of(Claim.of("app " + app, Item.Kind.PROCESS, scale.keySet()));
    }

    @Override
    public Plan plan(HostReading host) {
        DokkuResult result = host.answer(scales(app));
        if (!result.succeeded() && !result.appMissing()) {
            return new Plan.Unknown("ps:scale failed: " + result.tail());
        }
        Map<String, Object> now = new TreeMap<>();
        if (result.succeeded()) {
            DokkuJson.objects(result.stdout(), "ps:scale")
                    .forEach(entry -> now.put(String.valueOf(entry.get("process_type")), entry.get("quantity")));
        }
        List<String> words = new ArrayList<>(List.of("ps:scale"));
        if (skipDeploy) {
            words.add("--skip-deploy");
        }
        words.add(app);
        List<String> reasons = new ArrayList<>();
        scale.forEach((process, count) -> {
            if (!count.equals(now.get(process))) {
                words.add(process + "=" + count);
                reasons.add(process + " is " + now.getOrDefault(process, 0));
            }
        });
        return reasons.isEmpty() ? Plan.inSync() : Plan.change(String.join(", ", reasons), DokkuCommand.of(words));
    }
}
