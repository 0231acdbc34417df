package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import landfall.ledger.Disposition;
import org.junit.jupiter.api.Test;

/** Rights, resources, probes and annotations of a container: the same on Dokku, or said. */
final class ContainerTest {
    @Test
    void rightsBecomeDockerOptionsThatMeanTheSame() {
        Planned planned = Planned.of(Planned.shop("""
                securityContext:
                  runAsUser: 1001
                  allowPrivilegeEscalation: false
                  readOnlyRootFilesystem: true
                  capabilities: {drop: [all], add: [NET_BIND_SERVICE]}
                """, """
                securityContext:
                  runAsGroup: 1002
                  fsGroup: 2000
                  supplementalGroups: [3000]
                  seccompProfile: {type: RuntimeDefault}
                  sysctls: [{name: net.core.somaxconn, value: "1024"}]
                """));
        assertThat(planned.shop().dockerOptions())
                .containsExactlyInAnyOrder(
                        "--security-opt=no-new-privileges",
                        "--read-only",
                        "--cap-drop=ALL",
                        "--cap-add=NET_BIND_SERVICE",
                        "--group-add=2000",
                        "--group-add=3000",
                        "--sysctl=net.core.somaxconn=1024");
        assertThat(planned.shop().command().user()).contains("1001:1002");
        assertThat(planned.open()).isEmpty();
    }

    @Test
    void allRightsOverTheHostAreGivenOnlyWhereTheUserSaysSo() {
        String manifests = Planned.shop("securityContext: {privileged: true}", "");
        assertThat(Planned.of(manifests).open()).containsExactly("privileged-shop");
        assertThat(Planned.of(manifests).shop().dockerOptions()).isEmpty();
        assertThat(Planned.of(manifests, Map.of("privileged-shop", "give"))
                        .shop()
                        .dockerOptions())
                .containsExactly("--privileged");
    }

    @Test
    void amountsAreExactAndDevicesAreNamed() {
        Planned planned = Planned.of("""
                apiVersion: v1
                kind: LimitRange
                metadata: {name: usual}
                spec: {limits: [{type: Container, default: {memory: 512Mi, cpu: "1"}, max: {memory: 2Gi}}]}
                ---
                """ + Planned.shop("""
                resources:
                  limits: {cpu: 250m, nvidia.com/gpu: 1, hugepages-2Mi: 64Mi}
                  requests: {cpu: 1m, memory: 1e9, ephemeral-storage: 1Gi}
                """, ""));
        assertThat(planned.shop().limits())
                .containsExactlyInAnyOrderEntriesOf(Map.of("cpu", "0.25", "memory", "512m", "nvidia-gpu", "1"));
        assertThat(planned.shop().reservations())
                .containsExactlyInAnyOrderEntriesOf(Map.of("cpu", "0.01", "memory", "1000000000b"));
        assertThat(planned.open()).containsExactly("hugepages-shop");
        assertThat(planned.leaf("LimitRange/usual", "spec.limits[0].default.cpu")
                        .disposition())
                .isEqualTo(Disposition.IRRELEVANT);
    }

    @Test
    void aProbeThatChecksCannotAskIsADecision() {
        Planned planned = Planned.of(Planned.shop("readinessProbe: {grpc: {port: 3000}, periodSeconds: 5}", ""));
        assertThat(planned.open()).containsExactly("probe-shop");
        assertThat(planned.shop().checks()).isEmpty();
    }

    @Test
    void annotationsSayWhatTheyAskForAndTheUnheardOfAreADecision() {
        Planned planned = Planned.of("""
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: settings
                  annotations:
                    reloader.stakater.com/match: "true"
                    keel.sh/policy: major
                    team: shop
                    team.example.com/rule: strict
                data: {}
                """);
        assertThat(planned.leaf("ConfigMap/settings", "[\"reloader.stakater.com/match\"]")
                        .disposition())
                .isEqualTo(Disposition.SATISFIED);
        assertThat(planned.leaf("ConfigMap/settings", "[\"keel.sh/policy\"]").disposition())
                .isEqualTo(Disposition.LOST);
        assertThat(planned.leaf("ConfigMap/settings", "metadata.annotations.team")
                        .disposition())
                .isEqualTo(Disposition.IRRELEVANT);
        assertThat(planned.open()).containsExactly("annotations-configmap-settings");
    }

    @Test
    void clientsAddressesAndAnOpenInputAreSpokenOf() {
        Planned planned = Planned.of("""
                apiVersion: v1
                kind: Service
                metadata: {name: shop}
                spec:
                  type: LoadBalancer
                  externalTrafficPolicy: Local
                  selector: {app: shop}
                  ports: [{port: 80, targetPort: 3000}]
                ---
                """ + Planned.shop("stdin: true", ""));
        assertThat(planned.decisions()).contains("client-address-shop");
        assertThat(planned.changed()).anyMatch(text -> text.contains("standard input"));
    }
}
