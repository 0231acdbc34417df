package landfall.move;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import landfall.base.Duplex;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Secret;
import landfall.dokku.DokkuHost;
import landfall.kube.Cluster;
import landfall.postgres.Database;
import landfall.postgres.Direction;
import landfall.postgres.MoverRole;
import landfall.postgres.Naming;
import landfall.postgres.SchemaTool;
import landfall.postgres.TargetRole;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import org.jspecify.annotations.Nullable;

/** Both sides of a move, reached: the cluster, the Dokku host, and the database on each. */
final class Sides implements AutoCloseable {
    private static final String MOVER_PASSWORD = "landfall-mover-password";

    private final MoveFolder move;
    private final MoveSettings settings;
    private final SshConnection ssh;
    private final DokkuHost dokku;
    private final Cluster cluster;
    private final Database source;
    private final Database target;

    private Sides(MoveFolder move, MoveSettings settings, SshConnection ssh, Cluster cluster) {
        this.move = move;
        this.settings = settings;
        this.ssh = ssh;
        this.cluster = cluster;
        this.dokku = new DokkuHost(ssh);
        this.source = source();
        MoveSettings.Database database = settings.databases().getFirst();
        this.target = Database.fromUrl(
                        "target", dokku.postgresRelay(database.service()), dokku.postgresDsn(database.service()))
                .named(database.database());
    }

    /** @throws LandfallException naming what cannot be reached, or what this version does not move */
    static Sides open(MoveFolder move, @Nullable String hostKey) {
        MoveSettings settings = move.settings();
        refuse(move, settings);
        SshConnection ssh = connect(settings, hostKey);
        try {
            Cluster cluster = Cluster.connect(
                    path(settings.kubernetes().kubeconfig()),
                    settings.kubernetes().context(),
                    settings.kubernetes().namespace());
            try {
                return new Sides(move, settings, ssh, cluster);
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
        } catch (RuntimeException e) {
            ssh.close();
            throw e;
        }
    }

    private static void refuse(MoveFolder move, MoveSettings settings) {
        if (!settings.openDecisions().isEmpty()) {
            throw new LandfallException(
                    ExitCode.DECISIONS_OPEN,
                    Problem.error(
                            "decisions are open: " + String.join(", ", settings.openDecisions()),
                            "nothing moves before they are made",
                            "Answer them in " + move.settingsFile() + "."));
        }
        if (settings.databases().size() != 1) {
            throw new LandfallException(
                    ExitCode.REFUSED,
                    Problem.error(
                            "this move has " + settings.databases().size() + " PostgreSQL databases",
                            "this version moves exactly one database live",
                            settings.databases().isEmpty()
                                    ? "`landfall apply` alone builds an app without a database; point DNS at the Dokku host then."
                                    : "Keep one under `databases` in move.yaml and move the others by hand."));
        }
    }

    static SshConnection connect(MoveSettings settings, @Nullable String hostKey) {
        String host = settings.target().host();
        if (host == null) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            "no Dokku host is given", "move.yaml has none", "Add --host dokku@HOST once; it is kept."));
        }
        return SshConnection.connect(
                SshTarget.parse(host),
                new SshOptions(
                        path(settings.target().identity()),
                        path(settings.target().knownHosts()),
                        hostKey));
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null ? null : Path.of(text);
    }

    private Database source() {
        MoveSettings.DatabaseSource described = settings.databases().getFirst().source();
        Duplex.Dialer dialer = () -> cluster.portForward(podOf(described.workload()), described.port());
        Database mover = new Database("source", dialer, described.database(), MoverRole.NAME, moverPassword());
        try (Connection probe = mover.connect("probe")) {
            if (probe.isValid(5)) {
                return mover;
            }
        } catch (SQLException notYet) {
            // 28P01 and 28000: the role is not there yet, or has another password; it is made below.
            System.getLogger(Sides.class.getName()).log(System.Logger.Level.DEBUG, "no mover role yet", notYet);
        }
        MoverRole.create(mover.as(described.user(), sourcePassword(described)), moverPassword());
        return mover;
    }

    /** From a Secret of the cluster, or, where the manifests have it in the open, from the move's own secrets.yml. */
    private Secret sourcePassword(MoveSettings.DatabaseSource described) {
        String inMove = described.passwordSecret().replaceFirst("^secrets\\.yml#", "");
        Secret own = inMove.equals(described.passwordSecret())
                ? null
                : move.secrets().get(inMove);
        if (own != null) {
            return own;
        }
        String[] secret = described.passwordSecret().split("/", 2);
        if (secret.length != 2) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            "`" + described.passwordSecret() + "` is neither SECRET/KEY nor in secrets.yml",
                            "databases.source.password-secret in move.yaml names a key of a Secret, or secrets.yml#NAME",
                            "Mend move.yaml."));
        }
        return cluster.secretValue(secret[0], secret[1]);
    }

    /** The container that the source's server runs in, which most likely has its pg_dump. */
    SchemaTool schemaTool() {
        MoveSettings.DatabaseSource described = settings.databases().getFirst().source();
        return new SchemaTool() {
            @Override
            public Optional<Duplex> run(List<String> command) throws IOException {
                String pod = podOf(described.workload());
                return Optional.of(cluster.exec(pod, cluster.container(pod, described.port()), command));
            }

            @Override
            public String toString() {
                return "the pod of " + described.workload();
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
        Secret kept = secrets.get(MOVER_PASSWORD);
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

    /** The role that the app has on the target. */
    TargetRole targetRole() {
        MoveSettings.Database database = settings.databases().getFirst();
        Secret password = move.secrets().get(database.password());
        if (password == null) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            "secrets.yml has no value `" + database.password() + "`",
                            "it is the password of role " + database.role() + " on the target",
                            "Run `landfall plan` again; it makes one."));
        }
        return new TargetRole(database.role(), password);
    }

    /** The superuser with whose credentials the source was found; needed to remove Landfall's own role. */
    Database foundSource() {
        MoveSettings.DatabaseSource described = settings.databases().getFirst().source();
        String[] secret = described.passwordSecret().split("/", 2);
        return source.as(described.user(), cluster.secretValue(secret[0], secret[1]));
    }

    Naming naming() {
        return new Naming(settings.move());
    }

    MoveFolder move() {
        return move;
    }

    MoveSettings settings() {
        return settings;
    }

    DokkuHost dokku() {
        return dokku;
    }

    Cluster cluster() {
        return cluster;
    }

    Database database(Side side) {
        return side == Side.CLUSTER ? source : target;
    }

    /** Where changes of this direction come from. */
    Database from(Direction direction) {
        return database(Side.from(direction));
    }

    Database to(Direction direction) {
        return database(Side.to(direction));
    }

    /** The address at which the cluster's nodes reach the Dokku host. */
    String bridgeAddress() {
        String given = settings.target().bridgeAddress();
        if (given != null) {
            return given;
        }
        String host = ssh.target().host();
        if (host.matches("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*")) {
            return host;
        }
        throw new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        "no address for the bridge is given",
                        "an EndpointSlice needs an IP address, and the Dokku host is given as `" + host + "`",
                        "Add --bridge-address IP once: the address at which the cluster's nodes reach the host."));
    }

    @Override
    public void close() {
        cluster.close();
        ssh.close();
    }
}
