package landfall.move;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.OptionalLong;
import landfall.base.Secret;
import landfall.dokku.DokkuHost;
import landfall.kube.Cluster;
import landfall.postgres.Database;
import landfall.postgres.MoverRole;
import landfall.postgres.SchemaTool;
import landfall.postgres.ServerAddress;
import landfall.recipe.MoveFolder;
import landfall.recipe.MoveSettings;
import org.jspecify.annotations.Nullable;

/** A move of a database alone, by the URLs and passwords in its folder: no app is routed, so nobody asks for the hosts. */
final class FaultSides implements Sides {
    static final String SOURCE_SECRET = "source-superuser";
    static final String TARGET_SECRET = "target-superuser";
    static final String MOVER_SECRET = "mover";
    static final String ROLE_SECRET = "role";

    private final MoveFolder move;
    private final MoveSettings settings;
    private final Database found;
    private final Database source;
    private final Database target;

    FaultSides(MoveFolder move) {
        this.move = move;
        settings = move.settings();
        found = database("source", settings.databases().getFirst().choices().sourceUrl(), SOURCE_SECRET);
        target = database("target", settings.databases().getFirst().choices().targetUrl(), TARGET_SECRET);
        source = mover();
    }

    private Secret secret(String name) {
        return java.util.Objects.requireNonNull(move.secrets().get(name));
    }

    private Database database(String label, @Nullable String url, String secret) {
        ServerAddress.Parsed parsed = ServerAddress.parse(String.valueOf(url));
        return new Database(
                label,
                parsed.address().dialer(),
                parsed.database().orElseThrow(),
                "postgres",
                secret(secret),
                parsed.address());
    }

    /** As the product does it: the role made by an earlier run, or made now. */
    private Database mover() {
        Database mover = found.as(MoverRole.NAME, secret(MOVER_SECRET));
        try (Connection probe = mover.connect("probe")) {
            if (probe.isValid(5)) {
                return mover;
            }
        } catch (SQLException e) {
            System.getLogger(FaultSides.class.getName()).log(System.Logger.Level.DEBUG, "no mover role yet", e);
        }
        return MoverRole.create(found, secret(MOVER_SECRET)) ? mover : found;
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
    public Cluster cluster() {
        throw new IllegalStateException("this move has no cluster");
    }

    @Override
    public DokkuHost dokku() {
        throw new IllegalStateException("this move has no Dokku host");
    }

    @Override
    public Database database(Side side) {
        return side == Side.CLUSTER ? source : target;
    }

    @Override
    public Database foundSource() {
        return found;
    }

    @Override
    public SchemaTool schemaTool() {
        return SchemaTool.NONE;
    }

    @Override
    public OptionalLong targetFreeBytes(String dataDirectory) {
        return OptionalLong.empty();
    }

    @Override
    public String bridgeAddress() {
        throw new IllegalStateException("this move has no bridge");
    }

    @Override
    public void close() {}
}
