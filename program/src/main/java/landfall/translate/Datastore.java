package landfall.translate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The systems that keep data: Dokku's plugin for each, how its services are logged in to, and what its official image
 * reads from its environment. Facts of the plugins are those of their sources (dokku/dokku-mysql and so on).
 */
enum Datastore {
    POSTGRESQL("PostgreSQL", "postgres", "postgres", 5432, Login.FIXED_USER),
    REDIS("Redis", "redis", "redis", 6379, Login.PASSWORD),
    MYSQL("MySQL", "mysql", "mysql", 3306, Login.FIXED_USER),
    MARIADB("MariaDB", "mariadb", "mariadb", 3306, Login.FIXED_USER),
    MONGODB("MongoDB", "mongo", "mongo", 27017, Login.SERVICE_USER),
    RABBITMQ("RabbitMQ", "rabbitmq", "rabbitmq", 5672, Login.SERVICE_USER),
    MEMCACHED("Memcached", "memcached", "memcached", 11211, Login.NONE),
    ELASTICSEARCH("Elasticsearch", "elasticsearch", "elasticsearch", 9200, Login.NONE),
    MEILISEARCH("Meilisearch", "meilisearch", "getmeili/meilisearch", 7700, Login.PASSWORD),
    CLICKHOUSE("ClickHouse", "clickhouse", "clickhouse/clickhouse-server", 9000, Login.SERVICE_USER),
    NATS("NATS", "nats", "nats", 4222, Login.SERVICE_USER),
    COUCHDB("CouchDB", "couchdb", "couchdb", 5984, Login.SERVICE_USER),
    TYPESENSE("Typesense", "typesense", "typesense/typesense", 8108, Login.PASSWORD),
    RETHINKDB("RethinkDB", "rethinkdb", "rethinkdb", 28015, Login.NONE),
    SOLR("Solr", "solr", "solr", 8983, Login.NONE),
    // Landfall's own plugin: another server, which speaks the same protocol
    MINIO("MinIO", "objects", "minio/minio", 9000, Login.SERVICE_USER),
    // no plugin of Dokku's own: an ordinary app with storage
    OPENSEARCH("OpenSearch", "", "opensearchproject/opensearch", 9200, Login.NONE),
    COCKROACHDB("CockroachDB", "", "cockroachdb/cockroach", 26257, Login.NONE),
    INFLUXDB("InfluxDB", "", "influxdb", 8086, Login.NONE),
    CASSANDRA("Cassandra", "", "cassandra", 9042, Login.NONE),
    SCYLLADB("ScyllaDB", "", "scylladb/scylla", 9042, Login.NONE),
    KAFKA("Kafka", "", "apache/kafka", 9092, Login.NONE),
    ZOOKEEPER("ZooKeeper", "", "zookeeper", 2181, Login.NONE),
    ETCD("etcd", "", "quay.io/coreos/etcd", 2379, Login.NONE),
    NEO4J("Neo4j", "", "neo4j", 7687, Login.NONE),
    QDRANT("Qdrant", "", "qdrant/qdrant", 6333, Login.NONE),
    WEAVIATE("Weaviate", "", "semitechnologies/weaviate", 8080, Login.NONE),
    MILVUS("Milvus", "", "milvusdb/milvus", 19530, Login.NONE),
    ARANGODB("ArangoDB", "", "arangodb", 8529, Login.NONE),
    SQL_SERVER("SQL Server", "", "mcr.microsoft.com/mssql/server", 1433, Login.NONE);

    /** Who a client of the plugin's service says it is. */
    enum Login {
        /** Nobody: the server asks for nothing. */
        NONE,
        /** A password and no name. */
        PASSWORD,
        /** A user with the plugin's name, whatever the service. */
        FIXED_USER,
        /** A user with the service's name. */
        SERVICE_USER
    }

    /** Caches: nothing is missed that can't be made again. */
    private static final Set<Datastore> CACHES = Set.of(MEMCACHED);

    /** Systems whose plugin hands its config options to the server as arguments; the others replace its start. */
    private static final Set<Datastore> TAKE_ARGUMENTS =
            Set.of(POSTGRESQL, REDIS, MYSQL, MARIADB, MONGODB, MEMCACHED, NATS, TYPESENSE);

    private final String system;
    private final String plugin;
    private final String image;
    private final int port;
    private final Login login;

    Datastore(String system, String plugin, String image, int port, Login login) {
        this.system = system;
        this.plugin = plugin;
        this.image = image;
        this.port = port;
        this.login = login;
    }

    /** As its makers write it. */
    String system() {
        return system;
    }

    /** Dokku's plugin; empty where there is none. */
    Optional<String> plugin() {
        return Optional.of(plugin).filter(name -> !name.isEmpty());
    }

    /** The image that the plugin itself would take. */
    String image() {
        return image;
    }

    int port() {
        return port;
    }

    Login login() {
        return login;
    }

    boolean isCache() {
        return CACHES.contains(this);
    }

    boolean takesArguments() {
        return TAKE_ARGUMENTS.contains(this);
    }

    /** The user that clients of the plugin's service log in as. */
    Optional<String> user(String service) {
        return switch (login) {
            case NONE, PASSWORD -> Optional.empty();
            case FIXED_USER -> Optional.of(plugin);
            case SERVICE_USER -> Optional.of(service);
        };
    }

    /** How many parts of a version choose a tag of the official image that stays in place for years. */
    int versionParts() {
        return switch (this) {
            case POSTGRESQL -> 1;
            case MEMCACHED, ELASTICSEARCH, MEILISEARCH, COUCHDB -> 3;
            default -> 2;
        };
    }

