package landfall.translate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import landfall.target.Place;
import landfall.target.StorageEntry;
import landfall.target.TargetApp;

/** {@code volumes} and {@code volumeMounts} of an app: what each kind of volume becomes. */
final class VolumeRule {
    static final String RULE = "Pod.volumes";
    static final String MOUNT = "Container.volumeMounts";
    private static final String JOINS = "joins volume and mount inside the pod";
    /** Disks of a cloud or a storage system, named in the pod itself. */
    private static final List<String> DISKS = List.of(
            "awsElasticBlockStore",
            "azureDisk",
            "cinder",
            "fc",
            "flexVolume",
            "flocker",
            "gcePersistentDisk",
            "iscsi",
            "photonPersistentDisk",
            "portworxVolume",
            "rbd",
            "scaleIO",
            "storageos",
            "vsphereVolume");
    /** File systems that machines other than the cluster's may use at the same time. */
    private static final List<String> SHARES = List.of("nfs", "cephfs", "glusterfs", "azureFile", "quobyte");

    private static final Pattern CLOCK = Pattern.compile("/etc/(localtime|timezone)|/usr/share/zoneinfo.*");

    private final Draft draft;
    private final AppDraft app;
    private final Field pod;

    private VolumeRule(Draft draft, AppDraft app, Field pod) {
        this.draft = draft;
        this.app = app;
        this.pod = pod;
    }

    static void apply(Draft draft, AppDraft app, Field pod) {
        new VolumeRule(draft, app, pod).apply();
        FolderRule.apply(draft, app);
    }

    private void apply() {
        Map<String, Field> volumes = new LinkedHashMap<>();
        pod.at("volumes")
                .items()
                .forEach(volume -> volumes.put(volume.at("name").text(""), volume));
        for (Field template : app.workload.at("spec", "volumeClaimTemplates").items()) {
            Field before = volumes.put(template.at("metadata", "name").text(""), template);
            if (before != null) {
                before.irrelevant(RULE, "the claim template of the same name takes its place");
            }
        }
        if (pod.at("volumes").items().isEmpty()) {
            pod.at("volumes").irrelevant(RULE, "empty");
        }
        for (Field mount : app.container.at("volumeMounts").items()) {
            Field volume = volumes.get(mount.at("name").text(""));
            if (volume == null) {
                draft.refuse(
                        "volume-" + app.name + "-" + mount.at("name").text(""),
                        app.name + " mounts a volume that its pod doesn't have ("
                                + mount.at("name").text("") + ").",
                        MOUNT,
                        "no such volume",
                        mount);
            } else {
                mount(mount, volume);
                details(mount);
            }
        }
        unmounted(volumes);
    }

    /** Volumes that this container doesn't see: those that nobody sees, and those of the other containers. */
    private void unmounted(Map<String, Field> volumes) {
        Map<String, String> mounted = new LinkedHashMap<>();
        for (String list : List.of("containers", "initContainers")) {
            for (Field container : pod.at(list).items()) {
                String name = container.at("name").text("");
                container
                        .at("volumeMounts")
                        .items()
                        .forEach(mount ->
                                mounted.merge(mount.at("name").text(""), name, (one, more) -> one + ", " + more));
            }
        }
        volumes.forEach((name, volume) -> {
            String by = mounted.get(name);
            if (volume.at("name").exists()) {
                volume.irrelevant(
                        RULE,
                        by == null
                                ? "no container mounts it"
                                : "what becomes of it is said of the containers that mount it: " + by);
            }
        });
    }

