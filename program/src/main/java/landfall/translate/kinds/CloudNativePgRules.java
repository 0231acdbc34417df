package landfall.translate.kinds;

import landfall.ledger.Disposition;

/** CloudNativePG: a Cluster is a PostgreSQL service; what else the operator knows about it. */
final class CloudNativePgRules {
    private static final String GROUP = "postgresql.cnpg.io";
    private static final String BACKUP_ADVICE =
            "schedule one on Dokku: `dokku postgres:backup-auth SERVICE …` and `dokku postgres:backup-schedule SERVICE"
                    + " \"0 3 * * *\" BUCKET` (dumps, without recovery to a point in time), and restore one to see it work";
    private static final String METRICS_ADVICE =
            "run postgres_exporter as an app linked to the service, where your monitoring reads it";
    private static final String ONE_SERVER = "steers several servers; a Dokku service is one";
    private static final String MADE_ONCE = "how the cluster was made, once: what it made comes over with the data";

    private CloudNativePgRules() {}

    static KindRules cluster() {
        FieldTable table = new FieldTable()
                .adapted(
                        "metadata.name",
                        "the postgres service, and the names of the operator's Services that lead to it")
                .adapted("spec.imageName", "dokku_service_create image and image_version")
                .varies(
                        "spec.imageCatalogRef",
                        "its major version is the service's",
                        Disposition.ADAPTED,
                        Disposition.IRRELEVANT)
                .irrelevant("spec.imageCatalogRef.apiGroup", "where the operator looks images up; the version counts")
                .irrelevant("spec.imageCatalogRef.kind", "where the operator looks images up; the version counts")
                .irrelevant("spec.imageCatalogRef.name", "where the operator looks images up; the version counts")
                .varies("spec.instances", "one server; more are lost", Disposition.SATISFIED, Disposition.LOST)
                .carried("spec.postgresql.parameters{}", "dokku_service_create config_options")
                .carried("spec.postgresql.shared_preload_libraries", "dokku_service_create config_options")
                .satisfied("spec.postgresql.pg_hba", "only linked apps reach the service, and each with its password")
                .open("spec.postgresql.pg_ident", "identities", "%s maps users of the system to its roles (pg_ident).")
                .open("spec.postgresql.ldap", "ldap", "%s lets people log in by LDAP.")
                .open(
                        "spec.postgresql.extensions",
                        "extensions",
                        "%s loads extensions from images of their own: the service's image must hold them.")
                .satisfied("spec.postgresql.enableAlterSystem", "ALTER SYSTEM works in the service")
                .irrelevant("spec.postgresql.promotionTimeout", ONE_SERVER)
                .irrelevant("spec.postgresql.syncReplicaElectionConstraint", ONE_SERVER)
                .lost(
                        "spec.postgresql.synchronous",
                        "commits that wait for a second server",
                        "a Dokku service is one server: what is committed is on one disk; plan backups")
                .irrelevant("spec.minSyncReplicas", ONE_SERVER)
                .irrelevant("spec.maxSyncReplicas", ONE_SERVER)
                .irrelevant("spec.replicationSlots", ONE_SERVER)
                .irrelevant("spec.description", "words about the cluster");
        return KindRules.of(
                GROUP,
                "Cluster",
                "a postgres service of the same version and parameters; apps that name its Services and its -app Secret"
                        + " are led there; its data is a decision",
                running(data(table)));
    }

