package landfall.recipe.task;

import java.util.List;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuJson;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_docker_options}: one option of the app's containers. */
record DockerOptionTask(String app, String phase, String option) implements Task {
    static DockerOptionTask read(TaskFields fields) {
        DockerOptionTask task = new DockerOptionTask(
                Checks.app(fields), fields.choice("phase", "", "build", "deploy", "run"), fields.text("option"));
        fields.demand(task.option().startsWith("-"), "option", "it must begin with a dash");
        Checks.oneOption(fields, task.option());
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_docker_options";
    }

    @Override
    public String subject() {
        return app + " " + phase;
    }

    @Override
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(HostRead.report("docker-options", app));
    }

    @Override
    public List<Claim> claims(HostReading host) {
        return List.of(Claim.of("app " + app, Item.Kind.DOCKER_OPTION, List.of(phase + " " + option)));
    }

    @Override
    public Plan plan(HostReading host) {
        String list = host.report("docker-options", app).getOrDefault(phase + "-list", "[]");
        return DokkuJson.texts(list, "docker-options:report").contains(option)
                ? Plan.inSync()
                : Plan.change("it is not set", DokkuCommand.of("docker-options:add", app, phase, option));
    }
}
