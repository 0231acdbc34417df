package landfall.move;

import java.nio.file.Path;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.Secret;
import landfall.dokku.DokkuHost;
import landfall.kube.Cluster;
import landfall.postgres.Database;
import landfall.postgres.Direction;
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
    private final MoveFolder move;
    private final MoveSettings settings;
    private final SshConnection ssh;
    private final DokkuHost dokku;
    private final Cluster cluster;
    private final Ways ways;
    private final Database source;
    private final Database target;

    private Sides(
            MoveFolder move,
            MoveSettings settings,
            SshConnection ssh,
            Cluster cluster,
            boolean looksOnly,
            Events events) {
        this.move = move;
        this.settings = settings;
        this.ssh = ssh;
        this.cluster = cluster;
        this.dokku = new DokkuHost(ssh);
        this.ways = new Ways(move, settings, cluster, dokku, events);
        this.source = looksOnly ? ways.found() : ways.source();
        this.target = ways.target();
    }

    /** @throws LandfallException naming what cannot be reached, or what this version does not move */
    static Sides open(MoveFolder move, @Nullable String hostKey, Events events) {
        return reach(move, hostKey, false, events);
    }

    /** For a command that changes nothing: no role of Landfall's is made on the source. */
    static Sides look(MoveFolder move, @Nullable String hostKey, Events events) {
        return reach(move, hostKey, true, events);
    }

    private static Sides reach(MoveFolder move, @Nullable String hostKey, boolean looksOnly, Events events) {
        MoveSettings settings = move.settings();
        refuse(move, settings);
        SshConnection ssh = connect(settings, hostKey);
        try {
            Cluster cluster = Cluster.connect(
                    path(settings.kubernetes().kubeconfig()),
                    settings.kubernetes().context(),
                    settings.kubernetes().namespace());
            try {
                return new Sides(move, settings, ssh, cluster, looksOnly, events);
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

    static @Nullable Path path(@Nullable String text) {
        return text == null ? null : Path.of(text);
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
        return new TargetRole(database.role(), password, foundSource().user());
    }

    /** The source as the role with whose credentials it was found; needed to remove Landfall's own. */
    Database foundSource() {
        return ways.found();
    }

    /** Whether nothing is followed on the way to Dokku. */
    boolean isPlain() {
        return settings.databases().getFirst().choices().plain();
    }

    /** The container that the source's server runs in, which most likely has its pg_dump. */
    SchemaTool schemaTool() {
        return ways.schemaTool();
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
        ways.close();
        cluster.close();
        ssh.close();
    }
}
