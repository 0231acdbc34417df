package landfall.dokku;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import landfall.base.Duplex;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Limits;
import landfall.base.Problem;
import landfall.base.Secret;
import landfall.remote.ConnectionLostException;
import landfall.remote.ExecResult;
import landfall.remote.SshConnection;

/** A Dokku host behind its forced command: runs commands, reads reports, gives streams to databases and containers. */
public final class DokkuHost {
    private static final byte[] NO_INPUT = new byte[0];

    /** A shell's exit code for a command that it doesn't find. */
    private static final int NO_SUCH_COMMAND = 127;

    private final SshConnection connection;

    public DokkuHost(SshConnection connection) {
        this.connection = connection;
    }

    public SshConnection connection() {
        return connection;
    }

    /** Runs a command and tells how it ended, whatever that was. */
    public DokkuResult run(DokkuCommand command) {
        return run(command, Limits.DEPLOY_MAX, line -> {});
    }

    /** A read whose connection is lost is sent once more; whether a change was carried out, the caller must look. */
    public DokkuResult run(DokkuCommand command, Duration timeout, Consumer<String> onLine) {
        try {
            return ran(command, timeout, onLine);
        } catch (ConnectionLostException e) {
            if (!command.isRead()) {
                throw lost(command.display(), e);
            }
        } catch (IOException e) {
            throw lost(command.display(), e);
        }
        try {
            return ran(command, timeout, onLine);
        } catch (IOException e) {
            throw lost(command.display(), e);
        }
    }

    private DokkuResult ran(DokkuCommand command, Duration timeout, Consumer<String> onLine) throws IOException {
        Secret stdin = command.stdin();
        byte[] input = stdin == null ? NO_INPUT : stdin.reveal().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Consumer<String> listener = command.echoesSecrets() ? line -> {} : line -> onLine.accept(Ansi.stripped(line));
        ExecResult result = connection.exec(command.line(), input, timeout, listener);
        return new DokkuResult(result.exit(), command.echoesSecrets() ? "" : result.stdout(), result.stderr());
    }

    /** @throws LandfallException with what Dokku said, unless it exits 0 */
    public DokkuResult demand(DokkuCommand command) {
        DokkuResult result = run(command);
        if (!result.succeeded()) {
            throw failed(command, result);
        }
        return result;
    }

    public static LandfallException failed(DokkuCommand command, DokkuResult result) {
        return new LandfallException(
                ExitCode.FAILED,
                Problem.error(
                        "`dokku " + command.display() + "` failed with exit " + result.exit(),
                        result.tail(),
                        "Mend what it names and run the same command again; what is done stays done."));
    }

    private LandfallException lost(String what, IOException cause) {
        return new LandfallException(
                ExitCode.FAILED,
                Problem.error(
                        "`dokku " + what + "` on " + connection.target() + " did not end properly",
                        String.valueOf(cause.getMessage()),
                        "Run the same command again: it looks at what the host has and goes on."),
                cause);
    }

    /** Many commands on one channel, a line each; it tells nothing of how any of them exited. */
    DokkuResult shell(String lines) {
        return run(DokkuCommand.of("shell").withInput(Secret.of(lines)));
    }

    /** @throws LandfallException (bad input) if what answers isn't Dokku, or isn't Dokku alone */
    public DokkuVersion version() {
        DokkuResult result = run(DokkuCommand.of("version"));
        List<String> lines =
                result.stdout().lines().filter(line -> !line.isBlank()).toList();
        Optional<DokkuVersion> version = lines.stream()
                .flatMap(line -> DokkuVersion.announced(line).stream())
                .findFirst();
        if (version.isPresent() && lines.size() == 1) {
            return version.get();
        }
        String host = connection.target().host();
        if (version.isPresent()) {
            throw notDokku(
                    "prints lines of its own before Dokku's answers",
                    "`version` printed: " + result.tail(),
                    "Quiet them on the host (in ~dokku/.bashrc or what it reads, below `case $- in *i*)`): no answer"
                            + " could be trusted.");
        }
        if (result.exit() == NO_SUCH_COMMAND || result.stderr().contains("command not found")) {
            throw notDokku(
                    "is an account with a login shell",
                    "its shell knows no command `version`: " + result.tail(),
                    "Use Dokku's own account, --host dokku@" + host
                            + "; it knows your key after: cat KEY.pub | ssh root@" + host
                            + " dokku ssh-keys:add NAME.");
        }
        throw notDokku(
                "does not answer as a Dokku host",
                "`version` printed: " + result.tail(),
                "Check --host: the account must be dokku's own, with Dokku's forced command.");
    }

