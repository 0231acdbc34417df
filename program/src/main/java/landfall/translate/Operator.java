package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Operators that make a PostgreSQL database of one object: where each keeps what Landfall asks of it. */
enum Operator {
    CLOUDNATIVE_PG("CloudNativePG", "postgresql.cnpg.io", "Cluster"),
    ZALANDO("Zalando's operator", "acid.zalan.do", "postgresql"),
    CRUNCHY("Crunchy's operator", "postgres-operator.crunchydata.com", "PostgresCluster"),
    PERCONA("Percona's operator", "pgv2.percona.com", "PerconaPGCluster");

    private final String words;
    private final String group;
    private final String kind;

    Operator(String words, String group, String kind) {
        this.words = words;
        this.group = group;
        this.kind = kind;
    }

    /** As a sentence names it. */
    String words() {
        return words;
    }

    String group() {
        return group;
    }

    String kind() {
        return kind;
    }

    /** The Services it makes; the first leads to the server that takes writes, the second to those for reading. */
    List<String> services(Field cluster) {
        String name = cluster.object().name();
        return switch (this) {
            case CLOUDNATIVE_PG -> {
                List<String> names = new ArrayList<>(List.of(name + "-rw", name + "-ro", name + "-r"));
                cluster.at("spec", "managed", "services", "additional")
                        .items()
                        .forEach(service -> service.at("serviceTemplate", "metadata", "name")
                                .text()
                                .ifPresent(names::add));
                yield names;
            }
            case ZALANDO -> List.of(name, name + "-repl", name + "-pooler", name + "-pooler-repl");
            case CRUNCHY, PERCONA -> List.of(name + "-primary", name + "-replicas", name + "-ha", name + "-pgbouncer");
        };
    }

    /** The user that apps log in as, and the database that is theirs. */
    String owner(Field cluster) {
        return switch (this) {
            case CLOUDNATIVE_PG -> {
                Field start = start(cluster);
                yield start.at("owner").text(start.at("database").text("app"));
            }
            case ZALANDO -> {
                Map<String, Field> databases = cluster.at("spec", "databases").entries();
                yield databases.isEmpty()
                        ? cluster.at("spec", "users").entries().keySet().stream()
                                .findFirst()
                                .orElse("postgres")
                        : databases.values().iterator().next().text("postgres");
            }
            case CRUNCHY, PERCONA ->
                firstUser(cluster).at("name").text(cluster.object().name());
        };
    }

    String database(Field cluster) {
        return switch (this) {
            case CLOUDNATIVE_PG -> start(cluster).at("database").text("app");
            case ZALANDO ->
                cluster.at("spec", "databases").entries().keySet().stream()
                        .findFirst()
                        .orElse("postgres");
            case CRUNCHY, PERCONA -> {
                List<String> databases = firstUser(cluster).at("databases").texts();
                yield databases.isEmpty() ? cluster.object().name() : databases.getFirst();
            }
        };
    }

    /** Databases beside the one that becomes the service's. */
    List<Field> furtherDatabases(Field cluster) {
        return switch (this) {
            case CLOUDNATIVE_PG -> List.of();
            case ZALANDO ->
                cluster.at("spec", "databases").entries().values().stream()
                        .skip(1)
                        .toList();
            case CRUNCHY, PERCONA -> {
                List<Field> users = cluster.at("spec", "users").items();
                Stream<Field> ofOthers = users.stream().skip(1);
                Stream<Field> ofFirst =
                        firstUser(cluster).at("databases").items().stream().skip(1);
                yield Stream.concat(ofFirst, ofOthers).toList();
            }
        };
    }

    /** How a CloudNativePG cluster was made: each way may name the apps' database, owner and Secret. */
    private static Field start(Field cluster) {
        Field bootstrap = cluster.at("spec", "bootstrap");
        return Stream.of("initdb", "recovery", "pg_basebackup")
                .map(way -> bootstrap.at(way))
                .filter(Field::exists)
                .findFirst()
                .orElse(bootstrap.at("initdb"));
    }

    private static Field firstUser(Field cluster) {
        List<Field> users = cluster.at("spec", "users").items();
        return users.isEmpty() ? cluster.at("spec", "users", "none") : users.getFirst();
    }

    /** The Secret that it makes for the apps' user. */
    String secret(Field cluster) {
        String name = cluster.object().name();
        return switch (this) {
            case CLOUDNATIVE_PG -> start(cluster).at("secret", "name").text(name + "-app");
            case ZALANDO -> owner(cluster).replace('_', '-') + "." + name + ".credentials.postgresql.acid.zalan.do";
            case CRUNCHY, PERCONA -> name + "-pguser-" + owner(cluster);
        };
    }

