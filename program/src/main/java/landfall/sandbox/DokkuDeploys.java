package landfall.sandbox;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.eclipse.jgit.lib.ObjectId;

/** {@code git:*}: what an app is made from, and which containers it has. */
final class DokkuDeploys {
    private final DokkuHost host;
    private final Map<String, List<DokkuContainer>> running = new ConcurrentHashMap<>();
    private final Map<String, Map<String, DokkuContainer>> stopped = new ConcurrentHashMap<>();
    private final Map<String, List<DokkuContainer>> leaked = new ConcurrentHashMap<>();
    private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    DokkuDeploys(DokkuHost host) {
        this.host = host;
    }

    /** Where a web container listens. */
    record Listener(String address, int port) {
        InetSocketAddress at(int containerPort) {
            return new InetSocketAddress(address, containerPort);
        }
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("git:from-image", call -> recorded(call, this::fromImage));
        commands.put("git:from-archive", call -> recorded(call, this::fromArchive));
        commands.put("git:report", this::report);
        commands.put(
                "git:set",
                call -> new DokkuSettings(host)
                        .set(
                                call,
                                "git.",
                                List.of(
                                        "archive-max-files",
                                        "archive-max-size",
                                        "deploy-branch",
                                        "keep-git-dir",
                                        "rev-env-var",
                                        "source-image"),
                                "key",
                                "keys"));
    }

    boolean isDeployed(String app) throws IOException {
        return !host.store().get(DokkuHost.scope(app), "deployed").isEmpty();
    }

    List<DokkuContainer> containers(String app) {
        return running.getOrDefault(app, List.of());
    }

    List<Listener> listeners(String app) {
        return containers(app).stream()
                .filter(container -> container.type().equals("web"))
                .map(container -> new Listener(container.address(), container.port()))
                .toList();
    }

    int exposedPort(String app) throws IOException {
        String port = host.store().get(DokkuHost.scope(app), "exposed");
        return port.isEmpty() ? 0 : Integer.parseInt(port);
    }

    Optional<Path> sourceFile(String app, String name) throws IOException {
        String folder = host.store().get(DokkuHost.scope(app), "source-folder");
        return folder.isEmpty()
                ? Optional.empty()
                : Optional.of(appFolder(app).resolve(folder).resolve(name)).filter(Files::exists);
    }

    private Path appFolder(String app) {
        return host.store().folder().resolve("apps").resolve(app);
    }

    /** What the app was last deployed from. */
    DokkuBuild build(String app) throws IOException, DokkuFailure {
        String folder = host.store().get(DokkuHost.scope(app), "source-folder");
        if (!folder.isEmpty()) {
            return DokkuBuild.source(appFolder(app).resolve(folder), host::image);
        }
        String image = host.store().get(DokkuHost.scope(app), "source-image");
        Program program = host.image(image).orElse(null);
        if (image.isEmpty() || program == null) {
            throw DokkuFailure.refused("App image (dokku/" + app + ":latest) not found");
        }
        return DokkuBuild.image(image, program);
    }

