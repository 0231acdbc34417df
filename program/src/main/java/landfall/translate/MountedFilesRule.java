package landfall.translate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import landfall.base.Secret;
import landfall.target.Place;
import landfall.target.StorageEntry;
import landfall.target.TargetApp;

/**
 * Volumes whose files the cluster writes: of ConfigMaps and the pod's own fields they become part of the image, of
 * Secrets they stay on the host, in a storage entry, and never come near the image.
 */
final class MountedFilesRule {
    private static final String RULE = VolumeRule.RULE;
    private static final String MOUNT = VolumeRule.MOUNT;

    private final Draft draft;
    private final AppDraft app;
    private final Field mount;
    private final Field volume;
    private final String path;
    private final Optional<String> subPath;
    /** Names in secrets.yml to paths in the entry, of files that are secret. */
    private final Map<String, StorageEntry.HostFile> secrets = new TreeMap<>();

    private final TreeSet<String> baked = new TreeSet<>();

    MountedFilesRule(Draft draft, AppDraft app, Field mount, Field volume) {
        this.draft = draft;
        this.app = app;
        this.mount = mount;
        this.volume = volume;
        path = mount.at("mountPath").text("");
        subPath = mount.at("subPath").text().filter(text -> !text.isEmpty());
    }

    void apply() {
        String folder = Place.appFile(app.name, "files" + path);
        mount.carried(MOUNT, folder, "copied into the image by the Dockerfile");
        mount.at("name").irrelevant(MOUNT, "joins volume and mount inside the pod");
        String mode = mode(volume.at(VolumeRule.kindOf(volume), "defaultMode"), "0644");
        for (String kind : List.of("configMap", "secret", "downwardAPI")) {
            source(kind, volume.at(kind), mode);
        }
        for (Field source : volume.at("projected", "sources").items()) {
            for (String kind : List.of("configMap", "secret", "downwardAPI", "serviceAccountToken")) {
                source(kind, source.at(kind), mode);
            }
            for (String kind : List.of("clusterTrustBundle", "podCertificate")) {
                other(kind, source.at(kind));
            }
        }
        volume.at("projected", "defaultMode").carried(RULE, folder, "the mode of its files");
        if (!secrets.isEmpty()) {
            entry();
        }
        if (!baked.isEmpty()) {
            draft.changed(
                    app.name,
                    "files of " + String.join(", ", baked) + " at " + path + " are part of the image: edit them in "
                            + folder + " and deploy");
        }
    }

    private void source(String kind, Field reference, String mode) {
        if (!reference.exists()) {
            return;
        }
        switch (kind) {
            case "configMap" -> configMap(reference, mode);
            case "secret" -> secret(reference, mode);
            case "downwardAPI" -> downward(reference, mode);
            default -> token(reference);
        }
    }

    private void other(String kind, Field source) {
        if (source.exists()) {
            draft.refuse(
                    "cluster-files-" + app.name,
                    app.name + " reads files that only the cluster makes (" + kind + ") at " + path + ".",
                    RULE,
                    "made by the cluster",
                    source);
        }
    }

    private void configMap(Field reference, String mode) {
        String name = reference.at("name").text("");
        Optional<Field> object = draft.index.configMap(name);
        if (object.isEmpty()) {
            absent(reference, "ConfigMap/" + name);
            return;
        }
        Map<String, Field> keys = EnvironmentRule.keys(object.get(), false);
        reference.carried(
                RULE, Place.appFile(app.name, "files" + path), "baked into the image: a change of it is a deploy");
        reference.at("optional").satisfied(RULE, "resolved while planning");
        baked.add("ConfigMap/" + name);
        if (reference.at("items").items().isEmpty()) {
            new TreeMap<>(keys).forEach((key, leaf) -> bake(leaf, key, mode));
        }
        for (Field item : reference.at("items").items()) {
            Field leaf = keys.get(item.at("key").text(""));
            if (leaf != null) {
                bake(leaf, item.at("path").text(""), mode(item.at("mode"), mode));
            } else if (!reference.at("optional").is("true")) {
                absent(item, "the key " + item.at("key").text("") + " of ConfigMap/" + name);
            }
        }
    }

