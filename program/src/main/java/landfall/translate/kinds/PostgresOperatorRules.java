package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** The PostgreSQL operators of Zalando, Crunchy and Percona: their objects are PostgreSQL services. */
final class PostgresOperatorRules {
    private static final String BACKUP_ADVICE =
            "schedule dumps on Dokku: `dokku postgres:backup-auth SERVICE …` and `dokku postgres:backup-schedule SERVICE"
                    + " \"0 3 * * *\" BUCKET`, and restore one to see it work";
    private static final String ONE_SERVER = "steers several servers; a Dokku service is one";
    private static final String POOLER_ADVICE =
            "raise max_connections of the service to the sum of the apps' pools, or deploy PgBouncer as an app linked to it";
    private static final String METRICS_ADVICE =
            "run postgres_exporter as an app linked to the service, where your monitoring reads it";
    private static final String BECOMES =
            "a postgres service of the same version and parameters; apps that name its Services and its users' Secrets are"
                    + " led there; its data is a decision";

    private PostgresOperatorRules() {}

    static KindRules zalando() {
        FieldTable table = common(new FieldTable())
                .irrelevant("spec.teamId", "who owns the database, to the operator")
                .adapted("spec.postgresql.version", "dokku_service_create image_version")
                .carried("spec.postgresql.parameters{}", "dokku_service_create config_options")
                .varies("spec.numberOfInstances", "one server; more are lost", Disposition.SATISFIED, Disposition.LOST)
                .varies(
                        "spec.users",
                        "one user of the service's own; further ones are a decision",
                        Disposition.ADAPTED,
                        Disposition.DECISION)
                .varies(
                        "spec.databases",
                        "one database of the service's own; further ones are a decision",
                        Disposition.ADAPTED,
                        Disposition.DECISION)
                .open(
                        "spec.preparedDatabases",
                        "databases",
                        "%s has databases with schemas and roles that the operator makes: they come with a dump, their roles"
                                + " must be made with `dokku postgres:connect` first.")
                .irrelevant("spec.usersWithSecretRotation", "passwords that the operator changes by itself")
                .irrelevant("spec.usersWithInPlaceSecretRotation", "passwords that the operator changes by itself")
                .irrelevant("spec.usersIgnoringSecretRotation", "passwords that the operator changes by itself")
                .adapted("spec.volume.size", "count it into the host's disk")
                .irrelevant("spec.volume", "which of the cluster's disks it lies on")
                .open("spec.additionalVolumes", "volumes", "%s mounts further volumes into its servers.")
                .open(
                        "spec.dockerImage",
                        "image",
                        "%s runs an image of its own (Spilo), which the plugin can't start: the"
                                + " service's image must hold the same extensions.")
                .satisfied(
                        "spec.enableShmVolume", "set shm_size in the recipe if queries need more than Docker's 64 MB")
                .lost("spec.connectionPooler", "the pooling of connections by PgBouncer", POOLER_ADVICE)
                .lost("spec.enableConnectionPooler", "the pooling of connections by PgBouncer", POOLER_ADVICE)
                .except("false", "there was no pooler")
                .lost("spec.enableReplicaConnectionPooler", "the pooling of connections by PgBouncer", POOLER_ADVICE)
                .except("false", "there was no pooler")
                .lost("spec.enableLogicalBackup", "the scheduled dumps of the database", BACKUP_ADVICE)
                .except("false", "none were taken")
                .lost("spec.logicalBackupSchedule", "the scheduled dumps of the database", BACKUP_ADVICE)
                .lost("spec.logicalBackupRetention", "the time for which dumps are kept", "set a rule on the bucket")
                .irrelevant("spec.clone", "where the database's data came from when it was made")
                .open("spec.standby", "replica", "%s follows another cluster: which of both takes the writes?")
                .irrelevant("spec.patroni", ONE_SERVER)
                .satisfied("spec.patroni.pg_hba", "only linked apps reach the service, and each with its password")
                .irrelevant("spec.patroni.initdb", "how the cluster was made, once; the plugin makes its own in UTF-8")
                .open("spec.streams", "streams", "%s streams its changes to elsewhere.")
                .satisfied("spec.tls", "the plugin makes a certificate of its own")
                .irrelevant("spec.topologySpreadConstraints", "there is one host")
                .irrelevant("spec.maintenanceWindows", "when the operator may work on it")
                .open("spec.sidecars", "sidecar", "Further containers run beside the servers of %s.")
                .open("spec.initContainers", "init", "%s runs containers before its servers start.")
                .open("spec.init_containers", "init", "%s runs containers before its servers start.")
                .open("spec.env", "environment", "%s gives its servers variables of their own.")
                .open("spec.envFrom", "environment", "%s gives its servers variables of their own.")
                .satisfied("spec.livenessProbe", "the plugin restarts the server whenever it ends");
        exposed(table);
        return KindRules.of("acid.zalan.do", "postgresql", BECOMES, table);
    }

