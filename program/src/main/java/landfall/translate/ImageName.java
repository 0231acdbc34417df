package landfall.translate;

import java.util.Map;
import java.util.Optional;

/**
 * The name of a container image in its parts.
 *
 * @param repository with registry and path, as written
 */
record ImageName(String repository, Optional<String> tag, Optional<String> digest) {
    private static final Map<String, String> DATABASES = Map.ofEntries(
            Map.entry("postgres", "PostgreSQL"),
            Map.entry("postgresql", "PostgreSQL"),
            Map.entry("postgis", "PostgreSQL"),
            Map.entry("pgvector", "PostgreSQL"),
            Map.entry("timescaledb", "PostgreSQL"),
            Map.entry("redis", "Redis"),
            Map.entry("valkey", "Redis"),
            Map.entry("mysql", "MySQL"),
            Map.entry("mariadb", "MariaDB"),
            Map.entry("percona", "MySQL"),
            Map.entry("mongo", "MongoDB"),
            Map.entry("mongodb", "MongoDB"),
            Map.entry("rabbitmq", "RabbitMQ"),
            Map.entry("memcached", "Memcached"),
            Map.entry("elasticsearch", "Elasticsearch"),
            Map.entry("opensearch", "OpenSearch"),
            Map.entry("minio", "MinIO"),
            Map.entry("cockroach", "CockroachDB"),
            Map.entry("clickhouse-server", "ClickHouse"),
            Map.entry("clickhouse", "ClickHouse"),
            Map.entry("cassandra", "Cassandra"),
            Map.entry("kafka", "Kafka"),
            Map.entry("nats", "NATS"),
            Map.entry("etcd", "etcd"),
            Map.entry("influxdb", "InfluxDB"),
            Map.entry("meilisearch", "Meilisearch"),
            Map.entry("couchdb", "CouchDB"));

    static ImageName of(String text) {
        int at = text.indexOf('@');
        Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
        String rest = at < 0 ? text : text.substring(0, at);
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            return new ImageName(rest.substring(0, colon), Optional.of(rest.substring(colon + 1)), digest);
        }
        return new ImageName(rest, Optional.empty(), digest);
    }

    String lastPart() {
        return repository.substring(repository.lastIndexOf('/') + 1);
    }

    /** The database system it is known to hold, by the last part of its name. */
    Optional<String> database() {
        return Optional.ofNullable(DATABASES.get(lastPart()));
    }

    /** True for the image that Docker itself publishes under this short name. */
    boolean isOfficial(String name) {
        return repository.equals(name)
                || repository.equals("library/" + name)
                || repository.equals("docker.io/" + name)
                || repository.equals("docker.io/library/" + name);
    }
}