    private static FieldTable data(FieldTable table) {
        return table.adapted("spec.bootstrap.initdb.database", "the service's own database")
                .adapted("spec.bootstrap.initdb.owner", "the service's own user")
                .adapted("spec.bootstrap.initdb.secret", "a password of the service's own")
                .irrelevant("spec.bootstrap.initdb", MADE_ONCE)
                .open(
                        "spec.bootstrap.initdb.encoding",
                        "encoding",
                        "%s has an encoding of its own; the plugin makes a database in UTF-8.")
                .except("UTF8", "the plugin's own")
                .except("UTF-8", "the plugin's own")
                .open(
                        "spec.bootstrap.initdb.localeCollate",
                        "collation",
                        "%s sorts by a collation of its own; the plugin's database sorts by the image's (en_US.utf8).")
                .except("en_US.UTF-8", "the image's own")
                .except("en_US.utf8", "the image's own")
                .irrelevant("spec.bootstrap.recovery", "where the cluster's data came from when it was made")
                .irrelevant("spec.bootstrap.pg_basebackup", "where the cluster's data came from when it was made")
                .irrelevant("spec.externalClusters", "other servers, from which this one was made or which it follows")
                .open("spec.replica", "replica", "%s follows another cluster: which of both takes the writes?")
                .except("false", "it follows nobody")
                .adapted("spec.storage.size", "count it into the host's disk")
                .irrelevant("spec.storage", "which of the cluster's disks it lies on")
                .adapted("spec.walStorage.size", "count it into the host's disk")
                .irrelevant("spec.walStorage", "the log lies beside the data in the service's folder")
                .lost(
                        "spec.tablespaces",
                        "tablespaces on disks of their own",
                        "dump with --no-tablespaces: everything lies in the service's folder")
                .irrelevant("spec.ephemeralVolumeSource", "a disk for temporary files of the pod")
                .carried("spec.ephemeralVolumesSizeLimit.shm", "dokku_service_create shm_size")
                .irrelevant("spec.ephemeralVolumesSizeLimit.temporaryData", "temporary files lie in the container")
                .lost("spec.backup", "continuous backups to an object store", BACKUP_ADVICE)
                .lost("spec.plugins", "what plugins of the operator do (archive its log, say)", BACKUP_ADVICE)
                .irrelevant("spec.plugins[].name", "names a plugin of the operator")
                .open(
                        "spec.managed.roles",
                        "roles",
                        "%s has further roles, with rights and passwords of their own: make them with `dokku"
                                + " postgres:connect` before you load the dump.")
                .satisfied("spec.managed.services", "every name leads to the one service")
                .satisfied("spec.enableSuperuserAccess", "the plugin's user postgres is the superuser")
                .satisfied("spec.superuserSecret", "the plugin makes a password of its own for its superuser")
                .satisfied("spec.certificates", "the plugin makes a certificate of its own")
                .lost("spec.monitoring", "figures about the database for the cluster's monitoring", METRICS_ADVICE)
                .lost(
                        "spec.monitoring.enablePodMonitor",
                        "figures about the database for the cluster's monitoring",
                        METRICS_ADVICE)
                .except("false", "nothing was collected")
                .irrelevant(
                        "spec.monitoring.disableDefaultQueries", "chooses among figures for the cluster's monitoring");
    }

    private static FieldTable running(FieldTable table) {
        table.adapted("spec.resources.requests", "count them into the host")
                .varies(
                        "spec.resources.limits",
                        "memory: dokku_service_create memory; others are lost",
                        Disposition.CARRIED,
                        Disposition.LOST)
                .irrelevant("spec.resources.claims", "devices of a node")
                .open("spec.env", "environment", "%s gives its servers variables of their own.")
                .open("spec.envFrom", "environment", "%s gives its servers variables of their own.")
                .open("spec.imagePullSecrets", "registry", "The image of %s is pulled with a login.")
                .satisfied("spec.imagePullPolicy", "pulled when the service is created")
                .open("spec.projectedVolumeTemplate", "files", "%s gives its servers files of their own.")
                .irrelevant("spec.inheritedMetadata", "labels and annotations of what the operator makes")
                .irrelevant("spec.serviceAccountName", "an account at the Kubernetes API")
                .irrelevant("spec.serviceAccountTemplate", "an account at the Kubernetes API")
                .irrelevant("spec.podSelectorRefs", "names pods of the cluster")
                .irrelevant("spec.nodeMaintenanceWindow", "there is one host")
                .satisfied("spec.logLevel", "`dokku postgres:logs` shows what the server says")
                .satisfied("spec.probes", "the plugin waits until the server answers")
                .satisfied("spec.livenessProbeTimeout", "the plugin restarts the server whenever it ends");
        for (String host :
                new String[] {"affinity", "topologySpreadConstraints", "schedulerName", "priorityClassName", "enablePDB"
                }) {
            table.irrelevant("spec." + host, "there is one host");
        }
        for (String order : new String[] {
            "failoverDelay", "switchoverDelay", "primaryLease", "primaryUpdateMethod", "primaryUpdateStrategy"
        }) {
            table.irrelevant("spec." + order, ONE_SERVER);
        }
        for (String pause : new String[] {"startDelay", "stopDelay", "smartShutdownTimeout"}) {
            table.satisfied("spec." + pause, "the plugin starts and stops the server in order");
        }
        for (String user :
                new String[] {"postgresUID", "postgresGID", "podSecurityContext", "securityContext", "seccompProfile"
                }) {
            table.satisfied("spec." + user, "the image's own user; the plugin gives it its data folder");
        }
        return table;
    }