    private void mount(Field mount, Field volume) {
        mount.at("name").irrelevant(MOUNT, JOINS);
        volume.at("name").irrelevant(RULE, JOINS);
        if (volume.at("persistentVolumeClaim").exists()) {
            Field claim = volume.at("persistentVolumeClaim");
            String name = claim.at("claimName").text("");
            claim(mount, name, claim.at("readOnly").is("true"));
            claim.carried(RULE, Place.task(ClaimRule.entry(name), "entry"));
            return;
        }
        if (volume.at("spec").exists()) {
            template(mount, volume);
            return;
        }
        String kind = kindOf(volume);
        if (DISKS.contains(kind) || SHARES.contains(kind)) {
            disk(mount, volume, kind);
            return;
        }
        switch (kind) {
            case "configMap", "secret", "projected", "downwardAPI" ->
                new MountedFilesRule(draft, app, mount, volume).apply();
            case "emptyDir" -> emptyDir(mount, volume);
            case "ephemeral" -> scratch(mount, volume, "a disk made for each pod, empty at its start");
            case "hostPath" -> hostPath(mount, volume);
            case "csi" -> driver(mount, volume);
            case "image" ->
                by(
                        mount,
                        volume,
                        "image-volume",
                        "mounts the files of an image ("
                                + volume.at("image", "reference").text("")
                                + "): copy them in the app's Dockerfile with COPY --from.");
            case "gitRepo" ->
                by(
                        mount,
                        volume,
                        "git-volume",
                        "starts with a clone of "
                                + volume.at("gitRepo", "repository").text("") + ": make it part of the image.");
            default -> by(mount, volume, "volume", "is of a kind that Landfall doesn't know (" + kind + ").");
        }
    }

    static String kindOf(Field volume) {
        return volume.entries().keySet().stream()
                .filter(key -> !key.equals("name"))
                .findFirst()
                .orElse("emptyDir");
    }

    private void by(Field mount, Field volume, String topic, String what) {
        String id = topic + "-" + app.name + "-" + volume.at("name").text("");
        draft.refuse(
                id,
                "The volume " + volume.at("name").text("") + " of " + app.name + " at "
                        + mount.at("mountPath").text("") + " " + what,
                RULE,
                "not moved",
                volume);
        mount.decision(MOUNT, id, "its volume is not moved");
    }

    /** Fields of a mount that hold for every kind of volume. */
    private void details(Field mount) {
        Field propagation = mount.at("mountPropagation");
        if (propagation.exists() && !propagation.is("None")) {
            draft.refuse(
                    "propagation-" + app.name,
                    app.name + " sees mounts that others make below "
                            + mount.at("mountPath").text("")
                            + " (mountPropagation): set it with `dokku storage:mount --volume-options rslave` or rshared if it"
                            + " needs that.",
                    MOUNT,
                    "not set",
                    propagation);
        }
    }

    private void claim(Field mount, String claim, boolean readOnly) {
        String path = mount.at("mountPath").text("");
        Optional<String> subpath = subpath(mount);
        if (subpath.isEmpty()) {
            return;
        }
        app.holdsFiles = true;
        String entry = ClaimRule.entry(claim);
        app.mounts.add(new TargetApp.Mount(
                entry,
                path,
                subpath.filter(folder -> !folder.isEmpty()),
                readOnly || mount.at("readOnly").is("true")));
        draft.entries.putIfAbsent(
                entry,
                new StorageEntry(
                        entry,
                        owner(),
                        Optional.of(new StorageEntry.Source(
                                claim,
                                app.workload.object().shortName(),
                                app.container.at("name").text(""),
                                path,
                                app.name,
                                path))));
        String to = Place.task(app.name, "mount", entry);
        mount.carried(MOUNT, to, "its files are copied to the storage entry and followed");
        mount.at("name").irrelevant(MOUNT, JOINS);
    }

    /** Empty text where the whole volume is mounted; nothing where only a running pod knows. */
    private Optional<String> subpath(Field mount) {
        Field expression = mount.at("subPathExpr");
        if (!expression.exists()) {
            return Optional.of(mount.at("subPath").text(""));
        }
        String expanded = EnvironmentRule.expand(expression.text(""), app.variables);
        if (!expanded.contains("$(")) {
            return Optional.of(expanded);
        }
        String id = "subpath-" + app.name;
        draft.refuse(
                id,
                "Which folder of its volume " + app.name + " mounts at "
                        + mount.at("mountPath").text("") + " is known in a running pod only (" + expression.text("")
                        + ").",
                MOUNT,
                "not mounted",
                mount);
        return Optional.empty();
    }

    /** The user that the app's files belong to: who it runs as, else the group its volumes are given. */
    private String owner() {
        Optional<String> group = pod.at("securityContext", "fsGroup").text();
        return app.user
                .map(user -> user.split(":", -1)[0])
                .or(() -> group)
                .filter(user -> user.matches("[0-9]{1,5}") && !user.equals("0"))
                .orElse("root");
    }