    private LandfallException notDokku(String what, String why, String nextStep) {
        return new LandfallException(
                ExitCode.BAD_INPUT, Problem.error(connection.target() + " " + what, why, nextStep));
    }

    /** The machine's own figures, as far as the host tells them. */
    public HostVitals vitals() {
        return HostVitals.ask(this);
    }

    /** Names of the enabled plugins. */
    public Set<String> plugins() {
        DokkuResult result = demand(DokkuCommand.of("plugin:list", "--format", "json"));
        Set<String> names = new TreeSet<>();
        for (Map<String, Object> plugin : DokkuJson.objects(result.stdout(), "plugin:list")) {
            if (Boolean.TRUE.equals(plugin.get("enabled"))) {
                names.add(String.valueOf(plugin.get("name")));
            }
        }
        return names;
    }

    public boolean appExists(String app) {
        return run(DokkuCommand.of("apps:exists", app)).succeeded();
    }

    public boolean isDeployed(String app) {
        return "true".equals(report("ps", app).get("deployed"));
    }

    /** {@code PLUGIN:report APP --format json}; empty if there is no such app. */
    public Map<String, String> report(String plugin, String app) {
        DokkuCommand command = DokkuCommand.of(plugin + ":report", app, "--format", "json");
        DokkuResult result = run(command);
        if (result.appMissing()) {
            return Map.of();
        }
        if (!result.succeeded()) {
            throw failed(command, result);
        }
        return DokkuJson.strings(result.stdout(), plugin + ":report");
    }

    /** The database URL of a service, with its superuser's password. */
    public Secret postgresDsn(String service) {
        return serviceDsn("postgres", service);
    }

    public Secret serviceDsn(String plugin, String service) {
        DokkuCommand command = DokkuCommand.of("--quiet", plugin + ":info", service, "--dsn");
        return Secret.of(demand(command).stdout().strip());
    }

    /** What `df` says in the service's container about a folder there; empty where it can't be asked. */
    public OptionalLong postgresFreeBytes(String service, String folder) {
        return PostgresDisk.freeBytes(connection, service, folder);
    }

    /** The address of the service's container on the host, which only the host itself reaches. */
    public String postgresInternalAddress(String service) {
        return demand(DokkuCommand.of("--quiet", "postgres:info", service, "--internal-ip"))
                .stdout()
                .strip();
    }

    /** One byte stream to the service's server per call, all over this host's SSH connection. */
    public Duplex.Dialer postgresRelay(String service) {
        return () -> PostgresRelay.dial(connection, service);
    }

    /**
     * A command inside an app's running container. The SSH side changes no byte, but docker puts a terminal of its own
     * before the command: let it begin with {@code stty raw -echo} and send text (base64), as docker takes the bytes
     * 0x10 0x11 for its detach keys.
     */
    public Duplex enter(String app, String process, List<String> argv) throws IOException {
        List<String> words = new ArrayList<>(List.of("enter", app, process));
        words.addAll(argv);
        return connection.openRawPty(DokkuCommand.of(words).line());
    }

    public Deployment deployImage(String app, String image, Consumer<String> onLine) {
        return deployImage(app, image, DeployCircumstances.PLAIN, onLine);
    }

    public Deployment deployImage(
            String app, String image, DeployCircumstances circumstances, Consumer<String> onLine) {
        return new Deploys(this).image(app, image, circumstances, onLine);
    }

    /** Lets docker pull the app's images from a registry; the password travels on standard input. */
    public static DokkuCommand registryLogin(String app, String server, String user, Secret password) {
        return DokkuCommand.of("registry:login", "--password-stdin", app, server, user)
                .withInput(password);
    }

    /** Restarts the app, unless somebody deploys it at this moment. */
    public DokkuResult restart(String app) {
        return new Deploys(this).restart(app);
    }

    /** Pushes a folder as the app's source, unless the host has exactly that already. */
    public Deployment deployFolder(String app, Path folder, Consumer<String> onLine) {
        return deployFolder(app, folder, DeployCircumstances.PLAIN, onLine);
    }

    public Deployment deployFolder(
            String app, Path folder, DeployCircumstances circumstances, Consumer<String> onLine) {
        return new Deploys(this).folder(app, folder, circumstances, onLine);
    }

    public void scale(String app, Map<String, Integer> processes) {
        List<String> words = new ArrayList<>(List.of("ps:scale", app));
        processes.forEach((process, count) -> words.add(process + "=" + count));
        demand(DokkuCommand.of(words));
    }

    public void stop(String app) {
        demand(DokkuCommand.of("ps:stop", app));
    }

    public void start(String app) {
        demand(DokkuCommand.of("ps:start", app));
    }
}