    static KindRules pooler() {
        return KindRules.of(
                GROUP,
                "Pooler",
                "nothing of its own: its name leads to the service itself",
                new FieldTable()
                        .irrelevant("metadata.name", "apps that name the pooler are led to the service itself")
                        .irrelevant("spec.cluster", "apps that name the pooler are led to this cluster's service")
                        .irrelevant("spec.type", "one server takes reads and writes")
                        .lost(
                                "spec.pgbouncer",
                                "the pooling of connections by PgBouncer",
                                "raise max_connections of the service to the sum of the apps' pools, or deploy PgBouncer as"
                                        + " an app linked to it")
                        .satisfied("spec.pgbouncer.authQuery", "the service asks for the password itself")
                        .satisfied("spec.pgbouncer.authQuerySecret", "the service asks for the password itself")
                        .satisfied("spec.pgbouncer.pg_hba", "only linked apps reach the service")
                        .open("spec.pgbouncer.paused", "paused", "%s is paused: are apps meant to reach the database?")
                        .except("false", "connections go through")
                        .irrelevant("spec.pgbouncer.image", "the pooler's own image")
                        .irrelevant("spec.pgbouncer.imageCatalogRef", "the pooler's own image")
                        .satisfied("spec.pgbouncer.clientCASecret", "the plugin makes a certificate of its own")
                        .satisfied("spec.pgbouncer.clientTLSSecret", "the plugin makes a certificate of its own")
                        .satisfied("spec.pgbouncer.serverCASecret", "the plugin makes a certificate of its own")
                        .satisfied("spec.pgbouncer.serverTLSSecret", "the plugin makes a certificate of its own")
                        .irrelevant("spec.instances", "copies of the pooler")
                        .irrelevant("spec.deploymentStrategy", "how copies of the pooler are replaced")
                        .lost("spec.monitoring", "figures about the pooler", METRICS_ADVICE)
                        .irrelevant("spec.serviceAccountName", "an account at the Kubernetes API")
                        .irrelevant("spec.serviceTemplate", "how the cluster reaches the pooler")
                        .irrelevant("spec.template", "how the pooler's pods are made; there is no pooler"));
    }

    static KindRules backup(String kind) {
        FieldTable table = new FieldTable()
                .irrelevant("metadata.name", "names an order to the operator")
                .irrelevant("spec.cluster", "the database whose service needs a backup of its own")
                .irrelevant("spec.target", "which of several servers is read; there is one")
                .satisfied("spec.online", "a dump is taken while the server runs")
                .satisfied("spec.onlineConfiguration", "a dump is taken while the server runs")
                .irrelevant("spec.method", "a dump is the one way of the plugin")
                .irrelevant("spec.pluginConfiguration", "which plugin of the operator takes it");
        if (kind.equals("Backup")) {
            return KindRules.of(
                    GROUP, kind, "nothing: one backup that was taken once; keep it until the move is finished", table);
        }
        return KindRules.of(
                GROUP,
                kind,
                "lost, with the commands that schedule dumps on Dokku",
                table.lost("spec.schedule", "the scheduled backups of the database", BACKUP_ADVICE)
                        .irrelevant("spec.immediate", "take one by hand first: `dokku postgres:backup SERVICE BUCKET`")
                        .open("spec.suspend", "backups", "%s is suspended: is the database backed up at all?")
                        .except("false", "backups were taken")
                        .irrelevant("spec.backupOwnerReference", "who owns the records of backups in the cluster"));
    }

    static KindRules objectStore() {
        return KindRules.of(
                "barmancloud.cnpg.io",
                "ObjectStore",
                "lost, with the commands that schedule dumps to a bucket on Dokku",
                new FieldTable()
                        .irrelevant("metadata.name", "names a place for backups to the operator")
                        .lost(
                                "spec.configuration.destinationPath",
                                "continuous backups to an object store",
                                BACKUP_ADVICE)
                        .irrelevant(
                                "spec.configuration",
                                "how the operator reaches the bucket; the backups there stay: keep them until the move is"
                                        + " finished")
                        .irrelevant(
                                "spec.retentionPolicy",
                                "how long the operator keeps its backups; of dumps a lifecycle rule of the bucket says it")
                        .irrelevant("spec.instanceSidecarConfiguration", "the container that takes the backups"));
    }

    static KindRules database() {
        return KindRules.of(
                GROUP,
                "Database",
                "a decision: a further database of the service is made by hand",
                new FieldTable()
                        .irrelevant("metadata.name", "names the object to the operator")
                        .irrelevant("spec.cluster", "the database server that becomes a service")
                        .open(
                                "spec",
                                "database",
                                "%s makes a further database in its server, and a service of Dokku has one: make it with"
                                        + " `dokku postgres:connect SERVICE` and dump it by itself."));
    }

    static KindRules catalog(String kind) {
        return KindRules.of(
                GROUP,
                kind,
                "nothing: the version that a Cluster takes from it counts",
                new FieldTable()
                        .irrelevant("metadata.name", "names a list of images to the operator")
                        .irrelevant("spec", "which image the operator takes for a version"));
    }

    static KindRules logical(String kind) {
        return KindRules.of(
                GROUP,
                kind,
                "a decision: logical replication between databases is set up by hand",
                new FieldTable()
                        .irrelevant("metadata.name", "names the object to the operator")
                        .open(
                                "spec",
                                "replication",
                                "%s keeps tables of two databases in step. Which of both sides moves, and when, is for you"
                                        + " to plan: a publication comes over with a dump, a subscription must be made anew."));
    }
}