    /** Versions to choose from where the manifests name none. */
    List<String> versions() {
        return switch (this) {
            case POSTGRESQL -> List.of("14", "15", "16", "17", "18");
            case REDIS -> List.of("6", "7", "8");
            case MYSQL -> List.of("5.7", "8.0", "8.4", "9.7");
            case MARIADB -> List.of("10.6", "10.11", "11.4", "11.8", "12.2");
            case MONGODB -> List.of("5.0", "6.0", "7.0", "8.0");
            case RABBITMQ -> List.of("3.13-management", "4.0-management", "4.3-management");
            case MEMCACHED -> List.of("1.6");
            case ELASTICSEARCH -> List.of("7.17.28", "8.19.0", "9.3.3");
            case MEILISEARCH -> List.of("v1.45.0");
            case CLICKHOUSE -> List.of("24.8", "25.8", "26.5");
            case NATS -> List.of("2.10", "2.14");
            case COUCHDB -> List.of("3.5");
            default -> List.of("latest");
        };
    }

    /** Variables of the images that name the first user, the officials' before Bitnami's. */
    List<String> userVariables() {
        return switch (this) {
            case POSTGRESQL -> List.of("POSTGRES_USER", "POSTGRESQL_USERNAME", "POSTGRES_USERNAME", "POSTGRESQL_USER");
            case MYSQL, MARIADB -> List.of("MYSQL_USER", "MARIADB_USER");
            case MONGODB -> List.of("MONGO_INITDB_ROOT_USERNAME", "MONGODB_USERNAME", "MONGODB_EXTRA_USERNAMES");
            case RABBITMQ -> List.of("RABBITMQ_DEFAULT_USER", "RABBITMQ_USERNAME");
            case CLICKHOUSE -> List.of("CLICKHOUSE_USER", "CLICKHOUSE_ADMIN_USER");
            case NATS -> List.of("NATS_USERNAME", "NATS_USER");
            case COUCHDB -> List.of("COUCHDB_USER");
            case MINIO -> List.of("MINIO_ROOT_USER", "MINIO_ACCESS_KEY");
            default -> List.of();
        };
    }

    List<String> passwordVariables() {
        return switch (this) {
            case POSTGRESQL -> List.of("POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD");
            case REDIS -> List.of("REDIS_PASSWORD", "REDIS_PASS", "VALKEY_PASSWORD", "KEYDB_PASSWORD");
            case MYSQL, MARIADB -> List.of("MYSQL_PASSWORD", "MARIADB_PASSWORD");
            case MONGODB -> List.of("MONGO_INITDB_ROOT_PASSWORD", "MONGODB_PASSWORD", "MONGODB_EXTRA_PASSWORDS");
            case RABBITMQ -> List.of("RABBITMQ_DEFAULT_PASS", "RABBITMQ_PASSWORD");
            case ELASTICSEARCH -> List.of("ELASTIC_PASSWORD", "ELASTICSEARCH_PASSWORD");
            case MEILISEARCH -> List.of("MEILI_MASTER_KEY");
            case CLICKHOUSE -> List.of("CLICKHOUSE_PASSWORD", "CLICKHOUSE_ADMIN_PASSWORD");
            case NATS -> List.of("NATS_PASSWORD");
            case COUCHDB -> List.of("COUCHDB_PASSWORD");
            case TYPESENSE -> List.of("TYPESENSE_API_KEY");
            case MINIO -> List.of("MINIO_ROOT_PASSWORD", "MINIO_SECRET_KEY");
            default -> List.of();
        };
    }

    List<String> rootPasswordVariables() {
        return switch (this) {
            case POSTGRESQL ->
                List.of("POSTGRESQL_POSTGRES_PASSWORD", "POSTGRES_POSTGRES_PASSWORD", "POSTGRESQL_ADMIN_PASSWORD");
            case MYSQL, MARIADB -> List.of("MYSQL_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD");
            case MONGODB -> List.of("MONGODB_ROOT_PASSWORD");
            default -> List.of();
        };
    }

    List<String> databaseVariables() {
        return switch (this) {
            case POSTGRESQL -> List.of("POSTGRES_DB", "POSTGRESQL_DATABASE", "POSTGRES_DATABASE");
            case MYSQL, MARIADB -> List.of("MYSQL_DATABASE", "MARIADB_DATABASE");
            case MONGODB -> List.of("MONGO_INITDB_DATABASE", "MONGODB_DATABASE", "MONGODB_EXTRA_DATABASES");
            case RABBITMQ -> List.of("RABBITMQ_DEFAULT_VHOST", "RABBITMQ_VHOST");
            case CLICKHOUSE -> List.of("CLICKHOUSE_DB");
            default -> List.of();
        };
    }

    /** Words that begin a command line and start just the server that the plugin starts. */
    boolean isServer(String word) {
        String program = word.substring(word.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        return switch (this) {
            case POSTGRESQL -> Set.of("postgres", "docker-entrypoint.sh").contains(program);
            case REDIS ->
                Set.of("redis-server", "valkey-server", "keydb-server", "dragonfly", "docker-entrypoint.sh")
                        .contains(program);
            case MYSQL, MARIADB ->
                Set.of("mysqld", "mariadbd", "mysqld_safe", "docker-entrypoint.sh")
                        .contains(program);
            case MONGODB -> Set.of("mongod", "docker-entrypoint.sh").contains(program);
            case RABBITMQ -> Set.of("rabbitmq-server", "docker-entrypoint.sh").contains(program);
            case MEMCACHED, MEILISEARCH, SOLR, RETHINKDB -> program.equals(plugin);
            case NATS -> program.equals("nats-server");
            case TYPESENSE -> program.equals("typesense-server");
            default -> false;
        };
    }
}
