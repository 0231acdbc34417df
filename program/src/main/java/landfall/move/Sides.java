package landfall.move;

import java.util.OptionalLong;
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

/** Both sides of a move: the cluster, the Dokku host, and the database on each. */
interface Sides extends AutoCloseable {
    MoveFolder move();

    MoveSettings settings();

    Cluster cluster();

    DokkuHost dokku();

    Database database(Side side);

    /** The source as the role with whose credentials it was found; needed to remove Landfall's own. */
    Database foundSource();

    /** The container that the source's server runs in, which most likely has its pg_dump. */
    SchemaTool schemaTool();

    /** Free bytes on the disk of the target's server; empty where the host doesn't tell. */
    OptionalLong targetFreeBytes(String dataDirectory);

    /** The address at which the cluster's nodes reach the Dokku host. */
    String bridgeAddress();

    @Override
    void close();

    /** Where changes of this direction come from. */
    default Database from(Direction direction) {
        return database(Side.from(direction));
    }

    default Database to(Direction direction) {
        return database(Side.to(direction));
    }

    default Naming naming() {
        return new Naming(settings().move());
    }

    /** Whether nothing is followed on the way to Dokku. */
    default boolean isPlain() {
        return settings().databases().getFirst().choices().plain();
    }

    /** The role that the app has on the target. */
    default TargetRole targetRole() {
        MoveSettings.Database database = settings().databases().getFirst();
        Secret password = move().secrets().get(database.password());
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
}