    private void template(Field mount, Field template) {
        String name = template.at("metadata", "name").text("");
        String claim = name + "-" + app.workload.object().name() + "-0";
        claim(mount, claim, false);
        for (String head : List.of("apiVersion", "kind", "status")) {
            template.at(head).irrelevant(RULE, "kept by the cluster about the claim");
        }
        template.at("metadata").carried(RULE, Place.task(ClaimRule.entry(claim), "entry"));
        ClaimRule.spec(template.at("spec"), Place.task(ClaimRule.entry(claim), "entry"));
        if (app.workload.at("spec", "replicas").number().orElse(1) > 1) {
            draft.ask(
                    "volumes-" + app.name,
                    "Each of the " + app.workload.at("spec", "replicas").text("") + " pods of " + app.name
                            + " has a volume of its own. On Dokku all processes of an app share one, and only the first"
                            + " pod's files are moved.",
                    Draft.options(
                            "first",
                            "the first pod's files are all that is needed (copies of the same, or a cache)",
                            "one",
                            "I scale it to one and let it gather its data there before I plan again"),
                    app.workload.at("spec", "replicas"));
            app.workload
                    .at("spec", "replicas")
                    .decision(RULE, "volumes-" + app.name, "each pod has a volume of its own");
        }
    }

    /** The other containers of the pod that see an emptyDir: they hand files to this one, or take them. */
    private Optional<Field> sharer(Field volume) {
        String name = volume.at("name").text("");
        for (String list : List.of("initContainers", "containers")) {
            for (Field other : pod.at(list).items()) {
                boolean sees = other.at("volumeMounts").items().stream()
                        .anyMatch(mount -> mount.at("name").is(name));
                if (sees && !other.path().equals(app.container.path())) {
                    return Optional.of(other);
                }
            }
        }
        return Optional.empty();
    }

    private void shared(Field mount, Field volume, Field other) {
        String path = mount.at("mountPath").text("");
        String id = "shared-" + app.name + "-" + volume.at("name").text("");
        Optional<String> answer = draft.ask(
                id,
                app.name + " shares " + path + " with the container "
                        + other.at("name").text("")
                        + " of its pod, which may put files there before or while it runs. On"
                        + " Dokku that folder begins empty, and nobody else sees it.",
                Draft.options(
                        "entry",
                        "a storage entry is mounted there; I fill it, or mount it to the app that does",
                        "image",
                        "the app doesn't need it, or I make the files part of its image"),
                mount);
        volume.decision(RULE, id, "shared with another container");
        mount.decision(MOUNT, id, "shared with another container");
        if (answer.filter("entry"::equals).isPresent()) {
            entry(mount, volume);
        }
    }

    private void emptyDir(Field mount, Field volume) {
        Optional<Field> sharer = sharer(volume);
        if (sharer.isPresent()) {
            shared(mount, volume, sharer.get());
            return;
        }
        Field limit = volume.at("emptyDir", "sizeLimit");
        boolean isMemory = volume.at("emptyDir", "medium").text("").startsWith("Memory");
        boolean isReadOnly =
                app.container.at("securityContext", "readOnlyRootFilesystem").is("true");
        if (!isMemory && !isReadOnly) {
            scratch(mount, volume, "the container's own layer, empty at every start like the volume");
            limit.satisfied(RULE, "nothing bounds the container's layer but the host's disk");
            return;
        }
        String path = mount.at("mountPath").text("");
        Optional<String> bytes = limit.text()
                .flatMap(Quantity::parse)
                .map(size -> size.setScale(0, java.math.RoundingMode.UP).toPlainString());
        // Docker mounts a tmpfs noexec unless told otherwise; an emptyDir lets programs run.
        String option = path.equals("/dev/shm") && bytes.isPresent()
                ? "--shm-size=" + bytes.get()
                : "--tmpfs=" + path + ":exec"
                        + bytes.map(size -> ",size=" + size).orElse("");
        app.dockerOptions.add(option);
        String to = Place.task(app.name, "docker-options");
        if (isMemory) {
            volume.carried(RULE, to);
            mount.carried(MOUNT, to);
        } else {
            String note = "in memory: the container's own layer is read-only";
            volume.adapted(RULE, to, note);
            mount.adapted(MOUNT, to, note);
            draft.changed(
                    app.name, "what it writes to " + path + " is kept in memory: its root file system is read-only");
        }
        mount.at("name").irrelevant(MOUNT, JOINS);
    }

