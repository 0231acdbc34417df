package landfall.translate;

import java.util.Locale;
import java.util.Optional;

/** The commands that take the data of a system that Landfall doesn't move to its place on the Dokku host. */
final class DatastoreDump {
    private DatastoreDump() {}

    /** For a service of a plugin; empty where there is no way that is worth describing. */
    static Optional<String> of(Draft draft, ServiceDraft service) {
        String exec = exec(draft, service.workload);
        String into = "ssh dokku@HOST " + service.type + ":import " + service.name;
        String inside = "docker exec -i dokku." + service.type + "." + service.name;
        String database = service.login.database().orElse("DATABASE");
        return switch (service.store) {
            case POSTGRESQL ->
                Optional.of("`" + exec + " pg_dump -U " + service.login.user().orElse("postgres") + " -Fc --no-owner "
                        + database + " | " + into + "`");
            case MYSQL ->
                Optional.of("`" + exec + " sh -c 'mysqldump -uroot -p\"$MYSQL_ROOT_PASSWORD\" --single-transaction"
                        + " --routines --triggers --no-tablespaces " + database + "' | " + into + "`");
            case MARIADB ->
                Optional.of(
                        "`" + exec + " sh -c 'mariadb-dump -uroot -p\"${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}\""
                                + " --single-transaction --routines --triggers " + database + "' | " + into + "`");
            case MONGODB ->
                Optional.of("`" + exec + " mongodump --db " + database + " --gzip --archive | " + into
                        + "` (with -u, -p and --authenticationDatabase where the server wants them)");
            case REDIS ->
                Optional.of("`" + exec + " sh -c 'redis-cli save >&2 && cat /data/dump.rdb' | " + into
                        + "` (with -a where the server wants a password)");
            case RABBITMQ ->
                Optional.of("users, queues and bindings with `" + exec + " rabbitmqctl export_definitions - | " + inside
                        + " rabbitmqctl import_definitions`; let the consumers empty the queues first: messages don't"
                        + " come along");
            case ELASTICSEARCH ->
                Optional.of("index by index with the new server's _reindex from the old one (reindex.remote.whitelist),"
                        + " or a snapshot that both can read");
            case CLICKHOUSE ->
                Optional.of("schema with SHOW CREATE TABLE, then table by table `" + exec
                        + " clickhouse-client -q 'SELECT * FROM TABLE FORMAT Native' | " + inside
                        + " clickhouse-client -q 'INSERT INTO TABLE FORMAT Native'`");
            case COUCHDB -> Optional.of("let the new server pull each database: POST /_replicate");
            case RETHINKDB -> Optional.of("`rethinkdb dump` on the old server, `rethinkdb restore` on the new one");
            case NATS ->
                Optional.of("JetStream only, where it is used: `nats stream backup` on the old server, `nats stream"
                        + " restore` on the new one; plain NATS holds nothing");
            case MINIO -> Optional.of(ObjectStoreRule.copying(draft, service));
            case SOLR ->
                Optional.of("Solr's replication handler: command=backup on the old server, restore on the new");
            default -> Optional.empty();
        };
    }

    /** For a system that has no plugin and runs as an app of that name. */
    static String toApp(Draft draft, Datastore store, Field workload, String app) {
        String exec = exec(draft, workload);
        String inside = "docker exec -i " + app + ".web.1";
        return switch (store) {
            case MINIO -> "`mc mirror --preserve old/BUCKET new/BUCKET` for each bucket, with `mc alias set` for both";
            case OPENSEARCH -> "index by index with the new server's _reindex from the old one, or a shared snapshot";
            case COCKROACHDB ->
                "`BACKUP INTO` on the old cluster and `RESTORE` on the new one, through a bucket or userfile storage";
            case INFLUXDB -> "`influx backup` on the old server, `influx restore` on the new one";
            case CASSANDRA, SCYLLADB ->
                "`nodetool snapshot`, then sstableloader, or COPY TO and COPY FROM table by table";
            case KAFKA -> "let the consumers read what is there, or run MirrorMaker for the change";
            case ETCD -> "`" + exec + " etcdctl snapshot save`, then etcdutl snapshot restore into the new entry";
            case ZOOKEEPER -> "made anew by its clients, or copy version-2 of the stopped server";
            case NEO4J -> "`neo4j-admin database dump` and `load`, both servers stopped";
            case QDRANT, WEAVIATE, MILVUS -> "its own snapshot or backup interface, or let the app index anew";
            case ARANGODB -> "arangodump on the old server, arangorestore on the new one";
            case SQL_SERVER ->
                "`BACKUP DATABASE` to a file, copy it (`" + exec + " cat` to `" + inside + "`), `RESTORE`";
            default -> "its own dump and restore";
        };
    }

    static String exec(Draft draft, Field workload) {
        return "kubectl exec -n " + draft.namespace + " "
                + workload.object().kind().toLowerCase(Locale.ROOT) + "/"
                + workload.object().name() + " --";
    }
}