    private static void exposed(FieldTable table) {
        String question = "Clients outside the cluster reach %s. Only linked apps do on Dokku, unless you run `dokku"
                + " postgres:expose`.";
        for (String outside : new String[] {
            "useLoadBalancer",
            "replicaLoadBalancer",
            "enableMasterLoadBalancer",
            "enableReplicaLoadBalancer",
            "enableMasterPoolerLoadBalancer",
            "enableReplicaPoolerLoadBalancer",
            "enableMasterNodePort",
            "enableReplicaNodePort",
            "enableMasterPoolerNodePort",
            "enableReplicaPoolerNodePort"
        }) {
            table.open("spec." + outside, "exposed", question).except("false", "only the cluster reached it");
        }
        for (String port :
                new String[] {"masterNodePort", "masterPoolerNodePort", "replicaNodePort", "replicaPoolerNodePort"}) {
            table.open("spec." + port, "exposed", question);
        }
        table.open("spec.allowedSourceRanges", "exposed", question)
                .irrelevant("spec.serviceAnnotations", "words to what makes the cluster's load balancers")
                .irrelevant("spec.masterServiceAnnotations", "words to what makes the cluster's load balancers")
                .irrelevant("spec.replicaServiceAnnotations", "words to what makes the cluster's load balancers")
                .irrelevant("spec.podAnnotations", "words to controllers of the cluster")
                .irrelevant("spec.tolerations", "there is one host")
                .irrelevant("spec.nodeAffinity", "there is one host")
                .irrelevant("spec.schedulerName", "there is one host")
                .irrelevant("spec.podPriorityClassName", "nothing is evicted on one host")
                .irrelevant("spec.pod_priority_class_name", "nothing is evicted on one host");
        for (String user : new String[] {"spiloFSGroup", "spiloRunAsGroup", "spiloRunAsUser"}) {
            table.satisfied("spec." + user, "the image's own user; the plugin gives it its data folder");
        }
    }

    private static FieldTable common(FieldTable table) {
        return table.adapted(
                        "metadata.name",
                        "the postgres service, and the names of the operator's Services that lead to it")
                .adapted("spec.resources.requests", "count them into the host")
                .varies(
                        "spec.resources.limits",
                        "memory: dokku_service_create memory; others are lost",
                        Disposition.CARRIED,
                        Disposition.LOST);
    }

    static KindRules crunchy() {
        FieldTable table = shared().open(
                        "spec.image",
                        "image",
                        "%s runs an image of its own, which the plugin can't start: the service's image"
                                + " must hold the same extensions.")
                .open(
                        "spec.postGISVersion",
                        "image",
                        "%s has PostGIS: put postgis/postgis into the recipe as the service's" + " image.")
                .satisfied("spec.customReplicationTLSSecret", "there is no replication")
                .satisfied("spec.customTLSSecret", "the plugin makes a certificate of its own")
                .irrelevant("spec.disableDefaultPodScheduling", "there is one host")
                .irrelevant("spec.instrumentation", "the operator's own telemetry")
                .lost("spec.instrumentation.metrics", "figures about the database", METRICS_ADVICE)
                .lost("spec.monitoring", "figures about the database for the cluster's monitoring", METRICS_ADVICE)
                .open("spec.paused", "paused", "The operator has let go of %s (paused).")
                .except("false", "the operator looks after it")
                .open("spec.shutdown", "shutdown", "%s is shut down: is its data still wanted?")
                .except("false", "it runs")
                .open("spec.service", "exposed", "%s says how its server is reached from outside the cluster.")
                .except("ClusterIP", "only the cluster reached it")
                .open("spec.replicaService", "exposed", "%s says how its servers are reached from outside the cluster.")
                .except("ClusterIP", "only the cluster reached it")
                .satisfied("spec.supplementalGroups", "the image's own user; the plugin gives it its data folder")
                .lost(
                        "spec.userInterface",
                        "pgAdmin beside the database",
                        "deploy dpage/pgadmin4 as an app, or use `dokku postgres:connect`");
        return KindRules.of("postgres-operator.crunchydata.com", "PostgresCluster", BECOMES, table);
    }