    private static void scratch(Field mount, Field volume, String note) {
        volume.satisfied(RULE, note);
        mount.satisfied(MOUNT, note);
    }

    private void hostPath(Field mount, Field volume) {
        String source = volume.at("hostPath", "path").text("");
        String path = mount.at("mountPath").text("");
        boolean readOnly = mount.at("readOnly").is("true");
        String option = "--volume=" + source + ":" + path + (readOnly ? ":ro" : "");
        if (CLOCK.matcher(source).matches()) {
            app.dockerOptions.add(option);
            volume.carried(RULE, Place.task(app.name, "docker-options"), "the host's time zone, as it was the node's");
            mount.carried(MOUNT, Place.task(app.name, "docker-options"));
            return;
        }
        String id = "host-path-" + app.name + "-" + volume.at("name").text("");
        Optional<String> answer = draft.ask(
                id,
                app.name + " mounts " + source + " of its node at " + path + ". Landfall copies nothing from nodes.",
                Draft.options(
                        "host",
                        "the same path of the Dokku host is mounted; I put there what it needs",
                        "entry",
                        "a storage entry is mounted instead; I copy the files into it before the switch",
                        "leave",
                        "nothing is mounted"),
                volume);
        volume.decision(RULE, id, "a folder of its node");
        mount.decision(MOUNT, id, "a folder of its node");
        if (answer.filter("host"::equals).isPresent()) {
            app.dockerOptions.add(option);
        } else if (answer.filter("entry"::equals).isPresent()) {
            entry(mount, volume);
        }
    }

    private void entry(Field mount, Field volume) {
        String entry = app.name + "-" + volume.at("name").text("").replaceAll("[^a-z0-9-]", "-");
        draft.entries.putIfAbsent(entry, new StorageEntry(entry, owner(), Optional.empty()));
        app.mounts.add(new TargetApp.Mount(
                entry,
                mount.at("mountPath").text(""),
                mount.at("subPath").text(),
                mount.at("readOnly").is("true")));
    }

    private void disk(Field mount, Field volume, String kind) {
        boolean isShare = SHARES.contains(kind);
        String id = (isShare ? "share-" : "disk-") + app.name + "-"
                + volume.at("name").text("");
        String path = mount.at("mountPath").text("");
        Optional<String> answer = draft.ask(
                id,
                app.name + " mounts a " + (isShare ? "share" : "disk") + " at " + path + " (" + kind
                        + ") that no claim stands for. Landfall copies the files of claims only.",
                isShare
                        ? Draft.options(
                                "mount",
                                "I mount the share on the Dokku host at /mnt/"
                                        + volume.at("name").text("") + ", and the app sees it",
                                "entry",
                                "a storage entry takes its place; I copy the files before the switch")
                        : Draft.options("entry", "a storage entry takes its place; I copy the files before the switch"),
                volume);
        volume.decision(RULE, id, "no claim stands for it");
        mount.decision(MOUNT, id, "no claim stands for its volume");
        if (answer.filter("entry"::equals).isPresent()) {
            entry(mount, volume);
        } else if (answer.filter("mount"::equals).isPresent()) {
            app.dockerOptions.add("--volume=/mnt/" + volume.at("name").text("") + ":" + path
                    + (mount.at("readOnly").is("true") ? ":ro" : ""));
        }
    }

    private void driver(Field mount, Field volume) {
        String driver = volume.at("csi", "driver").text("");
        if (driver.equals("secrets-store.csi.k8s.io")) {
            String provider =
                    volume.at("csi", "volumeAttributes", "secretProviderClass").text("");
            by(
                    mount,
                    volume,
                    "secret-files",
                    "holds secrets that a store hands out (SecretProviderClass/" + provider
                            + "). On Dokku put them as files (mode 0600) into a storage entry and mount it there.");
        } else {
            by(mount, volume, "driver", "is made by the driver " + driver + " for each pod, which Dokku doesn't have.");
        }
    }
}
