package landfall.recipe.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuJson;
import landfall.dokku.DokkuResult;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;
import org.jspecify.annotations.Nullable;

/** {@code dokku_storage_mount}: a storage entry or folder of the host seen by the app's containers. */
record StorageMountTask(
        String app,
        @Nullable String entry,
        @Nullable String folder,
        String path,
        @Nullable String subpath,
        boolean readOnly)
        implements Task {
    static StorageMountTask read(TaskFields fields) {
        StorageMountTask task = new StorageMountTask(
                Checks.app(fields),
                fields.optional("entry_name"),
                fields.optional("host_dir"),
                fields.text("container_dir"),
                fields.optional("subpath"),
                fields.flag("readonly", false));
        fields.demand(
                (task.entry() == null) != (task.folder() == null),
                "entry_name",
                "either entry_name or host_dir is required");
        fields.demand(task.path().startsWith("/"), "container_dir", "it must be absolute");
        fields.demand(!task.path().contains(":"), "container_dir", "it may hold no colon");
        fields.demand(task.folder() == null || task.folder().startsWith("/"), "host_dir", "it must be absolute");
        fields.demand(
                task.entry() != null || (!task.readOnly() && task.subpath() == null),
                "host_dir",
                "only an entry is mounted read-only or in part");
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_storage_mount";
    }

    @Override
    public String subject() {
        return app + " " + path;
    }

    @Override
    public List<String> touches() {
        return entry == null ? List.of("app " + app) : List.of("app " + app, "storage " + entry);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(list(app));
    }

    static HostRead list(String app) {
        return HostRead.ofApp(app, "storage:list", app, "--format", "json");
    }

    @Override
    public List<Claim> claims(HostReading host) {
        return List.of(Claim.of("app " + app, Item.Kind.MOUNT, List.of(path)));
    }

    @Override
    public Plan plan(HostReading host) {
        DokkuResult result = host.answer(list(app));
        if (!result.succeeded() && !result.appMissing()) {
            return new Plan.Unknown("storage:list failed: " + result.tail());
        }
        List<Map<String, Object>> mounts =
                result.appMissing() ? List.of() : DokkuJson.objects(result.stdout(), "storage:list");
        for (Map<String, Object> mount : mounts) {
            if (path.equals(mount.get("container_path"))) {
                boolean same = entry != null
                        ? entry.equals(mount.get("entry_name"))
                        : String.valueOf(folder).equals(mount.get("host_path"));
                return same
                        ? Plan.inSync()
                        : new Plan.Unknown(path + " of " + app + " is taken by " + mount.get("host_path")
                                + "; unmount that first");
            }
        }
        if (entry == null) {
            return Plan.change("it is not mounted", DokkuCommand.of("storage:mount", app, folder + ":" + path));
        }
        List<String> words = new ArrayList<>(List.of("storage:mount", app, entry, "--container-dir", path));
        if (subpath != null) {
            words.addAll(List.of("--volume-subpath", subpath));
        }
        if (readOnly) {
            words.add("--volume-readonly");
        }
        return Plan.change("it is not mounted", DokkuCommand.of(words));
    }
}
