package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import landfall.ledger.Disposition;
import landfall.target.Decision;
import landfall.target.TargetApp;
import landfall.target.TargetService;
import landfall.target.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MinIO becomes a service of the objects plugin, and what apps know of it leads there. */
final class ObjectStoreTest {
    private static final String MINIO = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: minio}
            spec:
              template:
                metadata: {labels: {app: minio}}
                spec:
                  containers:
                    - name: minio
                      image: quay.io/minio/minio:RELEASE.2024-01-01T00-00-00Z
                      args: [server, /data, --console-address, ":9001"]
                      envFrom: [{secretRef: {name: minio-root}}]
                      env:
                        - {name: MINIO_BROWSER, value: "off"}
                        - {name: TZ, value: UTC}
                      ports: [{containerPort: 9000}, {containerPort: 9001}]
                      volumeMounts: [{name: data, mountPath: /data}]
                  volumes: [{name: data, persistentVolumeClaim: {claimName: minio-data}}]
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: minio-data}
            spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 5Gi}}}
            ---
            apiVersion: v1
            kind: Secret
            metadata: {name: minio-root}
            stringData: {MINIO_ROOT_USER: shopkeeper, MINIO_ROOT_PASSWORD: correct-horse}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: minio}
            spec:
              selector: {app: minio}
              ports: [{name: api, port: 80, targetPort: 9000}, {name: console, port: 9001}]
            ---
            """;

    @Test
    void theAppsSettingsKeepTheirNamesAndLeadToTheService() {
        Planned planned = Planned.of(MINIO + Planned.shop("""
                env:
                  - {name: S3_ENDPOINT, value: "http://minio"}
                  - {name: AWS_ENDPOINT_URL, value: "http://minio.default.svc.cluster.local:80"}
                  - {name: S3_BUCKET, value: uploads}
                  - {name: ASSETS_BUCKET_NAME, value: assets}
                  - {name: AWS_REGION, value: eu-central-1}
                  - name: S3_ACCESS_KEY
                    valueFrom: {secretKeyRef: {name: minio-root, key: MINIO_ROOT_USER}}
                  - name: S3_SECRET_KEY
                    valueFrom: {secretKeyRef: {name: minio-root, key: MINIO_ROOT_PASSWORD}}
                """, ""));
        TargetService service = planned.target().services().getFirst();
        assertThat(service.type()).isEqualTo("objects");
        assertThat(service.name()).isEqualTo("shop-objects");
        assertThat(service.image()).isEmpty();
        assertThat(service.imageVersion()).isEmpty();
        assertThat(service.password()).contains("shop_objects_password");
        assertThat(service.customEnvironment())
                .containsOnly(
                        Map.entry("OBJECTS_BUCKETS", "assets,uploads"),
                        Map.entry("OBJECTS_REGION", "eu-central-1"),
                        Map.entry("TZ", "UTC"));
        Map<String, Value> environment = planned.shop().environment();
        assertThat(environment)
                .containsEntry("S3_ENDPOINT", new Value.Plain("http://dokku-objects-shop-objects:9000"))
                .containsEntry("AWS_ENDPOINT_URL", new Value.Plain("http://dokku-objects-shop-objects:9000"))
                .containsEntry("S3_BUCKET", new Value.Plain("uploads"))
                .containsEntry(
                        "S3_SECRET_KEY", new Value.Composed("shop_S3_SECRET_KEY", "", "shop_objects_password", ""));
        assertThat(environment.get("S3_ACCESS_KEY"))
                .isInstanceOfSatisfying(
                        Value.Hidden.class,
                        hidden -> assertThat(hidden.secret().reveal()).isEqualTo("shop-objects"));
        assertThat(planned.shop().links()).contains(new TargetApp.Link("objects", "shop-objects"));
        assertThat(planned.open()).containsExactly("minio-data");
        assertThat(planned.target().entries()).isEmpty();
    }

    @Test
    void theQuestionSaysThatTheObjectsComeByHandAndHow() {
        Planned planned = Planned.of(MINIO + Planned.shop("env: [{name: S3_ENDPOINT, value: 'http://minio'}]", ""));
        assertThat(decision(planned, "minio-data").question()).contains("doesn't copy the objects");
        assertThat(decision(planned, "minio-data").options())
                .containsOnlyKeys("copy", "recreate", "app", "keep-elsewhere");
        assertThat(decision(planned, "minio-data").options().get("copy"))
                .contains("dokku objects:expose shop-objects")
                .contains("mc mirror --preserve old/BUCKET new/BUCKET");
    }

    @Test
    void minioItselfRunsAsAnAppWhereTheUserWantsIt() {
        Planned planned = Planned.of(
                MINIO + Planned.shop("env: [{name: S3_ENDPOINT, value: 'http://minio'}]", ""),
                Map.of("minio-data", "app"));
        assertThat(planned.target().services()).isEmpty();
        assertThat(planned.target().app("minio")).isPresent();
        assertThat(planned.shop().environment()).containsEntry("S3_ENDPOINT", new Value.Plain("http://minio.web:9000"));
        assertThat(planned.open()).doesNotContain("minio-data");
    }

    @Test
    void minioThatStaysKeepsItsAddressInTheApps() {
        Planned planned = Planned.of(
                MINIO + Planned.shop("env: [{name: S3_ENDPOINT, value: 'http://minio'}]", ""),
                Map.of("minio-data", "keep-elsewhere"));
        assertThat(planned.target().services()).isEmpty();
        assertThat(planned.target().app("minio")).isEmpty();
        assertThat(planned.shop().environment()).containsEntry("S3_ENDPOINT", new Value.Plain("http://minio"));
    }

    @ParameterizedTest
    @CsvSource({"service, shop-objects, true", "later, uploader, false"})
    void keysThatOnlyMinioKnowsAreAskedAbout(String answer, String accessKey, boolean isServices) {
        String shop = Planned.shop("""
                env:
                  - {name: S3_HOST, value: "minio:80"}
                  - {name: S3_ACCESS_KEY_ID, value: uploader}
                  - {name: S3_SECRET_ACCESS_KEY, value: uploader-secret}
                  - {name: STORAGE_ENCRYPTION_KEY, value: keep-me}
                """, "");
        Planned open = Planned.of(MINIO + shop);
        assertThat(open.open()).containsExactlyInAnyOrder("minio-data", "keys-shop-shop-objects");
        Planned planned = Planned.of(MINIO + shop, Map.of("keys-shop-shop-objects", answer));
        Map<String, Value> environment = planned.shop().environment();
        assertThat(environment.get("S3_HOST")).isEqualTo(new Value.Plain("dokku-objects-shop-objects:9000"));
        assertThat(environment.get("S3_ACCESS_KEY_ID")).isInstanceOfAny(Value.Plain.class, Value.Hidden.class);
        assertThat(text(environment, "S3_ACCESS_KEY_ID")).isEqualTo(accessKey);
        assertThat(environment.get("S3_SECRET_ACCESS_KEY") instanceof Value.Composed)
                .isEqualTo(isServices);
        assertThat(text(environment, "STORAGE_ENCRYPTION_KEY")).isEqualTo("keep-me");
    }

    private static String text(Map<String, Value> environment, String variable) {
        return switch (java.util.Objects.requireNonNull(environment.get(variable), variable)) {
            case Value.Plain plain -> plain.text();
            case Value.Hidden hidden -> hidden.secret().reveal();
            case Value.Composed composed -> composed.toString();
            case Value.Asked asked -> asked.toString();
        };
    }

    @Test
    void foldersMadeBeforeTheServerAreBuckets() {
        Planned planned = Planned.of("""
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: store}
                spec:
                  template:
                    spec:
                      containers:
                        - name: minio
                          image: minio/minio
                          command: [sh, -c, "mkdir -p /export/velero /export/loki && exec minio server /export"]
                          env: [{name: MINIO_SITE_REGION, value: eu-west-1}]
                """);
        assertThat(planned.target().services().getFirst().customEnvironment())
                .containsOnly(Map.entry("OBJECTS_BUCKETS", "loki,velero"), Map.entry("OBJECTS_REGION", "eu-west-1"));
        assertThat(planned.open()).containsExactly("store-data");
    }

    @Test
    void bucketsOfBitnamisImageAreMade() {
        Planned planned = Planned.of("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: store}
                spec:
                  template:
                    spec:
                      containers:
                        - name: minio
                          image: docker.io/bitnami/minio:2024.1.1-debian-11-r0
                          env:
                            - {name: MINIO_DEFAULT_BUCKETS, value: "media:public, backups"}
                            - {name: MINIO_NOTIFY_WEBHOOK_ENABLE, value: "on"}
                """);
        assertThat(planned.target().services().getFirst().customEnvironment())
                .containsOnly(Map.entry("OBJECTS_BUCKETS", "backups,media"));
        assertThat(planned.open()).containsExactlyInAnyOrder("store-data", "setting-store");
    }

    @Test
    void everyFieldOfMinioIsSettled() {
        Planned planned = Planned.of(MINIO);
        assertThat(planned.ledger().entries()).noneMatch(entry -> entry.rule().equals("unknown"));
        assertThat(planned.ledger().entries().stream()
                        .filter(entry -> entry.disposition() == Disposition.DECISION)
                        .map(entry -> entry.path().toString()))
                .isEqualTo(List.of());
    }

    private static Decision decision(Planned planned, String id) {
        return planned.target().decisions().stream()
                .filter(decision -> decision.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
