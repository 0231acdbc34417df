package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import landfall.ledger.Disposition;
import landfall.target.Decision;
import landfall.target.TargetService;
import landfall.target.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Databases, caches and brokers become services of Dokku's plugins; apps are led to them. */
final class DatastoreTest {
    @ParameterizedTest
    @CsvSource({
        "docker.io/bitnami/postgresql:16.2.0-debian-12-r5, 0, postgres, , 16",
        "ghcr.io/immich-app/postgres:14-vectorchord0.3.0, 0, postgres, ghcr.io/immich-app/postgres, 14-vectorchord0.3.0",
        "registry.example.org/library/valkey:8.1-alpine, 0, redis, registry.example.org/library/valkey, 8.1-alpine",
        "eqalpha/keydb:alpine_x86_64_v6.3.4, 0, redis, , ",
        "percona/percona-server-mongodb:7.0.14, 0, mongo, percona/percona-server-mongodb, 7.0.14",
        "mariadb:11.2@sha256:aaaa, 0, mariadb, , 11.2",
        "rabbitmq:3.13-management, 0, rabbitmq, , 3.13-management",
        "getmeili/meilisearch:v1.8, 0, meilisearch, , v1.8",
        "docker.elastic.co/elasticsearch/elasticsearch:8.12.0, 0, elasticsearch, docker.elastic.co/elasticsearch/elasticsearch, 8.12.0",
        "example/orders-mysql:2, 3306, mysql, example/orders-mysql, 2",
        "example/user-db:0.3, 27017, mongo, example/user-db, 0.3"
    })
    void aServerIsKnownByItsImage(String image, int port, String plugin, String own, String version) {
        TargetService service = Planned.of(workload("orders-store", image, "ports: [{containerPort: " + port + "}]"))
                .target()
                .services()
                .getFirst();
        assertThat(service.type()).isEqualTo(plugin);
        assertThat(service.image().orElse(null)).isEqualTo(own);
        assertThat(service.imageVersion().orElse(null)).isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource({
        "oliver006/redis_exporter:v1.6, 9121",
        "example/hello-app-redis:1.0, 8080",
        "mongo-express:1.0, 8081",
        "edoburu/pgbouncer:1.2, 5432",
        "example/wait-for-postgres:1, 5432"
    })
    void whatSpeaksToAServerIsNone(String image, int port) {
        assertThat(Planned.of(workload("shop", image, "ports: [{containerPort: " + port + "}]"))
                        .target()
                        .services())
                .isEmpty();
    }

    @Test
    void aDatabasesImageThatOnlyRunsItsClientIsNoDatabase() {
        assertThat(Planned.of(workload(
                                "dumper", "postgres:16", "command: [sh, -c, 'pg_dump -h db app > /out/app.sql']"))
                        .target()
                        .services())
                .isEmpty();
    }

    @Test
    void appsGetTheHostUserDatabaseAndPasswordOfTheService() {
        Planned planned =
                Planned.of(workload("mysql", "mysql:8.0", """
                env:
                  - {name: MYSQL_USER, value: ghost}
                  - {name: MYSQL_PASSWORD, value: hunter22}
                  - {name: MYSQL_ROOT_PASSWORD, value: rootroot}
                  - {name: MYSQL_DATABASE, value: blog}
                  - {name: TZ, value: UTC}
                args: [--character-set-server=utf8mb4, --max_connections=300]
                """) + service("mysql", 3306) + Planned.shop("""
                env:
                  - {name: DB_HOST, value: mysql}
                  - {name: DB_USER, value: ghost}
                  - {name: DB_PASSWORD, value: hunter22}
                  - {name: DB_NAME, value: blog}
                  - {name: ADMIN_URL, value: "mysql://root:rootroot@mysql:3306/blog?ssl=0"}
                """, ""));
        Map<String, Value> environment = planned.shop().environment();
        assertThat(environment)
                .containsEntry("DB_HOST", new Value.Plain("dokku-mysql-shop-mysql"))
                .containsEntry("DB_USER", new Value.Plain("mysql"))
                .containsEntry("DB_NAME", new Value.Plain("shop_mysql"))
                .containsEntry("DB_PASSWORD", new Value.Composed("shop_DB_PASSWORD", "", "shop_mysql_password", ""))
                .containsEntry(
                        "ADMIN_URL",
                        new Value.Composed(
                                "shop_ADMIN_URL",
                                "mysql://root:",
                                "shop_mysql_root_password",
                                "@dokku-mysql-shop-mysql:3306/shop_mysql?ssl=0"));
        TargetService service = planned.target().services().getFirst();
        assertThat(service.configOptions()).contains("--character-set-server=utf8mb4 --max_connections=300");
        assertThat(service.customEnvironment()).containsExactly(Map.entry("TZ", "UTC"));
        assertThat(service.password()).contains("shop_mysql_password");
        assertThat(service.rootPassword()).contains("shop_mysql_root_password");
        assertThat(planned.open()).containsExactly("mysql-data");
    }

    @Test
    void theDumpIsSpelledOutWithTheDatabasesName() {
        Planned planned = Planned.of(workload("mysql", "mysql:8.0", "env: [{name: MYSQL_DATABASE, value: blog}]"));
        assertThat(decision(planned, "mysql-data").options().get("dump"))
                .contains("kubectl exec -n default deployment/mysql -- ")
                .contains(" blog")
                .contains("| ssh dokku@HOST mysql:import mysql");
    }

    @Test
    void aServerThatStaysKeepsItsAddressInTheApps() {
        Planned planned = Planned.of(
                workload("redis", "redis:7", "")
                        + service("redis", 6379)
                        + Planned.shop("env: [{name: REDIS_HOST, value: redis}]", ""),
                Map.of("redis-data", "keep-elsewhere"));
        assertThat(planned.target().services()).isEmpty();
        assertThat(planned.shop().environment()).containsEntry("REDIS_HOST", new Value.Plain("redis"));
    }

    @Test
    void anAppThatKnowsNoPasswordIsAskedAbout() {
        Planned planned = Planned.of(workload("redis", "redis:7", "")
                + service("redis", 6379)
                + Planned.shop("env: [{name: REDIS_HOST, value: redis}]", ""));
        assertThat(planned.open()).contains("login-shop-redis");
        assertThat(planned.target().services().getFirst().password()).contains("shop_redis_password");
    }

    @Test
    void aConfigurationFileBecomesOptionsAndNamesWhatTheyCantSay() {
        Planned planned = Planned.of(workload(
                        "cache",
                        "redis:7",
                        "command: [redis-server, /etc/redis/redis.conf]\n"
                                + "volumeMounts: [{name: settings, mountPath: /etc/redis}]",
                        "volumes: [{name: settings, configMap: {name: settings}}]")
                + """
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: settings}
                data:
                  redis.conf: |
                    # a cache
                    maxmemory 256mb
                    maxmemory-policy allkeys-lru
                    bind 0.0.0.0
                    rename-command FLUSHALL ""
                """);
        assertThat(planned.target().services().getFirst().configOptions())
                .contains("--maxmemory 256mb --maxmemory-policy allkeys-lru");
        assertThat(decision(planned, "config-cache").question()).contains("rename-command in it; the rest is carried");
    }

    @Test
    void aPasswordThatStandsInTheOpenIsKeptInTheMovesSecrets() {
        Planned planned = Planned.of(workload("db", "postgres:16", """
                env:
                  - {name: POSTGRES_USER, value: shop}
                  - {name: POSTGRES_PASSWORD, value: hunter22}
                """));
        TargetService.DatabaseMove move =
                planned.target().services().getFirst().move().orElseThrow();
        assertThat(move.sourcePasswordSecret()).isEqualTo("secrets.yml#db_source_password");
        assertThat(move.sourcePassword().orElseThrow().reveal()).isEqualTo("hunter22");
    }

    @Test
    void aPasswordWhoseSecretIsOnTheClusterOnlyIsRecognisedInTheApp() {
        String reference = "valueFrom: {secretKeyRef: {name: outside, key: pass}}}";
        Planned planned = Planned.of(workload(
                        "db",
                        "postgres:16",
                        "env: [{name: POSTGRES_USER, value: shop}, {name: POSTGRES_PASSWORD, " + reference + "]")
                + service("db", 5432)
                + Planned.shop("env: [{name: PGHOST, value: db}, {name: PGPASSWORD, " + reference + "]", ""));
        assertThat(planned.target().services().getFirst().move().orElseThrow().sourcePasswordSecret())
                .isEqualTo("outside/pass");
        assertThat(planned.shop().environment())
                .containsEntry("PGPASSWORD", new Value.Composed("shop_PGPASSWORD", "", "shop_db_password", ""));
        assertThat(planned.open()).isEmpty();
    }

    @Test
    void aSystemWithoutAPluginIsAnAppThatNobodyCopiesFilesTo() {
        Planned planned = Planned.of(workload(
                "events",
                "influxdb:2.7",
                "ports: [{containerPort: 8086}]\nvolumeMounts: [{name: data, mountPath: /var/lib/influxdb2}]",
                "volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]"));
        assertThat(planned.target().app("events")).isPresent();
        assertThat(planned.target().entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.source()).isEmpty());
        assertThat(planned.target().app("events").orElseThrow().web().isInternal())
                .as("nobody outside reached it")
                .isTrue();
        assertThat(planned.open()).contains("events-data");
    }

