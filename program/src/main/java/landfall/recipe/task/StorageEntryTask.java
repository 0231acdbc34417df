package landfall.recipe.task;

import java.util.ArrayList;
import java.util.List;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuJson;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;
import org.jspecify.annotations.Nullable;

/** {@code dokku_storage_entry}: a folder of the host kept under a name. */
record StorageEntryTask(
        String name, @Nullable String path, @Nullable String chown) implements Task {
    static final HostRead ENTRIES = HostRead.lines("storage:list-entries", "--format", "json");

    static StorageEntryTask read(TaskFields fields) {
        StorageEntryTask task =
                new StorageEntryTask(Checks.label(fields, "name"), fields.optional("path"), fields.optional("chown"));
        fields.demand(task.path() == null || task.path().startsWith("/"), "path", "it must be absolute");
        fields.demand(
                task.chown() == null
                        || task.chown().matches("[0-9]{1,5}")
                        || List.of("heroku", "herokuish", "paketo", "root", "false")
                                .contains(task.chown()),
                "chown",
                "it is one of heroku, herokuish, paketo, root, false, or a user's number");
        fields.choice("scheduler", "docker-local", "docker-local");
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_storage_entry";
    }

    @Override
    public String subject() {
        return name;
    }

    @Override
    public List<String> touches() {
        return List.of("storage " + name);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(ENTRIES);
    }

    @Override
    public Plan plan(HostReading host) {
        String list = host.text(ENTRIES).orElse("[]");
        boolean there = DokkuJson.objects(list, "storage:list-entries").stream()
                .anyMatch(entry -> name.equals(entry.get("name")));
        if (there) {
            return Plan.inSync();
        }
        List<String> words = new ArrayList<>(List.of("storage:create", name));
        if (path != null) {
            words.add(path);
        }
        if (chown != null) {
            words.addAll(List.of("--chown", chown));
        }
        return Plan.change("it does not exist", DokkuCommand.of(words));
    }
}