    static KindRules percona() {
        FieldTable table = shared().irrelevant("spec.crVersion", "which operator reads the object")
                .irrelevant("spec.image", "the official image of the same version takes its place")
                .irrelevant("spec.initContainer", "how the operator's pods are made")
                .irrelevant("spec.logcollector", "`dokku postgres:logs` shows what the server says")
                .irrelevant("spec.autoCreateUserSchema", "schemas come with the data")
                .irrelevant("spec.clusterServiceDNSSuffix", "a name inside the cluster")
                .open("spec.expose", "exposed", "Clients outside the cluster may reach %s.")
                .open("spec.exposeReplicas", "exposed", "Clients outside the cluster may reach %s.")
                .open(
                        "spec.extensions",
                        "image",
                        "%s has extensions that the operator installs: the service's image must hold them.")
                .open("spec.logicalReplicas", "replica", "%s keeps further databases in step by logical replication.")
                .open("spec.pause", "shutdown", "%s is shut down: is its data still wanted?")
                .except("false", "it runs")
                .lost("spec.pmm", "figures about the database for Percona's monitoring", METRICS_ADVICE)
                .satisfied("spec.secrets", "the plugin makes passwords and certificates of its own")
                .satisfied("spec.tls", "the plugin makes a certificate of its own")
                .satisfied("spec.tlsOnly", "linked apps reach the service inside the host")
                .open("spec.unmanaged", "paused", "The operator has let go of %s (unmanaged).")
                .except("false", "the operator looks after it");
        return KindRules.of("pgv2.percona.com", "PerconaPGCluster", BECOMES, table);
    }

    /** Percona's operator grew out of Crunchy's. */
    private static FieldTable shared() {
        return new FieldTable()
                .adapted(
                        "metadata.name",
                        "the postgres service, and the names of the operator's Services that lead to it")
                .adapted("spec.postgresVersion", "dokku_service_create image_version")
                .carried("spec.config.parameters{}", "dokku_service_create config_options")
                .open("spec.config", "files", "%s gives its servers files of their own.")
                .carried(
                        "spec.patroni.dynamicConfiguration.postgresql.parameters",
                        "dokku_service_create config_options")
                .irrelevant("spec.patroni", ONE_SERVER)
                .satisfied("spec.authentication", "only linked apps reach the service, and each with its password")
                .varies(
                        "spec.instances[].replicas",
                        "one server; more are lost",
                        Disposition.SATISFIED,
                        Disposition.LOST)
                .adapted("spec.instances[].dataVolumeClaimSpec.resources.requests", "count them into the host's disk")
                .irrelevant("spec.instances[].dataVolumeClaimSpec", "which of the cluster's disks it lies on")
                .adapted("spec.instances[].walVolumeClaimSpec.resources.requests", "count them into the host's disk")
                .irrelevant(
                        "spec.instances[].walVolumeClaimSpec", "the log lies beside the data in the service's folder")
                .varies(
                        "spec.instances[].resources",
                        "the first set's: memory carried, requests counted into the host, others lost",
                        Disposition.CARRIED,
                        Disposition.ADAPTED,
                        Disposition.LOST)
                .irrelevant("spec.instances[].resources", "of further servers; a Dokku service is one")
                .open("spec.instances[].containers", "sidecar", "Further containers run beside the servers of %s.")
                .lost(
                        "spec.instances[].tablespaceVolumes",
                        "tablespaces on disks of their own",
                        "dump with --no-tablespaces: everything lies in the service's folder")
                .irrelevant("spec.instances", "how and where the operator makes its pods")
                .varies(
                        "spec.users",
                        "one user and database of the service's own; further ones are a decision",
                        Disposition.ADAPTED,
                        Disposition.DECISION)
                .lost("spec.backups", "the operator's backups (pgBackRest)", BACKUP_ADVICE)
                .irrelevant("spec.dataSource", "where the database's data came from when it was made")
                .satisfied("spec.databaseInitSQL", "ran once: what it made comes over with the data")
                .irrelevant("spec.imagePullPolicy", "how the operator's images are pulled")
                .irrelevant("spec.imagePullSecrets", "how the operator's images are pulled")
                .irrelevant("spec.metadata", "labels and annotations of what the operator makes")
                .irrelevant("spec.openshift", "the kind of cluster")
                .satisfied("spec.port", "linked apps reach the service at 5432")
                .lost("spec.proxy", "the pooling of connections by PgBouncer", POOLER_ADVICE)
                .open("spec.standby", "replica", "%s follows another cluster: which of both takes the writes?")
                .except("false", "it follows nobody");
    }
}
