package landfall.recipe.task;

import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;

/** {@code dokku_network}: a Docker network exists. */
record NetworkTask(String name) implements Task {
    static NetworkTask read(TaskFields fields) {
        NetworkTask task = new NetworkTask(Checks.word(fields, "name"));
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_network";
    }

    @Override
    public String subject() {
        return name;
    }

    @Override
    public Plan plan(DokkuHost host) {
        return host.run(DokkuCommand.of("network:exists", name)).succeeded()
                ? Plan.inSync()
                : Plan.change("it does not exist", DokkuCommand.of("network:create", name));
    }
}