    private void bake(Field leaf, String file, String mode) {
        Optional<String> place = place(file);
        if (place.isEmpty()) {
            return;
        }
        EnvironmentRule.text(leaf, false)
                .ifPresentOrElse(
                        text -> {
                            app.bakedFiles.add(new TargetApp.BakedFile(place.get(), text, mode));
                            leaf.carried(
                                    "ConfigMap.data",
                                    Place.appFile(app.name, "files" + place.get()),
                                    "part of the image");
                        },
                        () -> draft.refuse(
                                "binary-" + leaf.object().name(),
                                leaf.object().shortName()
                                        + " holds bytes that are no text: copy the file into the app's"
                                        + " folder and name it in the Dockerfile yourself.",
                                "ConfigMap.binaryData",
                                "not UTF-8",
                                leaf));
    }

    /** Where a file of the volume is in the container; nothing if the mount's subPath leaves it out. */
    private Optional<String> place(String file) {
        if (subPath.isEmpty()) {
            return Optional.of(join(path, file));
        }
        if (subPath.get().equals(file)) {
            return Optional.of(path);
        }
        return file.startsWith(subPath.get() + "/")
                ? Optional.of(join(path, file.substring(subPath.get().length() + 1)))
                : Optional.empty();
    }

    private void absent(Field reference, String what) {
        if (reference.at("optional").is("true")) {
            reference.irrelevant(RULE, what + " may be absent, and is not among the manifests");
            return;
        }
        String name = reference.at("name").text(reference.at("secretName").text(what.replaceAll(".*/", "")));
        draft.ask(
                "missing-" + name + "-" + app.name,
                what + " is not among the manifests, and " + app.name + " mounts it at " + path + ".",
                Draft.options("leave", "I put the files there myself, or plan again with it"),
                reference);
        reference.decision(RULE, "missing-" + name + "-" + app.name, "not among the manifests");
        mount.decision(MOUNT, "missing-" + name + "-" + app.name, "its files are not among the manifests");
    }

    private void secret(Field reference, String mode) {
        String name = reference.at("secretName").text(reference.at("name").text(""));
        Optional<HeldKeys> held = HeldKeys.secret(draft, name);
        if (held.isEmpty()) {
            absent(reference, "Secret/" + name);
            return;
        }
        reference.at("optional").satisfied(RULE, "resolved while planning");
        Map<String, Field> keys = new TreeMap<>(held.get().promised());
        keys.putAll(held.get().values());
        // A Secret's file is open to its owner only, whatever the volume said, unless its item says more.
        if (reference.at("items").items().isEmpty()) {
            keys.forEach((key, leaf) -> keep(leaf, held.get(), key, key, mode));
        }
        for (Field item : reference.at("items").items()) {
            String key = item.at("key").text("");
            Field leaf = keys.get(key);
            if (leaf != null) {
                keep(leaf, held.get(), key, item.at("path").text(""), mode(item.at("mode"), mode));
            } else {
                absent(item, "the key " + key + " of Secret/" + name);
            }
        }
        reference.decision(RULE, decision(), "kept on the host, not in the image");
    }

    private String decision() {
        return "secret-files-" + app.name;
    }

    private void keep(Field leaf, HeldKeys held, String key, String file, String mode) {
        Optional<String> place = place(file);
        if (place.isEmpty()) {
            return;
        }
        String inEntry = subPath.isPresent() ? file.replaceAll(".*/", "") : file;
        String input = app.inputName("file_" + volume.at("name").text("") + "_" + file);
        boolean isKnown = held.values().containsKey(key);
        Optional<String> text = isKnown ? EnvironmentRule.text(leaf, true) : Optional.empty();
        boolean isBinary = isKnown && text.isEmpty();
        Optional<Secret> content = isBinary ? leaf.text().map(Secret::of) : text.map(Secret::of);
        String readable = mode.equals("0644") ? "0600" : mode;
        secrets.put(input, new StorageEntry.HostFile(inEntry, readable, input, content, isBinary));
        leaf.adapted(
                RULE + ".secret",
                Place.secret(input),
                isKnown
                        ? "its value is in secrets.yml, to be written to the host"
                        : "its value is kept elsewhere: write it to the host yourself");
    }

