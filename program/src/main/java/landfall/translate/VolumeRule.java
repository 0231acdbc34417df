package landfall.translate;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import landfall.target.Place;
import landfall.target.StorageEntry;
import landfall.target.TargetApp;

/** {@code volumes} and {@code volumeMounts} of an app, and the folders of it that lie on no volume. */
final class VolumeRule {
    private static final String RULE = "Pod.volumes";
    private static final Pattern UPLOADS_NAME = Pattern.compile("(?i).*(UPLOAD|STORAGE|MEDIA|FILES|DATA).*");
    private static final Pattern FOLDER = Pattern.compile("/[^\\s:*?]+");

    private VolumeRule() {}

    static void apply(Draft draft, AppDraft app, Field pod) {
        Map<String, Field> volumes = new TreeMap<>();
        pod.at("volumes")
                .items()
                .forEach(volume -> volumes.put(volume.at("name").text(""), volume));
        for (Field template : app.workload.at("spec", "volumeClaimTemplates").items()) {
            volumes.put(template.at("metadata", "name").text(""), template);
        }
        if (pod.at("volumes").items().isEmpty()) {
            pod.at("volumes").irrelevant(RULE, "empty");
        }
        for (Field mount : app.container.at("volumeMounts").items()) {
            Field volume = volumes.get(mount.at("name").text(""));
            if (volume != null) {
                mount(draft, app, mount, volume);
            }
        }
        unmountedFolders(draft, app);
    }

    private static void mount(Draft draft, AppDraft app, Field mount, Field volume) {
        if (volume.at("configMap").exists()) {
            configMap(draft, app, mount, volume);
        } else if (volume.at("persistentVolumeClaim").exists()) {
            Field claim = volume.at("persistentVolumeClaim");
            storage(draft, app, mount, claim.at("claimName").text(""));
            claim.carried(RULE, Place.task(claim.at("claimName").text(""), "entry"));
            volume.at("name").irrelevant(RULE, "joins volume and mount inside the pod");
        } else if (volume.at("spec").exists()) {
            template(draft, app, mount, volume);
        } else if (volume.at("emptyDir").exists()) {
            emptyDir(app, mount, volume);
        } else {
            draft.refuse(
                    "volume-" + app.name + "-" + volume.at("name").text(""),
                    "The volume " + volume.at("name").text("") + " of " + app.name
                            + " is of a kind that Landfall doesn't move yet (" + kindOf(volume) + ").",
                    RULE,
                    "not moved",
                    volume);
            mount.decision(RULE, "volume-" + app.name + "-" + volume.at("name").text(""), "its volume is not moved");
        }
    }

    private static String kindOf(Field volume) {
        return volume.entries().keySet().stream()
                .filter(key -> !key.equals("name"))
                .findFirst()
                .orElse("none given");
    }

    private static void configMap(Draft draft, AppDraft app, Field mount, Field volume) {
        Field reference = volume.at("configMap");
        String name = reference.at("name").text("");
        String path = mount.at("mountPath").text("");
        Optional<Field> object = draft.index.configMap(name);
        if (object.isEmpty()) {
            if (!reference.at("optional").is("true")) {
                draft.refuse(
                        "missing-" + name + "-" + app.name,
                        "ConfigMap/" + name + " is not among the manifests, and " + app.name + " mounts it at " + path
                                + ".",
                        RULE,
                        "not among the manifests",
                        volume);
            }
            return;
        }
        Map<String, Field> keys = EnvironmentRule.keys(object.get(), false);
        Map<String, String> paths = new TreeMap<>();
        if (reference.at("items").items().isEmpty()) {
            keys.keySet().forEach(key -> paths.put(key, key));
        }
        for (Field item : reference.at("items").items()) {
            paths.put(item.at("key").text(""), item.at("path").text(""));
        }
        String mode = mode(reference.at("defaultMode"));
        String folder = Place.appFile(app.name, "files" + path);
        Optional<String> subPath = mount.at("subPath").text();
        paths.forEach((key, file) -> {
            Field leaf = keys.get(key);
            if (leaf == null || subPath.filter(wanted -> !wanted.equals(file)).isPresent()) {
                return;
            }
            String place = subPath.isPresent() ? path : join(path, file);
            EnvironmentRule.text(leaf, false)
                    .ifPresentOrElse(
                            text -> {
                                app.bakedFiles.add(new TargetApp.BakedFile(place, text, mode));
                                leaf.carried(
                                        "ConfigMap.data",
                                        Place.appFile(app.name, "files" + place),
                                        "part of the image");
                            },
                            () -> draft.refuse(
                                    "binary-" + name,
                                    "ConfigMap/" + name + " holds bytes that are no text.",
                                    "ConfigMap.binaryData",
                                    "not UTF-8",
                                    leaf));
        });
        volume.at("name").irrelevant(RULE, "joins volume and mount inside the pod");
        reference.carried(RULE, folder, "baked into the image: a change of it is a deploy");
        mount.carried("Container.volumeMounts", folder, "copied into the image by the Dockerfile");
        mount.at("name").irrelevant(RULE, "joins volume and mount inside the pod");
        draft.changed(
                app.name,
                "files of ConfigMap/" + name + " at " + path + " are part of the image: edit them in " + folder
                        + " and deploy");
    }

