package landfall.move;

import java.nio.file.Path;
import java.util.OptionalLong;
import landfall.base.Events;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.dokku.DokkuHost;
import landfall.kube.Cluster;
import landfall.postgres.Database;
import landfall.postgres.SchemaTool;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import landfall.remote.SshConnection;
import landfall.remote.SshOptions;
import landfall.remote.SshTarget;
import org.jspecify.annotations.Nullable;

/** A cluster and a Dokku host, reached, and the database on each by the way that leads there. */
final class ReachedSides implements Sides {
    private final MoveFolder move;
    private final MoveSettings settings;
    private final SshConnection ssh;
    private final DokkuHost dokku;
    private final Cluster cluster;
    private final Ways ways;
    private final Database source;
    private final Database target;

    private ReachedSides(
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
                return new ReachedSides(move, settings, ssh, cluster, looksOnly, events);
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

    @Override
    public Database foundSource() {
        return ways.found();
    }

    @Override
    public SchemaTool schemaTool() {
        return ways.schemaTool();
    }

    @Override
    public MoveFolder move() {
        return move;
    }

    @Override
    public MoveSettings settings() {
        return settings;
    }

    @Override
    public DokkuHost dokku() {
        return dokku;
    }

    @Override
    public Cluster cluster() {
        return cluster;
    }

    @Override
    public Database database(Side side) {
        return side == Side.CLUSTER ? source : target;
    }

    @Override
    public OptionalLong targetFreeBytes(String dataDirectory) {
        return dokku.postgresFreeBytes(settings.databases().getFirst().service(), dataDirectory);
    }

    @Override
    public String bridgeAddress() {
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
