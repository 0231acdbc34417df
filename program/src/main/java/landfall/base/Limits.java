package landfall.base;

import java.time.Duration;

/** Every bound of the program in one place. A limit that is met is a named problem, never a silent cut. */
public final class Limits {
    /** One manifest file or standard input; a larger one is refused by name. */
    public static final long MANIFEST_BYTES_MAX = 64L << 20;

    /** Files read of one folder of manifests. */
    public static final int MANIFEST_FILES_MAX = 20_000;

    /** Nodes of one YAML document after aliases are expanded: an alias bomb stops here. */
    public static final int YAML_NODES_MAX = 2_000_000;

    public static final int YAML_DEPTH_MAX = 200;

    /** Dokku: one value of this size makes every later deploy of the app fail (config-big.json). */
    public static final int CONFIG_VALUE_BYTES_MAX = 131_071;

    /** One SSH command line is one argv element on both ends. */
    public static final int COMMAND_LINE_BYTES_MAX = 131_071;

    /** An app's folder becomes a commit in memory before it is pushed. */
    public static final long APP_FOLDER_BYTES_MAX = 256L << 20;

    public static final Duration SSH_CONNECT = Duration.ofSeconds(15);

    /** sshd's default MaxSessions is 10: two are left to others. */
    public static final int SSH_CHANNELS_MAX = 8;

    public static final Duration DEPLOY_MAX = Duration.ofMinutes(15);

    /** Default of --door-max: how long requests may wait before the switch is undone (design/0). */
    public static final Duration DOOR_MAX = Duration.ofMillis(2500);

    /** One call of the Kubernetes API. */
    public static final Duration CLUSTER_CALL = Duration.ofSeconds(15);

    /** How long a Service that gets its selector back may wait for the cluster's own endpoints. */
    public static final Duration CLUSTER_ROUTE = Duration.ofSeconds(10);

    /** Kubernetes: all annotations of one object together. */
    public static final int CLUSTER_ANNOTATION_BYTES_MAX = 256 << 10;

    /** A database server that was reached must go on with the login. */
    public static final Duration DATABASE_LOGIN = Duration.ofSeconds(30);

    /** A database session that is silent for so long makes one ask the server what it does. */
    public static final Duration DATABASE_SILENCE = Duration.ofSeconds(20);

    /** For so long a server's process must have waited for us while we waited for it, and the line counts as dead. */
    public static final Duration DATABASE_PROOF = Duration.ofSeconds(10);

    /** A silent session is ended after so long when its server can't be asked. */
    public static final Duration DATABASE_UNREACHABLE = Duration.ofSeconds(60);

    /** A follower asks the sending server to answer when it has nothing else to tell it. */
    public static final Duration FOLLOW_ASK = Duration.ofSeconds(5);

    private Limits() {}
}
