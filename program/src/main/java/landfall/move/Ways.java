package landfall.move;

import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import landfall.base.Duplex;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Secret;
import landfall.dokku.DokkuHost;
import landfall.kube.Cluster;
import landfall.postgres.Database;
import landfall.postgres.MoverRole;
import landfall.postgres.SchemaTool;
import landfall.postgres.ServerAddress;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import org.jspecify.annotations.Nullable;

/** The ways to the two databases: a pod's port or a URL to the source; relay, tunnel or exposed port to the target. */
final class Ways implements AutoCloseable {
    private static final String MOVER_PASSWORD = "landfall-mover-password";
    private static final int POSTGRES_PORT = 5432;

    /** One way to the target; each is tried until one leads there. */
    private record Way(String name, Duplex.Dialer dialer, ServerAddress address) {}

    private final MoveFolder move;
    private final MoveSettings settings;
    private final MoveSettings.Database described;
    private final Cluster cluster;
    private final DokkuHost dokku;
    private final Events events;
    private @Nullable SshConnection tunnel;
    private @Nullable String internalAddress;

    Ways(MoveFolder move, MoveSettings settings, Cluster cluster, DokkuHost dokku, Events events) {
        this.move = move;
        this.settings = settings;
        this.described = settings.databases().getFirst();
        this.cluster = cluster;
        this.dokku = dokku;
        this.events = events;
    }

    /** The source as the role that move.yaml names. */
    Database found() {
        MoveSettings.DatabaseSource source = described.source();
        String url = described.choices().sourceUrl();
        if (url == null) {
            Duplex.Dialer dialer = () -> cluster.portForward(podOf(source.workload()), source.port());
            return new Database("source", dialer, source.database(), source.user(), sourcePassword(source));
        }
        ServerAddress.Parsed parsed = ServerAddress.parse(url);
        return new Database(
                "source",
                parsed.address().dialer(),
                parsed.database().orElse(source.database()),
                parsed.user().orElse(source.user()),
                sourcePassword(source),
                parsed.address());
    }

    /**
     * The source as the role that the move works as: Landfall's own superuser, made by the one that was found; or that
     * one itself where it is none and only has rights.
     */
    Database source() {
        Secret password = moverPassword();
        Database found = found();
        Database mover = found.as(MoverRole.NAME, password);
        try (Connection probe = mover.connect("probe")) {
            if (probe.isValid(5)) {
                return mover;
            }
        } catch (SQLException e) {
            // The role is not there yet, or has another password. Anything else is told by the attempt that follows.
            System.getLogger(Ways.class.getName()).log(System.Logger.Level.DEBUG, "no mover role yet", e);
        }
        return MoverRole.create(found, password) ? mover : found;
    }

    /** @throws LandfallException with what each way said, if none leads there */
    Database target() {
        Database service = Database.fromUrl(
                        "target", dokku.postgresRelay(described.service()), dokku.postgresDsn(described.service()))
                .named(described.database());
        List<Problem> failures = new ArrayList<>();
        for (Way way : waysToTarget(service)) {
            Database target = service.by(way.dialer(), way.address());
            try (Connection probe = target.connect("probe")) {
                if (probe.isValid(5)) {
                    events.note("the target's database is reached by " + way.name());
                    StatusReport.reached(move, way.name());
                    return target;
                }
                failures.add(Problem.error(
                        "The " + target + " was reached by " + way.name() + " and then didn't answer", "", ""));
            } catch (SQLException e) {
                Problem told = Database.problem("The " + target + " could not be reached by " + way.name(), e);
                if (!Database.isUnreachable(e)) {
                    // The server answered: another way leads to the same answer.
                    throw new LandfallException(ExitCode.FAILED, told, e);
                }
                failures.add(Problem.error(told.what(), told.why(), ""));
                events.note(failures.getLast().sentence());
            }
        }
        failures.add(noWay());
        throw new LandfallException(ExitCode.FAILED, failures);
    }

