package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import landfall.ledger.Disposition;
import landfall.target.TargetService;
import landfall.target.Value;
import org.junit.jupiter.api.Test;

/** Databases that an operator makes of one object, and the apps that use what is in no manifest. */
final class OperatorTest {
    private static final String CLOUDNATIVE_PG = """
            apiVersion: postgresql.cnpg.io/v1
            kind: Cluster
            metadata: {name: orders}
            spec:
              instances: 3
              imageName: ghcr.io/cloudnative-pg/postgresql:16.4
              storage: {size: 10Gi, storageClass: fast}
              bootstrap: {initdb: {database: shopdb, owner: shopper}}
              postgresql: {parameters: {max_connections: "300", log_line_prefix: "%m [%p]"}}
              resources: {limits: {memory: 1Gi}}
              affinity: {topologyKey: kubernetes.io/hostname}
            ---
            """;

    private static String secret(String variable, String secret, String key) {
        return "  - {name: " + variable + ", valueFrom: {secretKeyRef: {name: " + secret + ", key: " + key + "}}}\n";
    }

    @Test
    void aClusterIsAServiceOfItsVersionSizeAndParameters() {
        Planned planned = Planned.of(CLOUDNATIVE_PG);
        TargetService service = planned.target().services().getFirst();
        assertThat(service.name()).isEqualTo("orders");
        assertThat(service.imageVersion()).contains("16");
        assertThat(service.configOptions()).contains("-c wal_level=logical -c max_connections=300");
        assertThat(service.memoryMegabytes()).hasValue(1024);
        assertThat(service.move()).as("nothing is promised that sync can't do").isEmpty();
        assertThat(planned.open()).containsExactlyInAnyOrder("orders-data", "setting-orders");
        assertThat(planned.leaf("orders", "spec.affinity.topologyKey").disposition())
                .isEqualTo(Disposition.IRRELEVANT);
        assertThat(planned.leaf("orders", "spec.instances").disposition()).isEqualTo(Disposition.LOST);
    }

    @Test
    void theSecretThatTheOperatorMakesIsKnownWithoutBeingThere() {
        Planned planned = Planned.of(CLOUDNATIVE_PG
                + Planned.shop(
                        "env:\n" + secret("DATABASE_URL", "orders-app", "uri")
                                + secret("PGPASSWORD", "orders-app", "password")
                                + secret("PGUSER", "orders-app", "username") + secret("PGHOST", "orders-app", "host")
                                + "  - {name: READ_HOST, value: orders-ro.default.svc}\n",
                        ""));
        Map<String, Value> environment = planned.shop().environment();
        assertThat(environment)
                .containsEntry(
                        "DATABASE_URL",
                        new Value.Composed(
                                "shop_DATABASE_URL",
                                "postgresql://postgres:",
                                "shop_db_password",
                                "@dokku-postgres-shop-db:5432/shop_db"))
                .containsEntry("PGPASSWORD", new Value.Composed("shop_PGPASSWORD", "", "shop_db_password", ""))
                .containsEntry("PGUSER", new Value.Plain("postgres"))
                .containsEntry("PGHOST", new Value.Plain("dokku-postgres-shop-db"))
                .containsEntry("READ_HOST", new Value.Plain("dokku-postgres-shop-db"));
        assertThat(planned.open()).doesNotContain("missing-orders-app-shop");
    }

    @Test
    void aPoolerLeadsToTheServiceItself() {
        Planned planned =
                Planned.of(CLOUDNATIVE_PG + """
                apiVersion: postgresql.cnpg.io/v1
                kind: Pooler
                metadata: {name: orders-pool}
                spec: {cluster: {name: orders}, instances: 2, type: rw, pgbouncer: {poolMode: session}}
                ---
                """ + Planned.shop("env: [{name: PGHOST, value: orders-pool}]", ""));
        assertThat(planned.shop().environment()).containsEntry("PGHOST", new Value.Plain("dokku-postgres-shop-db"));
        assertThat(planned.lost()).anySatisfy(text -> assertThat(text).contains("the pooling of connections"));
    }

    @Test
    void aClusterThatStaysLeavesItsPasswordToTheUser() {
        Planned planned = Planned.of(
                CLOUDNATIVE_PG
                        + Planned.shop(
                                "env:\n" + secret("PGPASSWORD", "orders-app", "password")
                                        + "  - {name: PGHOST, value: orders-rw}\n",
                                ""),
                Map.of("orders-data", "keep-elsewhere"));
        assertThat(planned.target().services()).isEmpty();
        assertThat(planned.shop().environment())
                .containsEntry("PGHOST", new Value.Plain("orders-rw"))
                .containsEntry(
                        "PGPASSWORD",
                        new Value.Asked("shop_PGPASSWORD", "PGPASSWORD of shop, key password of Secret/orders-app"));
    }

    @Test
    void zalandosSecretsAreNamedAfterUserAndCluster() {
        Planned planned = Planned.of("""
                apiVersion: acid.zalan.do/v1
                kind: postgresql
                metadata: {name: acid-orders}
                spec:
                  teamId: acid
                  numberOfInstances: 1
                  volume: {size: 5Gi}
                  users: {shop_owner: [createdb]}
                  databases: {shop: shop_owner}
                  postgresql: {version: "15"}
                ---
                """
                + Planned.shop(
                        "env:\n"
                                + secret(
                                        "PGPASSWORD",
                                        "shop-owner.acid-orders.credentials.postgresql.acid.zalan.do",
                                        "password")
                                + "  - {name: PGHOST, value: acid-orders}\n",
                        ""));
        assertThat(planned.target().services().getFirst().imageVersion()).contains("15");
        assertThat(planned.shop().environment())
                .containsEntry("PGHOST", new Value.Plain("dokku-postgres-shop-db"))
                .containsEntry("PGPASSWORD", new Value.Composed("shop_PGPASSWORD", "", "shop_db_password", ""));
        assertThat(planned.open()).containsExactly("acid-orders-data");
    }

    @Test
    void crunchysSecondUserIsADecision() {
        Planned planned = Planned.of("""
                apiVersion: postgres-operator.crunchydata.com/v1beta1
                kind: PostgresCluster
                metadata: {name: hippo}
                spec:
                  postgresVersion: 16
                  users: [{name: rhino, databases: [zoo]}, {name: gnu}]
                  instances: [{name: one, replicas: 1, dataVolumeClaimSpec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]
                  backups: {pgbackrest: {repos: [{name: repo1}]}}
                ---
                """ + Planned.shop("env:\n" + secret("URL", "hippo-pguser-rhino", "uri"), ""));
        assertThat(planned.open()).containsExactlyInAnyOrder("hippo-data", "databases-hippo");
        assertThat(planned.shop().environment().get("URL")).isInstanceOf(Value.Composed.class);
        assertThat(planned.lost()).anySatisfy(text -> assertThat(text).contains("pgBackRest"));
    }
}