    @Test
    void everyFieldOfADatabasesPodIsConsidered() {
        Planned planned = Planned.of(workload("cache", "redis:7", """
                securityContext: {runAsNonRoot: true, capabilities: {drop: [ALL]}}
                lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}
                resources: {limits: {cpu: 500m, memory: 128Mi}}
                """, """
                serviceAccountName: cache
                initContainers: [{name: fix, image: busybox, command: [sh, -c, chown -R 999 /data]}]
                """));
        assertThat(planned.leaf("cache", "initContainers[0].command[2]").disposition())
                .isEqualTo(Disposition.SATISFIED);
        assertThat(planned.leaf("cache", "limits.memory").disposition()).isEqualTo(Disposition.CARRIED);
        assertThat(planned.lost())
                .anySatisfy(text -> assertThat(text).contains("capabilities, runAsNonRoot"))
                .anySatisfy(text -> assertThat(text).contains("CPU limit"));
        assertThat(planned.decisions()).noneMatch(id -> id.startsWith("fields-"));
    }

    private static Decision decision(Planned planned, String id) {
        return planned.target().decisions().stream()
                .filter(decision -> decision.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static String workload(String name, String image, String container) {
        return workload(name, image, container, "");
    }

    private static String workload(String name, String image, String container, String pod) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: NAME}
                spec:
                  template:
                    metadata: {labels: {app: NAME}}
                    spec:
                """.replace("NAME", name) + pod.indent(6) + """
                      containers:
                        - name: server
                          image: "IMAGE"
                """.replace("IMAGE", image) + container.indent(10) + "---\n";
    }

    private static String service(String name, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: NAME}
                spec: {selector: {app: NAME}, ports: [{port: PORT}]}
                ---
                """.replace("NAME", name).replace("PORT", String.valueOf(port));
    }
}