    /** What is left to try. */
    private Problem noWay() {
        List<String> others = new ArrayList<>();
        if (settings.target().admin() == null) {
            others.add("name an SSH account of the host that may forward ports (--admin root@HOST)");
        }
        if (described.choices().targetUrl() == null) {
            others.add("run `postgres:expose " + described.service() + "` on the host and write `url:"
                    + " postgres://HOST:PORT` under the database in move.yaml");
        }
        return Problem.error(
                "No way leads to the target's database",
                "is the service " + described.service() + " running? `dokku postgres:info " + described.service()
                        + "` says so",
                (others.isEmpty() ? "Mend one of these ways" : "Mend it, or " + String.join(", or ", others))
                        + "; then run the same command again.");
    }

    private List<Way> waysToTarget(Database service) {
        List<Way> ways = new ArrayList<>();
        ways.add(new Way("relay (postgres:connect " + described.service() + ")", service.dialer(), service.address()));
        String admin = settings.target().admin();
        if (admin != null) {
            ways.add(new Way(
                    "tunnel (" + admin + ")",
                    () -> tunnel(SshTarget.parse(admin)).openForward(internalAddress(), POSTGRES_PORT),
                    service.address()));
        }
        String url = described.choices().targetUrl();
        if (url != null) {
            ServerAddress exposed = ServerAddress.parse(url).address();
            ways.add(new Way("exposed port (" + url + ")", exposed.dialer(), exposed));
        }
        return ways;
    }

    /** Asked once, and only when a tunnel is needed. */
    private synchronized String internalAddress() {
        String known = internalAddress;
        if (known == null) {
            known = dokku.postgresInternalAddress(described.service());
            internalAddress = known;
        }
        return known;
    }

    private synchronized SshConnection tunnel(SshTarget account) {
        SshConnection open = tunnel;
        if (open == null) {
            open = SshConnection.connect(
                    account,
                    new SshOptions(
                            ReachedSides.path(settings.target().identity()),
                            ReachedSides.path(settings.target().knownHosts()),
                            null));
            tunnel = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        if (tunnel != null) {
            tunnel.close();
        }
    }

    /** From a Secret of the cluster, or, where the manifests have it in the open, from the move's own secrets.yml. */
    private Secret sourcePassword(MoveSettings.DatabaseSource source) {
        String inMove = source.passwordSecret().replaceFirst("^secrets\\.yml#", "");
        Secret own =
                inMove.equals(source.passwordSecret()) ? null : move.secrets().get(inMove);
        if (own != null) {
            return own;
        }
        String[] secret = source.passwordSecret().split("/", 2);
        if (secret.length != 2) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            "`" + source.passwordSecret() + "` is neither SECRET/KEY nor in secrets.yml",
                            "databases.source.password-secret in move.yaml names a key of a Secret, or secrets.yml#NAME",
                            "Mend move.yaml."));
        }
        return cluster.secretValue(secret[0], secret[1]);
    }

    /** None where a URL leads to the source. */
    SchemaTool schemaTool() {
        if (described.choices().sourceUrl() != null) {
            return SchemaTool.NONE;
        }
        MoveSettings.DatabaseSource source = described.source();
        return new SchemaTool() {
            @Override
            public Optional<Duplex> run(List<String> command) throws IOException {
                String pod = podOf(source.workload());
                return Optional.of(cluster.exec(pod, cluster.container(pod, source.port()), command));
            }

            @Override
            public String toString() {
                return "the pod of " + source.workload();
            }
        };
    }

    private String podOf(String workload) {
        return cluster.readyPod(workload)
                .orElseThrow(() -> new LandfallException(
                        ExitCode.FAILED,
                        Problem.error(
                                "no pod of " + workload + " is ready",
                                "the source database runs there",
                                "Bring it up, then run the same command again.")));
    }

    /** Made once and kept in secrets.yml. */
    private Secret moverPassword() {
        Map<String, Secret> secrets = move.secrets();
        @Nullable Secret kept = secrets.get(MOVER_PASSWORD);
        if (kept != null) {
            return kept;
        }
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        Secret made = Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(random));
        Map<String, Secret> more = new TreeMap<>(secrets);
        more.put(MOVER_PASSWORD, made);
        move.writeSecrets(more);
        return made;
    }
}
