package landfall.recipe.task;

import java.util.List;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuJson;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_network}: a Docker network exists. */
record NetworkTask(String name) implements Task {
    static final HostRead LIST = HostRead.ofHost("network:list", "--format", "json");

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
    public List<String> touches() {
        return List.of("network " + name);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(LIST);
    }

    @Override
    public Plan plan(HostReading host) {
        boolean exists = DokkuJson.objects(host.text(LIST).orElse("[]"), "network:list").stream()
                .anyMatch(network -> name.equals(network.get("Name")));
        return exists ? Plan.inSync() : Plan.change("it does not exist", DokkuCommand.of("network:create", name));
    }
}