    /** Dokku has no command that writes a file: the entry is made and mounted, and the user fills it. */
    private void entry() {
        String entry = app.name + "-" + volume.at("name").text("").replaceAll("[^a-z0-9-]", "-");
        String owner = app.user
                .map(user -> user.split(":", -1)[0])
                .filter(user -> user.matches("[0-9]{1,5}") && !user.equals("0"))
                .orElse("root");
        draft.entries.put(entry, new StorageEntry(entry, owner, Optional.empty(), List.copyOf(secrets.values())));
        boolean isOneFile = subPath.isPresent() && secrets.size() == 1;
        String inEntry = secrets.values().iterator().next().path();
        app.mounts.add(new TargetApp.Mount(entry, path, isOneFile ? Optional.of(inEntry) : Optional.empty(), true));
        String files = String.join(
                ", ",
                secrets.values().stream()
                        .map(file -> file.path() + " (" + file.mode() + ", " + file.secret()
                                + (file.isBase64() ? " in base64" : "") + ")")
                        .toList());
        draft.ask(
                decision(),
                app.name
                        + " reads secrets as files. They don't belong in an image: put them on the Dokku host, owned by "
                        + owner + ", before the app is deployed; their values are in secrets.yml.",
                Draft.options(
                        "written",
                        "I write them into their storage entries, under /var/lib/dokku/data/storage",
                        "variables",
                        "the app can take them as variables: I set them with `dokku config:set`"),
                mount);
        mount.decision(MOUNT, decision(), "kept on the host, not in the image");
        draft.changed(
                app.name,
                "its secret files at " + path + " are kept on the host in /var/lib/dokku/data/storage/" + entry
                        + ", which you fill from secrets.yml: " + files);
    }

    private void downward(Field reference, String mode) {
        DownwardRule rule = new DownwardRule(draft, app.container, app.name, Place.appFile(app.name, "files" + path));
        reference.at("defaultMode").carried(RULE, Place.appFile(app.name, "files" + path));
        for (Field item : reference.at("items").items()) {
            String file = item.at("path").text("");
            String to = Place.appFile(app.name, "files" + join(path, file));
            item.at("path").carried(RULE, to);
            item.at("mode").carried(RULE, to);
            Field field = item.at("fieldRef");
            Optional<String> text = !field.exists()
                    ? rule.amount(file, item.at("resourceFieldRef"), to)
                    : rule.all(field, to).or(() -> rule.field(file, field, to));
            text.ifPresent(value -> place(file)
                    .ifPresent(place ->
                            app.bakedFiles.add(new TargetApp.BakedFile(place, value, mode(item.at("mode"), mode)))));
        }
        baked.add("the pod itself");
    }

    private void token(Field reference) {
        String id = "token-" + app.name;
        draft.ask(
                id,
                app.name + " reads a token of its service account at " + path
                        + ", for the Kubernetes API or for somebody who trusts the cluster. On Dokku there is none.",
                Draft.options("without", "it works without, or takes a key that I give it as a variable"),
                reference);
        reference.decision(RULE, id, "only a cluster gives such tokens");
        mount.decision(MOUNT, id, "only a cluster gives such tokens");
    }

    /** Modes come as a number: YAML's 0644 is 420, JSON has decimals only. */
    private static String mode(Field mode, String fallback) {
        return mode.number().map(number -> "0" + Integer.toOctalString(number)).orElse(fallback);
    }

    private static String join(String folder, String file) {
        return folder.endsWith("/") ? folder + file : folder + "/" + file;
    }
}
