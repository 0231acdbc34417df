package landfall.translate;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Recognises what a container keeps: by its image's name, wherever it is pulled from; by a name that only contains the
 * system's, or that ends in db, when the container also listens on the system's port or keeps a volume where the system
 * does; and of images with a name of their own by that port and the variables that only the server's image reads.
 */
final class DatastoreImage {
    private static final Map<String, Datastore> NAMES = Map.ofEntries(
            Map.entry("postgres", Datastore.POSTGRESQL),
            Map.entry("postgresql", Datastore.POSTGRESQL),
            Map.entry("postgresql-repmgr", Datastore.POSTGRESQL),
            Map.entry("postgis", Datastore.POSTGRESQL),
            Map.entry("pgvector", Datastore.POSTGRESQL),
            Map.entry("pgvecto-rs", Datastore.POSTGRESQL),
            Map.entry("vchord-postgres", Datastore.POSTGRESQL),
            Map.entry("timescaledb", Datastore.POSTGRESQL),
            Map.entry("timescaledb-ha", Datastore.POSTGRESQL),
            Map.entry("timescaledb-postgis", Datastore.POSTGRESQL),
            Map.entry("citus", Datastore.POSTGRESQL),
            Map.entry("paradedb", Datastore.POSTGRESQL),
            Map.entry("pgautoupgrade", Datastore.POSTGRESQL),
            Map.entry("spilo", Datastore.POSTGRESQL),
            Map.entry("percona-distribution-postgresql", Datastore.POSTGRESQL),
            Map.entry("redis", Datastore.REDIS),
            Map.entry("redis-stack", Datastore.REDIS),
            Map.entry("redis-stack-server", Datastore.REDIS),
            Map.entry("redis-cluster", Datastore.REDIS),
            Map.entry("valkey", Datastore.REDIS),
            Map.entry("valkey-bundle", Datastore.REDIS),
            Map.entry("valkey-cluster", Datastore.REDIS),
            Map.entry("keydb", Datastore.REDIS),
            Map.entry("dragonfly", Datastore.REDIS),
            Map.entry("mysql", Datastore.MYSQL),
            Map.entry("mysql-server", Datastore.MYSQL),
            Map.entry("percona", Datastore.MYSQL),
            Map.entry("percona-server", Datastore.MYSQL),
            Map.entry("percona-xtradb-cluster", Datastore.MYSQL),
            Map.entry("mariadb", Datastore.MARIADB),
            Map.entry("mariadb-galera", Datastore.MARIADB),
            Map.entry("mongo", Datastore.MONGODB),
            Map.entry("mongodb", Datastore.MONGODB),
            Map.entry("mongodb-community-server", Datastore.MONGODB),
            Map.entry("percona-server-mongodb", Datastore.MONGODB),
            Map.entry("rabbitmq", Datastore.RABBITMQ),
            Map.entry("memcached", Datastore.MEMCACHED),
            Map.entry("elasticsearch", Datastore.ELASTICSEARCH),
            Map.entry("elasticsearch-oss", Datastore.ELASTICSEARCH),
            Map.entry("meilisearch", Datastore.MEILISEARCH),
            Map.entry("clickhouse", Datastore.CLICKHOUSE),
            Map.entry("clickhouse-server", Datastore.CLICKHOUSE),
            Map.entry("nats", Datastore.NATS),
            Map.entry("nats-streaming", Datastore.NATS),
            Map.entry("couchdb", Datastore.COUCHDB),
            Map.entry("typesense", Datastore.TYPESENSE),
            Map.entry("rethinkdb", Datastore.RETHINKDB),
            Map.entry("solr", Datastore.SOLR),
            Map.entry("minio", Datastore.MINIO),
            Map.entry("opensearch", Datastore.OPENSEARCH),
            Map.entry("cockroach", Datastore.COCKROACHDB),
            Map.entry("influxdb", Datastore.INFLUXDB),
            Map.entry("cassandra", Datastore.CASSANDRA),
            Map.entry("scylla", Datastore.SCYLLADB),
            Map.entry("kafka", Datastore.KAFKA),
            Map.entry("cp-kafka", Datastore.KAFKA),
            Map.entry("redpanda", Datastore.KAFKA),
            Map.entry("zookeeper", Datastore.ZOOKEEPER),
            Map.entry("cp-zookeeper", Datastore.ZOOKEEPER),
            Map.entry("etcd", Datastore.ETCD),
            Map.entry("neo4j", Datastore.NEO4J),
            Map.entry("qdrant", Datastore.QDRANT),
            Map.entry("weaviate", Datastore.WEAVIATE),
            Map.entry("milvus", Datastore.MILVUS),
            Map.entry("arangodb", Datastore.ARANGODB));

    /** A system's name as a word of a longer one: {@code zulip-postgresql}, {@code redis-cache}. */
    private static final Pattern CONTAINED = Pattern.compile(
            "(?:.*[-_.])?(postgres(?:ql)?|postgis|redis|valkey|mysql|mariadb|mongo(?:db)?|rabbitmq|memcached"
                    + "|elasticsearch|clickhouse|opensearch|influxdb|minio|cassandra|kafka|zookeeper)(?:[-_.].*)?");

    /** What speaks to a server and is none, though it may listen where servers do. */
    private static final Pattern CLIENT = Pattern.compile(
            ".*(exporter|operator|backup|dump|restore|proxy|pooler|bouncer|pgpool|admin|client|migrat|commander|insight"
                    + "|sentinel|express|console|wait|connect|registry|metrics|mirror|replicator|-ui|ui-|-init|init-|-mc).*");

