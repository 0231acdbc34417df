package landfall.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

/** The host behind the SSH server: its state and its commands. */
final class DokkuHost {
    static final String DOMAIN = "dokku.test";
    static final String VERSION = "0.38.27";
    private static final int COMMAND_LINE_MAX = 131_072;
    private static final Pattern APP = Pattern.compile("[a-z0-9][a-z0-9.-]*");

    private final Map<String, DokkuCommand> commands = new HashMap<>();
    private final DokkuStore store;
    private final Path folder;
    private final Addresses addresses;
    private final Containers containers;
    private final ProcessRegistry registry;
    private final Function<String, Optional<Program>> images;
    private final double pace;
    private final DokkuProxy proxy;
    private final DokkuDeploys deploys;
    private final DokkuServices services;
    private volatile String clientKey = "";
    private volatile String clientKeyFingerprint = "";
    private final DokkuMisbehaviour misbehaviour = new DokkuMisbehaviour();
    private final DokkuRuns.Started runs = new DokkuRuns.Started();
    private final DokkuCounts counts;
    private volatile Optional<DokkuCosts> costs = Optional.empty();
    private final Set<Thread> busy = ConcurrentHashMap.newKeySet();

    DokkuHost(
            Path folder,
            Addresses addresses,
            Containers containers,
            ProcessRegistry registry,
            Function<String, Optional<Program>> images,
            double pace)
            throws IOException {
        this.folder = folder;
        this.addresses = addresses;
        this.containers = containers;
        this.registry = registry;
        this.images = images;
        this.pace = pace;
        Files.createDirectories(folder.resolve("logs"));
        counts = new DokkuCounts(folder);
        store = new DokkuStore(folder.resolve("dokku"), misbehaviour::diskIsFull);
        proxy = new DokkuProxy(addresses.dokkuHost());
        deploys = new DokkuDeploys(this);
        services = new DokkuServices(this);
        new DokkuApps(this).register(commands);
        new DokkuConfig(this).register(commands);
        new DokkuRouting(this).register(commands);
        new DokkuDomains(this).register(commands);
        new DokkuProxySettings(this).register(commands);
        new DokkuNginx(this).register(commands);
        DokkuFamilies.register(this, commands);
        new DokkuAppCopies(this).register(commands);
        new DokkuPlugins(this).register(commands);
        new DokkuBuilds(this).register(commands);
        new DokkuStorage(this).register(commands);
        new DokkuSettings(this).register(commands);
        new DokkuProcesses(this).register(commands);
        new DokkuNetworks(this).register(commands);
        new DokkuRuns(this).register(commands);
        new DokkuLogs(this).register(commands);
        new DokkuCron(this).register(commands);
        DokkuSchedulers.register(this, commands);
        new DokkuCertificates(this).register(commands);
        deploys.register(commands);
        new DokkuGitRemotes(this).register(commands);
        new DokkuGitPush(this).register(commands);
        new DokkuRegistry(this).register(commands);
        services.register(commands);
        new DokkuVitals(this).register(commands);
        commands.put("version", call -> {
            call.out("dokku version " + version() + "\n");
            return 0;
        });
        commands.put("shell", this::shell);
        new DokkuHelp(this).register(commands);
    }

    /** The key of the one client, as authorized_keys has it. */
    void authorize(PublicKey key) {
        clientKey = PublicKeyEntry.toString(key);
        clientKeyFingerprint = KeyUtils.getFingerPrint(key);
    }

    String version() {
        return misbehaviour.version(VERSION);
    }

    String clientKey() {
        return clientKey;
    }

    String clientKeyFingerprint() {
        return String.valueOf(clientKeyFingerprint);
    }

    DokkuStore store() {
        return store;
    }

    Path folder() {
        return folder;
    }

    Addresses addresses() {
        return addresses;
    }

    Containers containers() {
        return containers;
    }

    ProcessRegistry registry() {
        return registry;
    }

    DokkuProxy proxy() {
        return proxy;
    }

    DokkuDeploys deploys() {
        return deploys;
    }

    DokkuServices services() {
        return services;
    }

    DokkuRuns.Started runs() {
        return runs;
    }

    DokkuCounts counts() {
        return counts;
    }

    /** From now on each command takes as long as on the real host. */
    void takeRealTime(DokkuCosts recorded) {
        costs = Optional.of(recorded);
    }

    Optional<DokkuCosts> costs() {
        return costs;
    }

    DokkuMisbehaviour misbehaviour() {
        return misbehaviour;
    }

    Optional<Program> image(String reference) {
        return images.apply(reference);
    }

    /** Sleeps a pause of the real host, shortened. */
    void pause(double seconds) throws InterruptedException {
        Thread.sleep((long) (seconds * pace * 1000));
    }

    static String scope(String app) {
        return "apps/" + app;
    }

    boolean isApp(String app) {
        return APP.matcher(app).matches() && store.exists(scope(app));
    }

    /** The app, or the failure that every command has for an absent one. */
    String app(String name) throws DokkuFailure {
        if (name.isEmpty()) {
            throw DokkuFailure.refused("Please specify an app to run the command on");
        }
        checkName(name);
        if (!isApp(name)) {
            throw new DokkuFailure(20, " !     App " + name + " does not exist\n");
        }
        return name;
    }

    static void checkName(String name) throws DokkuFailure {
        if (!APP.matcher(name).matches()) {
            throw DokkuFailure.refused("App name must begin with lowercase alphanumeric character, and may only"
                    + " contain lowercase alphanumerics, dots, and hyphens");
        }
    }