    /** Modes come as a number: YAML's 0644 is 420, JSON has decimals only. */
    private static String mode(Field mode) {
        return mode.number().map(number -> "0" + Integer.toOctalString(number)).orElse("0644");
    }

    private static String join(String folder, String file) {
        return folder.endsWith("/") ? folder + file : folder + "/" + file;
    }

    private static void storage(Draft draft, AppDraft app, Field mount, String claim) {
        String path = mount.at("mountPath").text("");
        String entry = claim;
        app.holdsFiles = true;
        app.mounts.add(new TargetApp.Mount(
                entry, path, mount.at("subPath").text(), mount.at("readOnly").is("true")));
        draft.entries.putIfAbsent(
                entry,
                new StorageEntry(
                        entry,
                        app.user
                                .map(user -> user.split(":", -1)[0])
                                .filter(user -> user.matches("[0-9]+") && !user.equals("0"))
                                .orElse("root"),
                        Optional.of(new StorageEntry.Source(
                                claim,
                                app.workload.object().shortName(),
                                app.container.at("name").text(""),
                                path,
                                app.name,
                                path))));
        String to = Place.task(app.name, "mount", entry);
        mount.carried("Container.volumeMounts", to, "its files are copied to the storage entry and followed");
        mount.at("name").irrelevant(RULE, "joins volume and mount inside the pod");
    }

    private static void template(Draft draft, AppDraft app, Field mount, Field template) {
        String name = template.at("metadata", "name").text("");
        String claim = name + "-" + app.workload.object().name() + "-0";
        storage(draft, app, mount, claim);
        template.at("metadata").carried(RULE, Place.task(claim, "entry"));
        ClaimRule.spec(template.at("spec"), Place.task(claim, "entry"));
        if (app.workload.at("spec", "replicas").number().orElse(1) > 1) {
            draft.refuse(
                    "volumes-" + app.name,
                    "Each of the pods of " + app.name + " has a volume of its own; on Dokku all processes share one.",
                    RULE,
                    "only the first pod's volume would be moved",
                    app.workload.at("spec", "replicas"));
        }
    }

    private static void emptyDir(AppDraft app, Field mount, Field volume) {
        String path = mount.at("mountPath").text("");
        if (volume.at("emptyDir", "medium").is("Memory")) {
            app.dockerOptions.add("--tmpfs=" + path);
            volume.carried(RULE, Place.task(app.name, "docker-options"));
            mount.carried(RULE, Place.task(app.name, "docker-options"));
        } else {
            volume.satisfied(RULE, "the container's own layer, empty at every start like the volume");
            mount.satisfied(RULE, "the container's own layer, empty at every start like the volume");
        }
    }

    private static void unmountedFolders(Draft draft, AppDraft app) {
        for (AppDraft.Variable variable : app.variables.values()) {
            if (!UPLOADS_NAME.matcher(variable.name()).matches()
                    || !FOLDER.matcher(variable.value()).matches()
                    || variable.sensitive()
                    || app.isMounted(variable.value())) {
                continue;
            }
            String word = variable.name().replaceAll("(?i)_?(DIR|DIRECTORY|PATH|ROOT|FOLDER)$", "");
            String id = word.toLowerCase(java.util.Locale.ROOT).replace('_', '-') + "-" + app.name;
            Field raisedBy = variable.sources().isEmpty()
                    ? app.container.at("env")
                    : variable.sources().getFirst();
            Optional<String> answer = draft.ask(
                    id,
                    app.name + " writes to " + variable.value() + " (" + variable.name()
                            + "), which lies on no volume: files written there are lost at every restart today.",
                    Draft.options(
                            "entry",
                            "keep them from now on, in a storage entry; what is there now is not copied",
                            "leave",
                            "as it is: lost at every deploy and restart"),
                    raisedBy);
            if (answer.filter("entry"::equals).isPresent()) {
                String entry =
                        app.name + "-" + word.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
                draft.entries.putIfAbsent(entry, new StorageEntry(entry, "root", Optional.empty()));
                app.mounts.add(new TargetApp.Mount(entry, variable.value(), Optional.empty(), false));
            }
        }
    }
}