    /** Variables that only a server's own image reads, where its port is open. */
    private static final Map<Datastore, Set<String>> OWN_VARIABLES = Map.of(
            Datastore.POSTGRESQL, Set.of("POSTGRES_PASSWORD", "POSTGRES_DB", "POSTGRES_HOST_AUTH_METHOD", "PGDATA"),
            Datastore.MYSQL,
                    Set.of(
                            "MYSQL_ROOT_PASSWORD",
                            "MYSQL_ALLOW_EMPTY_PASSWORD",
                            "MYSQL_RANDOM_ROOT_PASSWORD",
                            "MARIADB_ROOT_PASSWORD"),
            Datastore.MONGODB, Set.of("MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_DATABASE"),
            Datastore.RABBITMQ, Set.of("RABBITMQ_DEFAULT_USER", "RABBITMQ_ERLANG_COOKIE"));

    private static final Pattern CLIENT_PROGRAM = Pattern.compile(
            "(?s).*\\b(sleep|tail|psql|pg_dump|pg_dumpall|pg_restore|pg_isready|pg_basebackup|createdb|mysql|mysqldump"
                    + "|mysqladmin|mariadb|mariadb-dump|mongo|mongosh|mongodump|mongorestore|redis-cli|valkey-cli"
                    + "|rabbitmqadmin|curl|wget|influx|etcdctl|cqlsh|clickhouse-client)\\b.*");
    private static final Pattern SERVER_PROGRAM = Pattern.compile(
            "(?s).*(server|mysqld|mariadbd|mongod\\b|\\bpostgres\\b|entrypoint|run\\.sh|setup\\.sh|start|memcached|influxd"
                    + "|dragonfly|cockroach).*");

    private DatastoreImage() {}

    /** What the container keeps, if it is a server of a known system. */
    static Optional<Datastore> of(Field container) {
        if (isClient(container)) {
            return Optional.empty();
        }
        ImageName image = ImageName.of(container.at("image").text(""));
        String name = image.lastPart();
        Optional<Datastore> byName = named(image);
        if (byName.isPresent() || CLIENT.matcher(name).matches()) {
            return byName;
        }
        Matcher contained = CONTAINED.matcher(name);
        if (contained.matches()) {
            Datastore datastore = NAMES.get(contained.group(1));
            if (datastore != null && (listensOn(container, datastore.port()) || keepsDataOf(container, datastore))) {
                return Optional.of(datastore);
            }
        }
        if (name.matches("(.*[-_])?(db|database)")) {
            // A database with its contents built in, say: the port tells which.
            return Stream.of(Datastore.POSTGRESQL, Datastore.MYSQL, Datastore.MONGODB)
                    .filter(datastore -> listensOn(container, datastore.port()))
                    .findFirst();
        }
        return OWN_VARIABLES.entrySet().stream()
                .filter(entry -> listensOn(container, entry.getKey().port()))
                .filter(entry -> container.at("env").items().stream()
                        .anyMatch(variable ->
                                entry.getValue().contains(variable.at("name").text(""))))
                .map(Map.Entry::getKey)
                .sorted()
                .findFirst();
    }

    /** A database's image that runs psql, a dump, or nothing but sleep. */
    private static boolean isClient(Field container) {
        String words = String.join(" ", container.at("command").texts()) + " "
                + String.join(" ", container.at("args").texts());
        return CLIENT_PROGRAM.matcher(words).matches()
                && !SERVER_PROGRAM.matcher(words).matches();
    }

    private static Optional<Datastore> named(ImageName image) {
        String repository = image.repository();
        if (repository.contains("/mssql/server")) {
            return Optional.of(Datastore.SQL_SERVER);
        }
        if (repository.endsWith("supabase/postgres") || repository.endsWith("cloudnative-pg/postgresql")) {
            return Optional.of(Datastore.POSTGRESQL);
        }
        String name = image.lastPart();
        Datastore exact = NAMES.get(name);
        // spilo-16, crunchy-postgres, postgresql-16: the name and a version of it.
        return Optional.ofNullable(exact != null ? exact : NAMES.get(name.replaceAll("[-_]?[0-9][0-9.]*$", "")))
                .or(() -> Optional.ofNullable(
                        name.startsWith("crunchy-postgres") && !name.contains("exporter")
                                ? Datastore.POSTGRESQL
                                : null));
    }

    /** A volume where the system's images keep their data. */
    private static boolean keepsDataOf(Field container, Datastore datastore) {
        String folder = switch (datastore) {
            case POSTGRESQL -> "(/var/lib/postgresql|/bitnami/postgresql).*";
            case MYSQL, MARIADB -> "(/var/lib/mysql|/bitnami/(mysql|mariadb)).*";
            case MONGODB -> "(/data/db|/bitnami/mongodb).*";
            case RABBITMQ -> "/var/lib/rabbitmq.*";
            case ELASTICSEARCH -> "/usr/share/elasticsearch/data.*";
            default -> "-";
        };
        return container.at("volumeMounts").items().stream()
                .anyMatch(mount -> mount.at("mountPath").text("").matches(folder));
    }

    private static boolean listensOn(Field container, int port) {
        return container.at("ports").items().stream()
                .anyMatch(item -> item.at("containerPort").is(String.valueOf(port)));
    }
}
