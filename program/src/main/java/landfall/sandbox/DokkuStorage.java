package landfall.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code storage:*}: named entries, bind mounts, and where their paths lie in the sandbox. */
final class DokkuStorage {
    private static final String ROOT = "/var/lib/dokku/data/storage/";
    private final DokkuHost host;

    DokkuStorage(DokkuHost host) {
        this.host = host;
    }

    /** One mount of an app. */
    private record Mount(String entry, String hostPath, String containerPath, boolean readonly) {
        String text() {
            return hostPath + ":" + containerPath + (readonly ? ":ro" : "");
        }

        String json() {
            return "{\"entry_name\":" + DokkuJson.string(entry) + ",\"host_path\":" + DokkuJson.string(hostPath)
                    + ",\"container_path\":" + DokkuJson.string(containerPath) + (readonly ? ",\"readonly\":true" : "")
                    + "}";
        }
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("storage:create", this::create);
        commands.put("storage:ensure-directory", this::ensure);
        commands.put("storage:destroy", this::destroy);
        commands.put("storage:info", this::info);
        commands.put("storage:list-entries", this::entries);
        commands.put("storage:mount", this::mount);
        commands.put("storage:unmount", this::unmount);
        commands.put("storage:list", this::list);
        commands.put("storage:report", this::report);
    }

    /** Where a path of the host lies here. */
    private Path real(String hostPath) {
        if (hostPath.startsWith(ROOT)) {
            return host.store().folder().resolve("storage-data").resolve(hostPath.substring(ROOT.length()));
        }
        return host.store().folder().resolve("host").resolve(hostPath.replaceFirst("^/+", ""));
    }

    /** An app's mounts as its containers see them. */
    Map<String, Path> mounts(String app) throws IOException {
        Map<String, Path> mounts = new LinkedHashMap<>();
        for (Mount mount : mountsOf(app)) {
            Path folder = real(mount.hostPath()).toAbsolutePath();
            Files.createDirectories(folder);
            mounts.put(mount.containerPath(), folder);
        }
        return mounts;
    }

    private List<Mount> mountsOf(String app) throws IOException {
        List<Mount> mounts = new ArrayList<>();
        for (String line : host.store().get(DokkuHost.scope(app), "mounts").split("\n")) {
            String[] parts = line.split("\t", -1);
            if (parts.length == 4) {
                mounts.add(new Mount(parts[0], parts[1], parts[2], parts[3].equals("ro")));
            }
        }
        return mounts;
    }

    private List<Mount> sorted(String app) throws IOException {
        return mountsOf(app).stream()
                .sorted(Comparator.comparing(Mount::entry).thenComparing(Mount::containerPath))
                .toList();
    }

    private void save(String app, List<Mount> mounts) throws IOException {
        host.store()
                .set(
                        DokkuHost.scope(app),
                        "mounts",
                        mounts.stream()
                                .map(mount -> String.join(
                                        "\t",
                                        mount.entry(),
                                        mount.hostPath(),
                                        mount.containerPath(),
                                        mount.readonly() ? "ro" : "rw"))
                                .collect(Collectors.joining("\n")));
    }