    private int recorded(DokkuCall call, DokkuCommand body) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        return call.argument(1).isEmpty()
                ? body.run(call)
                : new DokkuBuilds(host).recorded(call, app, "build", call.command(), body);
    }

    private int fromImage(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        String image = call.argument(1);
        if (image.isEmpty()) {
            throw DokkuFailure.refused("Please specify a docker image");
        }
        DokkuCall merged = call.merged();
        merged.heading("-----> Generating build context");
        Program program = host.image(image).orElse(null);
        if (program == null) {
            merged.heading("-----> Pulling image");
            merged.out(
                    image.matches("[a-z0-9./:@_-]+")
                            ? "Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup"
                                    + " registry-1.docker.io on 10.255.255.53:53: no such host\n"
                            : "invalid reference format\n");
            merged.warn("Failed to pull image: " + image);
            return 1;
        }
        if (!DokkuRegistry.mayPull(host, app, image)) {
            merged.heading("-----> Pulling image");
            merged.out("Error response from daemon: pull access denied for " + image
                    + ", repository does not exist or may require 'docker login'\n");
            merged.warn("Failed to pull image: " + image);
            return 1;
        }
        merged.heading("-----> Image exists on host, skipping pull");
        merged.heading("-----> Updating git repository with specified build context");
        DokkuRepository.Update update;
        try (DokkuRepository repository = DokkuRepository.of(host, app)) {
            update = repository.commitImage(DokkuRepository.deployBranch(host, app), image);
        }
        if (update == null) {
            return unchanged(merged);
        }
        pushed(merged, app, update);
        Map<String, String> source = new HashMap<>();
        source.put("source-image", image);
        source.put("source-folder", "");
        source.put("deploy-source", "docker-image");
        source.put("deploy-source-metadata", image);
        return deploy(merged, app, DokkuBuild.image(image, program), source, update);
    }

    private int fromArchive(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String app = host.app(call.argument(0));
        DokkuCall merged = call.merged();
        if (!call.argument(1).equals("--")) {
            return fromUrl(merged, call.argument(1));
        }
        merged.heading("-----> Fetching tar file from stdin");
        byte[] bytes = call.in().readAllBytes();
        merged.out(bytes.length + "\n");
        merged.heading("-----> Generating build context");
        merged.out("       Striping 0 worth of directories from tarball\n");
        String name = "source-" + Instant.now().toEpochMilli();
        host.store().checkSpace("/tmp/dokku-" + app + "-archive.tar");
        Path folder = Files.createDirectories(appFolder(app).resolve(name));
        extract(bytes, folder);
        merged.out("       Moving unarchived files and folders into place\n");
        merged.heading("-----> Updating git repository with specified build context");
        DokkuRepository.Update update;
        try (DokkuRepository repository = DokkuRepository.of(host, app)) {
            update = repository.commit(DokkuRepository.deployBranch(host, app), folder);
        }
        if (update == null) {
            return unchanged(merged);
        }
        Map<String, String> source = sourceFolder(name, "tar", "--");
        return built(merged, app, folder, source, update);
    }

    private int fromUrl(DokkuCall call, String url) throws DokkuFailure {
        call.heading("-----> Downloading tar file from " + url);
        String problem =
                url.matches("https?://[A-Za-z0-9][A-Za-z0-9.:-]*/\\S*") ? DokkuGitRemotes.unreachable(url) : "";
        if (!problem.isEmpty()) {
            call.out("curl: (7) " + problem + "\n\n");
            return 7;
        }
        host.log("not emulated: git:from-archive of a URL that answers");
        throw DokkuFailure.refused("sandbox: git:from-archive takes `--` and a tar on stdin only");
    }

    private static int unchanged(DokkuCall call) {
        call.warn("No changes detected, skipping git commit");
        call.warn("Call 'ps:rebuild' on app to rebuild the app from existing source");
        return 1;
    }

    /**
     * Deploys what was pushed.
     *
     * @param folder below the app's own, with the commit's files
     */
    int receive(DokkuCall call, String app, String folder, DokkuRepository.Update update)
            throws IOException, InterruptedException, DokkuFailure {
        Map<String, String> source =
                sourceFolder(folder, "git-push", update.after().name());
        return built(call, app, appFolder(app).resolve(folder), source, update);
    }

    private static Map<String, String> sourceFolder(String folder, String kind, String metadata) {
        Map<String, String> source = new HashMap<>();
        source.put("source-image", "");
        source.put("source-folder", folder);
        source.put("deploy-source", kind);
        source.put("deploy-source-metadata", metadata);
        return source;
    }

    private int built(
            DokkuCall call, String app, Path folder, Map<String, String> source, DokkuRepository.Update update)
            throws IOException, InterruptedException, DokkuFailure {
        DokkuBuild build;
        try {
            build = DokkuBuild.source(folder, host::image);
        } catch (DokkuFailure failure) {
            call.heading("-----> Cleaning up...");
            call.heading("-----> Building " + app + " from Dockerfile");
            call.out(failure.text());
            call.warn("App build failed");
            undo(app, update);
            return 1;
        }
        return deploy(call, app, build, source, update);
    }

    private void undo(String app, DokkuRepository.Update update) throws IOException {
        try (DokkuRepository repository = DokkuRepository.of(host, app)) {
            repository.undo(update);
        }
    }

    private static void extract(byte[] bytes, Path folder) throws IOException, DokkuFailure {
        int files = 0;
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw DokkuFailure.refused("archive entry leaves its folder: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else if (entry.isFile()) {
                    Files.createDirectories(target.resolveSibling("."));
                    Files.copy(tar, target);
                    boolean executable = (entry.getMode() & 0100) != 0;
                    if (executable && !target.toFile().setExecutable(true)) {
                        throw new IOException("cannot make executable: " + target);
                    }
                    files++;
                }
            }
        }
        if (files == 0) {
            throw DokkuFailure.refused("the archive on stdin is empty");
        }
    }

    private int deploy(
            DokkuCall call, String app, DokkuBuild build, Map<String, String> source, DokkuRepository.Update update)
            throws IOException, InterruptedException, DokkuFailure {
        if (lock(app).isLocked()) {
            return refused(call, app, build, source, update);
        }
        built(call, app, build);
        String scope = DokkuHost.scope(app);
        Map<String, String> before = host.store().all(scope);
        for (Map.Entry<String, String> entry : source.entrySet()) {
            host.store().set(scope, entry.getKey(), entry.getValue());
        }
        host.store().set(scope, "exposed", build.port() == 0 ? "" : String.valueOf(build.port()));
        int exit = new DokkuRollout(host, call, app, build, DokkuRollout.Kind.BUILD).run();
        if (exit != 0) {
            // The repository goes back to the last good deploy.
            for (String key :
                    List.of("source-image", "source-folder", "deploy-source", "exposed", "deploy-source-metadata")) {
                host.store().set(scope, key, before.getOrDefault(key, ""));
            }
            undo(app, update);
            new DokkuRouting(host).route();
            return exit;
        }
        host.store().set(scope, "sha", update.after().name());
        host.store()
                .set(scope, "git.last-updated-at", String.valueOf(Instant.now().getEpochSecond()));
        return 0;
    }

    /** Another deploy runs. What was refused is on record already, and the next ps:rebuild deploys it; a push is not. */
    private int refused(
            DokkuCall call, String app, DokkuBuild build, Map<String, String> source, DokkuRepository.Update update)
            throws IOException {
        call.warn(app + " currently has a deploy lock in place. Exiting...");
        call.warn("Run 'apps:unlock' to release the existing deploy lock");
        if (!"git-push".equals(source.get("deploy-source"))) {
            String scope = DokkuHost.scope(app);
            for (Map.Entry<String, String> entry : source.entrySet()) {
                host.store().set(scope, entry.getKey(), entry.getValue());
            }
            host.store().set(scope, "exposed", build.port() == 0 ? "" : String.valueOf(build.port()));
            host.store().set(scope, "sha", update.after().name());
        }
        return 1;
    }

    /** What git says of the commit that holds the build context. */
    private void pushed(DokkuCall call, String app, DokkuRepository.Update update) throws IOException {
        String branch = DokkuRepository.deployBranch(host, app);
        ObjectId before = update.before();
        if (before == null || before.equals(ObjectId.zeroId())) {
            call.out("       Detected branch, setting deploy-branch to " + branch + "\n");
            host.store().set(DokkuHost.scope(app), "git.deploy-branch", branch);
            return;
        }
        String now = shortName(before);
        String scope = DokkuHost.scope(app);
        // The repository's own remote branch: it follows one deploy behind.
        String fetched = host.store().get(scope, "git.fetched");
        boolean behind = !fetched.isEmpty() && !fetched.equals(now);
        host.store().set(scope, "git.fetched", now);
        String gap = behind ? "        -> " : "     -> ";
        call.out("From /tmp/dokku-" + ProcessHandle.current().pid() + "-trigger-git-git-from-directory.AAAAAA\n   "
                + now + ".." + shortName(update.after()) + "  " + branch + gap + branch + "\n");
        if (behind) {
            call.out("   " + fetched + ".." + now + "  origin/" + branch + " -> origin/" + branch + "\n");
        }
    }

    private static String shortName(ObjectId commit) {
        return commit.name().substring(0, 7);
    }

    /** What BuildKit prints of a Dockerfile that only names an image, which is what an image's build context is. */
    static void built(DokkuCall call, String app, DokkuBuild build) {
        call.out("-----> Cleaning up...\n-----> Building " + app + " from Dockerfile\n");
        String from = "docker.io/library/" + build.image();
        call.out("""
                #0 building with "default" instance using docker driver

                #1 [internal] load build definition from Dockerfile
                #1 transferring dockerfile: SIZEB done
                #1 DONE 0.0s

                #2 [internal] load .dockerignore
                #2 transferring context: 2B done
                #2 DONE 0.0s

                #3 [internal] load metadata for FROM
                #3 DONE 0.0s

                #4 [1/1] FROM FROM
                #4 CACHED

                #5 exporting to image
                #5 exporting layers done
                #5 writing image sha256:IMAGE done
                #5 naming to docker.io/dokku/APP:latest done
                #5 DONE 0.0s
                """.replace("metadata for FROM", "metadata for " + from)
                .replace("FROM FROM", "FROM " + from)
                // Twice the image's name: in FROM and in a label.
                .replace("SIZE", String.valueOf(102 + 2 * build.image().length()))
                .replace("IMAGE", id(app + " " + build.image()))
                .replace("APP", app));
    }

    private static String id(String seed) {
        return (sha(seed) + sha("image " + seed)).substring(0, 64);
    }

    static String sha(String seed) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(seed.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /** Deploys again what the app is made from, with its present configuration. */
    int release(DokkuCall call, String app, boolean whole) throws IOException, InterruptedException, DokkuFailure {
        host.log((whole ? "release " : "restart ") + app);
        return new DokkuRollout(
                        host, call, app, build(app), whole ? DokkuRollout.Kind.RELEASE : DokkuRollout.Kind.RESTART)
                .run();
    }

    /** Replaces the containers of one process type; of one that there is not, none. No lock is taken, as on the host. */
    int restart(DokkuCall call, String app, String type) throws IOException, InterruptedException, DokkuFailure {
        host.log("restart " + app + " " + type);
        return new DokkuRollout(host, call, app, build(app), DokkuRollout.Kind.RESTART).only(type);
    }

    /** Containers of a smaller scale stay, stopped, under their names until others take them. */
    Map<String, DokkuContainer> stopped(String app) {
        return stopped.computeIfAbsent(app, name -> new ConcurrentHashMap<>());
    }

    /** Puts the containers of a finished deploy in place of the old ones, which it returns. */
    List<DokkuContainer> replace(String app, List<DokkuContainer> next) {
        List<DokkuContainer> old = running.put(app, List.copyOf(next));
        return old == null ? List.of() : old;
    }

    /** Whether a deploy of the app is under way, as far as its lock tells. */
    boolean isBeingDeployed(String app) {
        return lock(app).isLocked() || host.misbehaviour().lockedApp().equals(Optional.of(app));
    }

    /** The containers of a renamed app go on running under its new name. */
    void rename(String old, String next) {
        List<DokkuContainer> containers = running.remove(old);
        if (containers != null) {
            running.put(next, containers);
        }
    }

    ReentrantLock lock(String app) {
        return locks.computeIfAbsent(app, name -> new ReentrantLock());
    }

    /** Containers that no deploy will find again: they run until the app is destroyed or the host goes down. */
    void leak(String app, List<DokkuContainer> containers) {
        leaked.computeIfAbsent(app, name -> new CopyOnWriteArrayList<>()).addAll(containers);
    }

    /** @param forget whether the containers are gone, or stay as "exited" */
    void stop(String app, boolean forget) throws InterruptedException {
        for (DokkuContainer container : containers(app)) {
            container.retire();
        }
        for (DokkuContainer container : containers(app)) {
            container.awaitEnd();
        }
        if (forget) {
            running.remove(app);
            Optional.ofNullable(leaked.remove(app)).stream()
                    .flatMap(List::stream)
                    .forEach(DokkuContainer::kill);
        }
    }

    /** After a restart of the sandbox: docker starts what ran before, without checks. */
    void restart() throws IOException, InterruptedException {
        for (String app : host.store().names("apps")) {
            if (isDeployed(app)
                    && !host.store().get(DokkuHost.scope(app), "ps.restore").equals("false")) {
                try {
                    replace(
                            app,
                            new DokkuRollout(host, silent(), app, build(app), DokkuRollout.Kind.RESTART).startAll());
                } catch (DokkuFailure failure) {
                    host.log("not started again: " + app + ": " + failure.text().strip());
                }
            }
        }
        try {
            new DokkuRouting(host).route();
        } catch (DokkuFailure failure) {
            host.log("no routes: " + failure.text().strip());
        }
    }

    private static DokkuCall silent() {
        return new DokkuCall(
                List.of(),
                true,
                false,
                false,
                java.io.InputStream.nullInputStream(),
                java.io.OutputStream.nullOutputStream(),
                java.io.OutputStream.nullOutputStream());
    }

    private int report(DokkuCall call) throws IOException, DokkuFailure {
        return DokkuSettings.each(host, call, app -> {
            Map<String, String> values = new TreeMap<>();
            values.put("git-computed-archive-max-files", "10000");
            values.put("git-computed-archive-max-size", "1073741824");
            values.put("git-computed-deploy-branch", DokkuRepository.deployBranch(host, app));
            values.put("git-computed-keep-git-dir", "false");
            for (String key : List.of("archive-max-files", "archive-max-size", "deploy-branch", "keep-git-dir")) {
                values.put("git-global-" + key, host.store().get("global", "git." + key));
            }
            if (!app.equals("--global")) {
                String scope = DokkuHost.scope(app);
                String sha = host.store().get(scope, "sha");
                values.put("git-sha", sha.isEmpty() ? "HEAD" : sha);
                values.put("git-source-image", host.store().get(scope, "source-image"));
                values.put("git-rev-env-var", "GIT_REV");
                for (String key : List.of("deploy-branch", "keep-git-dir", "last-updated-at")) {
                    values.put("git-" + key, host.store().get(scope, "git." + key));
                }
            }
            return new DokkuReport(app + " git information", "git-", false, values);
        });
    }

    void close() {
        for (String app : List.copyOf(running.keySet())) {
            try {
                stop(app, true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        running.values().stream().flatMap(List::stream).forEach(DokkuContainer::kill);
        running.clear();
        leaked.values().stream().flatMap(List::stream).forEach(DokkuContainer::kill);
        leaked.clear();
    }

    static List<String> indented(List<String> lines) {
        List<String> out = new ArrayList<>();
        lines.forEach(line -> out.add("       " + line + "\n"));
        return out;
    }
}
