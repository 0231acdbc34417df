package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import landfall.target.StorageEntry;
import landfall.target.TargetApp;
import org.junit.jupiter.api.Test;

/** Volumes: which become storage entries, which become files of the image, and which stay on the host. */
final class VolumesTest {
    @Test
    void filesOfASecretStayOnTheHostAndOutOfTheImage() {
        Planned planned =
                Planned.of("""
                apiVersion: v1
                kind: Secret
                metadata: {name: tls}
                stringData: {key.pem: PRIVATE, cert.pem: PUBLIC}
                ---
                """ + Planned.shop("volumeMounts: [{name: tls, mountPath: /etc/tls, readOnly: true}]", """
                volumes: [{name: tls, secret: {secretName: tls, items: [{key: key.pem, path: server.key}]}}]
                """));
        TargetApp shop = planned.shop();
        assertThat(shop.bakedFiles()).isEmpty();
        assertThat(shop.mounts()).containsExactly(new TargetApp.Mount("shop-tls", "/etc/tls", Optional.empty(), true));
        StorageEntry entry = planned.target().entries().getFirst();
        assertThat(entry.files()).singleElement().satisfies(file -> {
            assertThat(file.path()).isEqualTo("server.key");
            assertThat(file.mode()).isEqualTo("0600");
            assertThat(file.secret()).isEqualTo("shop_file_tls_server_key");
            assertThat(file.content().orElseThrow().reveal()).isEqualTo("PRIVATE");
        });
        assertThat(planned.open()).containsExactly("secret-files-shop");
    }

    @Test
    void filesOfConfigMapsAndOfThePodArePartOfTheImage() {
        Planned planned = Planned.of("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: settings}
                data: {run.sh: "echo hi\\n", other: no}
                ---
                """ + Planned.shop("volumeMounts: [{name: all, mountPath: /etc/shop}]", """
                volumes:
                  - name: all
                    projected:
                      sources:
                        - configMap: {name: settings, items: [{key: run.sh, path: bin/run.sh, mode: 0755}]}
                        - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}
                """));
        assertThat(planned.shop().bakedFiles())
                .containsExactly(
                        new TargetApp.BakedFile("/etc/shop/bin/run.sh", "echo hi\n", "0755"),
                        new TargetApp.BakedFile("/etc/shop/labels", "app=\"shop\"\ntier=\"front\"\n", "0644"));
        assertThat(planned.open()).isEmpty();
    }

    @Test
    void scratchSpaceIsTheContainersOwnLayerUnlessThatIsReadOnly() {
        String volumes = "volumes: [{name: tmp, emptyDir: {sizeLimit: 64Mi}}]";
        String mounts = "volumeMounts: [{name: tmp, mountPath: /tmp}]";
        assertThat(Planned.of(Planned.shop(mounts, volumes)).shop().dockerOptions())
                .isEmpty();
        assertThat(Planned.of(Planned.shop(mounts + "\nsecurityContext: {readOnlyRootFilesystem: true}", volumes))
                        .shop()
                        .dockerOptions())
                .contains("--read-only", "--tmpfs=/tmp:exec,size=67108864");
    }

    @Test
    void aClaimIsMountedInPartAndReadOnlyAsThePodHadIt() {
        Planned planned =
                Planned.of(Planned.shop("""
                env: [{name: PLACE, value: eu}]
                securityContext: {runAsUser: 1001}
                volumeMounts:
                  - {name: data, mountPath: /data, subPathExpr: "shop/$(PLACE)", readOnly: true}
                """, "volumes: [{name: data, persistentVolumeClaim: {claimName: shop.data}}]"));
        assertThat(planned.shop().mounts())
                .containsExactly(new TargetApp.Mount("shop-data", "/data", Optional.of("shop/eu"), true));
        assertThat(planned.target().entries()).singleElement().satisfies(entry -> {
            assertThat(entry.owner()).isEqualTo("1001");
            assertThat(entry.source()).map(StorageEntry.Source::claim).contains("shop.data");
        });
    }

    @Test
    void aFolderOfTheNodeIsMountedOnlyWhereTheUserSaysSo() {
        String manifests = Planned.shop(
                "volumeMounts: [{name: logs, mountPath: /logs}]",
                "volumes: [{name: logs, hostPath: {path: /var/log}}]");
        Planned asked = Planned.of(manifests);
        assertThat(asked.open()).containsExactly("host-path-shop-logs");
        assertThat(asked.shop().dockerOptions()).isEmpty();
        assertThat(Planned.of(manifests, Map.of("host-path-shop-logs", "host"))
                        .shop()
                        .dockerOptions())
                .containsExactly("--volume=/var/log:/logs");
    }
}