    /** The keys of that Secret; what only the cluster knows is a stand-in. */
    Map<String, String> keys(Field cluster, String namespace) {
        String secret = secret(cluster);
        String owner = owner(cluster);
        String database = database(cluster);
        String host = services(cluster).getFirst();
        String password = Draft.standIn(secret, "password");
        String uri = "postgresql://" + owner + ":" + password + "@" + host + "." + namespace + ":5432/" + database;
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("username", owner);
        keys.put("user", owner);
        keys.put("password", password);
        if (this != ZALANDO) {
            keys.put("dbname", database);
            keys.put("host", host);
            keys.put("port", "5432");
            keys.put("uri", uri);
            keys.put("fqdn-uri", uri);
            keys.put("pgbouncer-host", host);
            keys.put("pgbouncer-port", "5432");
            keys.put("pgbouncer-uri", uri);
        }
        return keys;
    }

    /** Where it says which PostgreSQL it runs: a number, or the tag of an image. */
    List<Field> versions(Field cluster) {
        Field spec = cluster.at("spec");
        return switch (this) {
            case CLOUDNATIVE_PG -> List.of(spec.at("imageCatalogRef", "major"), spec.at("imageName"));
            case ZALANDO -> List.of(spec.at("postgresql", "version"));
            case CRUNCHY, PERCONA -> List.of(spec.at("postgresVersion"));
        };
    }

    /** Maps of the server's parameters. */
    List<Field> parameters(Field cluster) {
        Field spec = cluster.at("spec");
        return switch (this) {
            case CLOUDNATIVE_PG, ZALANDO -> List.of(spec.at("postgresql", "parameters"));
            case CRUNCHY, PERCONA ->
                List.of(
                        spec.at("patroni", "dynamicConfiguration", "postgresql", "parameters"),
                        spec.at("config", "parameters"));
        };
    }

    /** The number of servers, and what each of them asks for. */
    List<Field> instances(Field cluster) {
        Field spec = cluster.at("spec");
        return switch (this) {
            case CLOUDNATIVE_PG -> List.of(spec.at("instances"));
            case ZALANDO -> List.of(spec.at("numberOfInstances"));
            case CRUNCHY, PERCONA ->
                spec.at("instances").items().stream()
                        .map(set -> set.at("replicas"))
                        .toList();
        };
    }

    Field resources(Field cluster) {
        Field spec = cluster.at("spec");
        return switch (this) {
            case CLOUDNATIVE_PG, ZALANDO -> spec.at("resources");
            case CRUNCHY, PERCONA ->
                spec.at("instances").items().stream()
                        .findFirst()
                        .map(set -> set.at("resources"))
                        .orElse(spec.at("resources"));
        };
    }

    /** Sizes of disks. */
    List<Field> storage(Field cluster) {
        Field spec = cluster.at("spec");
        return switch (this) {
            case CLOUDNATIVE_PG -> List.of(spec.at("storage", "size"), spec.at("walStorage", "size"));
            case ZALANDO -> List.of(spec.at("volume", "size"));
            case CRUNCHY, PERCONA ->
                spec.at("instances").items().stream()
                        .flatMap(set -> Stream.of("dataVolumeClaimSpec", "walVolumeClaimSpec")
                                .map(claim -> set.at(claim, "resources", "requests", "storage")))
                        .toList();
        };
    }

    /** How a shell on the cluster reaches the server that takes writes. */
    String exec(Field cluster, String namespace) {
        String name = cluster.object().name();
        return switch (this) {
            case CLOUDNATIVE_PG -> "kubectl exec -n " + namespace + " service/" + name + "-rw -c postgres --";
            case ZALANDO -> "kubectl exec -n " + namespace + " " + name + "-0 -c postgres --";
            case CRUNCHY, PERCONA ->
                "kubectl exec -n " + namespace + " $(kubectl get pod -n " + namespace
                        + " -o name -l postgres-operator.crunchydata.com/cluster=" + name
                        + ",postgres-operator.crunchydata.com/role=" + (this == CRUNCHY ? "master" : "primary")
                        + ") -c database --";
        };
    }

    /** The label by which a Service of the user's own finds this operator's pods. */
    String clusterLabel() {
        return switch (this) {
            case CLOUDNATIVE_PG -> "cnpg.io/cluster";
            case ZALANDO -> "cluster-name";
            case CRUNCHY, PERCONA -> "postgres-operator.crunchydata.com/cluster";
        };
    }
}