    private static String option(DokkuCall call, String name) {
        List<String> words = call.arguments();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals(name) && i + 1 < words.size()) {
                return words.get(i + 1);
            }
            if (words.get(i).startsWith(name + "=")) {
                return words.get(i).substring(name.length() + 1);
            }
        }
        return "";
    }

    private static List<String> plain(DokkuCall call) {
        List<String> rest = new ArrayList<>();
        List<String> words = call.arguments();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).startsWith("--")) {
                i += words.get(i).contains("=") || words.get(i).equals("--volume-readonly") ? 0 : 1;
            } else {
                rest.add(words.get(i));
            }
        }
        return rest;
    }

    private static String owner(DokkuCall call, String usual) throws DokkuFailure {
        String chown = option(call, "--chown");
        return switch (chown.isEmpty() ? usual : chown) {
            case "herokuish" -> "32767:32767";
            case "heroku" -> "1000:1000";
            case "packeto" -> "2000:2000";
            case "root" -> "0:0";
            case "false" -> "";
            default -> {
                if (!chown.matches("[0-9]{1,5}")) {
                    throw DokkuFailure.refused("Unsupported chown permissions");
                }
                yield chown + ":" + chown;
            }
        };
    }

    private int create(DokkuCall call) throws IOException, DokkuFailure {
        List<String> words = plain(call);
        String name = words.isEmpty() ? "" : words.getFirst();
        if (!name.matches("[a-z0-9]([a-z0-9-]*[a-z0-9])?")) {
            throw DokkuFailure.refused("storage entry name \"" + name
                    + "\" must be a DNS-1123 label (lowercase letters, digits, and dashes; cannot start or end with a"
                    + " dash)");
        }
        String path = words.size() > 1 ? words.get(1) : ROOT + name;
        String owner = owner(call, "false");
        if (!host.store().create("storage/" + name)) {
            call.heading("-----> Storage entry " + name + " already exists, leaving in place");
        } else {
            host.store().set("storage/" + name, "path", path);
            host.store().set("storage/" + name, "chown", option(call, "--chown"));
            host.store().checkSpace(path);
            Files.createDirectories(real(path));
            call.out("       Created " + path + "\n");
            if (!owner.isEmpty()) {
                call.out("       Setting directory ownership to " + owner + "\n");
            }
        }
        call.heading("-----> Storage entry " + name + " created");
        return 0;
    }

    private int ensure(DokkuCall call) throws IOException, DokkuFailure {
        call.warn("Deprecated: please use 'storage:create' instead of 'storage:ensure-directory'");
        List<String> words = plain(call);
        if (words.isEmpty()) {
            throw DokkuFailure.refused("Please specify a directory to create");
        }
        String name = words.getFirst();
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw DokkuFailure.refused("Directory can only contain the following set of characters: [A-Za-z0-9_-]");
        }
        String owner = owner(call, "herokuish");
        call.heading("-----> Ensuring " + ROOT + name + " exists");
        host.store().checkSpace(ROOT + name);
        Files.createDirectories(real(ROOT + name));
        if (!owner.isEmpty()) {
            call.out("       Setting directory ownership to " + owner + "\n");
        }
        call.out("       Directory ready for mounting\n");
        return 0;
    }

    private String known(String name) throws DokkuFailure {
        if (!host.store().exists("storage/" + name)) {
            throw DokkuFailure.refused("storage entry \"" + name + "\" does not exist");
        }
        return name;
    }

    private int destroy(DokkuCall call) throws IOException, DokkuFailure {
        String name = known(plain(call).isEmpty() ? "" : plain(call).getFirst());
        List<String> users = new ArrayList<>();
        for (String app : host.store().names("apps")) {
            if (mountsOf(app).stream().anyMatch(mount -> mount.entry().equals(name))) {
                users.add(app);
            }
        }
        if (!users.isEmpty()) {
            throw DokkuFailure.refused(
                    "storage entry \"" + name + "\" is still mounted by app(s): " + String.join(", ", users));
        }
        if (!call.confirmed("This command will destroy storage entry " + name + ".", name, "> ")) {
            throw DokkuFailure.refused("EOF");
        }
        host.store().delete("storage/" + name);
        call.heading("-----> Storage entry " + name + " destroyed");
        return 0;
    }

    private String entryJson(String name, String path, String indent) throws IOException {
        String chown = host.store().get("storage/" + name, "chown");
        return indent + "{\n" + indent + "  \"name\": " + DokkuJson.string(name) + ",\n" + indent
                + "  \"scheduler\": \"docker-local\",\n" + indent + "  \"host_path\": " + DokkuJson.string(path)
                + (chown.isEmpty() ? "" : ",\n" + indent + "  \"chown\": " + DokkuJson.string(chown))
                + ",\n" + indent + "  \"schema_version\": 1\n" + indent + "}";
    }

    private int info(DokkuCall call) throws IOException, DokkuFailure {
        String name = known(plain(call).isEmpty() ? "" : plain(call).getFirst());
        String path = host.store().get("storage/" + name, "path");
        if (option(call, "--format").equals("json")) {
            call.out(entryJson(name, path, "") + "\n");
            return 0;
        }
        call.heading("-----> Storage entry " + name);
        call.out("       Scheduler:        docker-local\n       Host path:        " + path + "\n");
        return 0;
    }

    private int entries(DokkuCall call) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        for (String name : host.store().names("storage")) {
            entries.put(name, host.store().get("storage/" + name, "path"));
        }
        if (option(call, "--format").equals("json")) {
            List<String> objects = new ArrayList<>();
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                objects.add(entryJson(entry.getKey(), entry.getValue(), "  "));
            }
            call.out(entries.isEmpty() ? "[]\n" : "[\n" + String.join(",\n", objects) + "\n]\n");
            return 0;
        }
        call.heading("-----> Storage entries:");
        entries.forEach((name, path) -> call.out("       " + name + "\tdocker-local\t" + path + "\n"));
        return 0;
    }

    private int mount(DokkuCall call) throws IOException, DokkuFailure {
        List<String> words = plain(call);
        String app = host.app(words.isEmpty() ? "" : words.getFirst());
        String what = words.size() > 1 ? words.get(1) : "";
        List<Mount> mounts = new ArrayList<>(mountsOf(app));
        if (what.contains(":")) {
            String[] parts = what.split(":", 3);
            if (!parts[1].startsWith("/")) {
                throw DokkuFailure.refused("Storage path must be two valid paths divided by colon.");
            }
            boolean readonly = parts.length > 2 && parts[2].equals("ro");
            Mount mount = new Mount("legacy-" + hash(parts[0]), parts[0], parts[1], readonly);
            if (host.store().create("storage/" + mount.entry())) {
                host.store().set("storage/" + mount.entry(), "path", parts[0]);
            }
            if (mounts.stream().anyMatch(other -> other.text().equals(mount.text()))) {
                throw DokkuFailure.refused("Mount path already exists.");
            }
            mounts.add(mount);
            save(app, mounts);
            return 0;
        }
        if (!host.store().exists("storage/" + what)) {
            throw DokkuFailure.refused(
                    "storage entry \"" + what + "\" does not exist; create it first with `dokku storage:create`");
        }
        String directory = option(call, "--container-dir");
        if (directory.isEmpty()) {
            throw DokkuFailure.refused("--container-dir is required");
        }
        boolean again = mounts.removeIf(
                mount -> mount.entry().equals(what) && mount.containerPath().equals(directory));
        String path = host.store().get("storage/" + what, "path");
        mounts.add(new Mount(what, path, directory, call.arguments().contains("--volume-readonly")));
        save(app, mounts);
        call.heading("-----> Storage entry " + what + (again ? " mount" : " mounted") + " at " + directory + " on "
                + app + (again ? " updated" : ""));
        return 0;
    }

    private static String hash(String path) {
        try {
            // A path without a slash is the name of a Docker volume.
            String text = path.startsWith("/") ? path : "vol:" + path;
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, 10);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private int unmount(DokkuCall call) throws IOException, DokkuFailure {
        List<String> words = plain(call);
        String app = host.app(words.isEmpty() ? "" : words.getFirst());
        String what = words.size() > 1 ? words.get(1) : "";
        String directory = option(call, "--container-dir");
        List<Mount> mounts = new ArrayList<>(mountsOf(app));
        boolean gone = mounts.removeIf(mount -> mount.text().equals(what)
                || (mount.entry().equals(what)
                        && (directory.isEmpty() || mount.containerPath().equals(directory))));
        if (!gone) {
            throw DokkuFailure.refused("Mount path does not exist.");
        }
        save(app, mounts);
        return 0;
    }

    private int list(DokkuCall call) throws IOException, DokkuFailure {
        List<String> words = plain(call);
        String app = host.app(words.isEmpty() ? "" : words.getFirst());
        if (option(call, "--format").equals("json")) {
            call.out(sorted(app).stream().map(Mount::json).collect(Collectors.joining(",", "[", "]\n")));
            return 0;
        }
        call.heading("-----> " + app + " volume bind-mounts:");
        mountsOf(app).stream()
                .map(Mount::text)
                .sorted()
                .forEach(text -> call.out((call.quiet() ? "" : "       ") + text + "\n"));
        return 0;
    }

    private int report(DokkuCall call) throws IOException, DokkuFailure {
        return DokkuSettings.each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            String mounts = mountsOf(app).stream()
                    .map(mount -> "-v " + mount.text())
                    .sorted()
                    .collect(Collectors.joining(" "));
            values.put("storage-build-mounts", "");
            values.put("storage-deploy-mounts", mounts);
            values.put("storage-run-mounts", mounts);
            int n = 0;
            for (Mount mount : mountsOf(app)) {
                String key = "storage-attachment." + ++n + ".";
                values.put(key + "container-path", mount.containerPath());
                values.put(key + "entry-name", mount.entry());
                values.put(key + "host-path", mount.hostPath());
                values.put(key + "phases", "deploy,run");
                values.put(key + "process-type", "_default_");
                values.put(key + "readonly", String.valueOf(mount.readonly()));
                for (String unset : List.of("subpath", "volume-chown", "volume-options")) {
                    values.put(key + unset, "");
                }
            }
            return new DokkuReport(app + " storage information", "storage-", true, values);
        });
    }
}