    void log(String message) {
        try {
            Files.writeString(
                    folder.resolve("logs").resolve("dokku.log"),
                    Instant.now() + " " + message + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one command line of a client; never throws. */
    int run(DokkuAccount account, String line, DokkuCall streams, Consumer<DokkuCall> started) {
        busy.add(Thread.currentThread());
        try {
            if (line.getBytes(StandardCharsets.UTF_8).length >= COMMAND_LINE_MAX) {
                // The kernel refuses one argument of 128 KiB; the shell that sshd starts says so.
                streams.err("bash: Argument list too long\n");
                return 126;
            }
            DokkuWords words = account.split(line);
            streams.err(words.error());
            counts.executed();
            int exit = dispatch(words.words(), streams, started, false);
            counts.write();
            return exit;
        } catch (DokkuFailure failure) {
            streams.err(failure.text());
            return failure.exit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 255;
        } catch (IOException | RuntimeException e) {
            if (streams.link().isGone()) {
                log("ended with its connection: " + firstWord(line));
                return 255;
            }
            log("failed: " + firstWord(line) + ": " + e);
            System.getLogger(DokkuHost.class.getName()).log(System.Logger.Level.WARNING, firstWord(line), e);
            return fault(streams, e);
        } finally {
            busy.remove(Thread.currentThread());
        }
    }

    private static int fault(DokkuCall streams, Exception e) {
        try {
            streams.warn("sandbox: " + e);
        } catch (UncheckedIOException gone) {
            System.getLogger(DokkuHost.class.getName()).log(System.Logger.Level.DEBUG, "client is gone", gone);
        }
        return 1;
    }

    private static String firstWord(String line) {
        return line.split("\\s", 2)[0];
    }

    private int dispatch(List<String> given, DokkuCall streams, Consumer<DokkuCall> started, boolean batched)
            throws IOException, InterruptedException, DokkuFailure {
        List<String> words = new ArrayList<>(given);
        boolean quiet = false;
        boolean force = false;
        String app = "";
        while (!words.isEmpty() && words.getFirst().startsWith("--")) {
            String flag = words.removeFirst();
            quiet |= flag.equals("--quiet");
            force |= flag.equals("--force");
            if (flag.equals("--app") && !words.isEmpty()) {
                app = words.removeFirst();
            }
        }
        if (!app.isEmpty() && !words.isEmpty()) {
            words.add(1, app);
        }
        DokkuCall call = streams.with(words, quiet, force);
        started.accept(call);
        int number = misbehaviour.begins(call.link());
        int exit;
        try {
            exit = timed(call, batched);
        } catch (DokkuFailure failure) {
            call.err(failure.text());
            exit = failure.exit();
        } catch (DokkuStore.DiskFull full) {
            call.warn(String.valueOf(full.getMessage()));
            exit = 1;
        }
        misbehaviour.ended(call.link(), number);
        return exit;
    }

    private int timed(DokkuCall call, boolean batched) throws IOException, InterruptedException, DokkuFailure {
        DokkuCosts real = costs.orElse(null);
        if (real == null) {
            return perform(call);
        }
        String app = call.words().size() > 1 ? call.words().get(1) : "";
        boolean withoutNginx = isApp(app) && !DokkuProxySettings.type(this, app).equals("nginx");
        DokkuCosts.Running running =
                real.begin(call.words(), batched, store.names("apps").size(), withoutNginx);
        try {
            if (running.works()) {
                int exit = perform(call);
                real.await(running);
                return exit;
            }
            real.await(running);
        } finally {
            real.end(running);
        }
        return perform(call);
    }

    /** Runs a command as part of another. */
    int perform(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        String name = call.command();
        DokkuCommand command = commands.get(name);
        if (command == null || misbehaviour.lacks(plugin(name))) {
            return unknown(call, name);
        }
        Optional<DokkuMisbehaviour.HalfAnswer> half = misbehaviour.truncates(call.words(), call.outStream());
        if (half.isEmpty()) {
            return command.run(call);
        }
        int exit = command.run(call.answering(half.get()));
        half.get().pass();
        return exit;
    }

    private static String plugin(String command) {
        int colon = command.indexOf(':');
        return colon < 0 ? command : command.substring(0, colon);
    }

    private int unknown(DokkuCall call, String name) {
        log("not emulated: " + name);
        call.warn("`" + String.join(" ", call.words()) + "` is not a dokku command.");
        call.warn("See `dokku help` for a list of available commands.");
        return 1;
    }

    /** Many commands over one channel: no exit codes, words split on blanks, always 0. */
    private int shell(DokkuCall call) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = call.in().read(); c >= 0; c = call.in().read()) {
            if (c != '\n') {
                line.append((char) c);
                continue;
            }
            String words = line.toString().strip();
            line.setLength(0);
            if (words.equals("quit") || words.equals("exit")) {
                return 0;
            }
            if (!words.isEmpty()) {
                shellLine(call, words);
            }
        }
        call.out("\n");
        return 0;
    }

    private void shellLine(DokkuCall call, String words) {
        try {
            counts.batched();
            dispatch(List.of(words.split("\\s+")), call, running -> {}, true);
        } catch (DokkuFailure failure) {
            call.err(failure.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that runs ends at once, commands included; what the disk has stays. */
    void powerOff() throws InterruptedException {
        long end = System.nanoTime() + 5_000_000_000L;
        while (busy.stream().anyMatch(thread -> thread != Thread.currentThread()) && System.nanoTime() < end) {
            busy.stream().filter(thread -> thread != Thread.currentThread()).forEach(Thread::interrupt);
            Thread.sleep(10);
        }
        deploys.close();
        runs.endAll();
        services.close();
    }

    boolean isBusy() {
        return !busy.isEmpty();
    }

    void powerOn() throws IOException, InterruptedException {
        services.restart();
        deploys.restart();
    }

    void close() {
        deploys.close();
        runs.endAll();
        services.close();
        proxy.close();
    }
}
