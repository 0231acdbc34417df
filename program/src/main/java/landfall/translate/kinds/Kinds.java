package landfall.translate.kinds;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every kind that Landfall has rules for. */
public final class Kinds {
    private static final List<KindRules> ALL = List.of(
            // one line a kind, in the order of docs/mapping.md
            WorkloadRules.deployment(),
            WorkloadRules.statefulSet(),
            WorkloadRules.daemonSet(),
            WorkloadRules.replicaSet(),
            WorkloadRules.replicationController(),
            WorkloadRules.pod(),
            WorkloadRules.job(),
            CronJobRules.rules(),
            KnativeRules.service(),
            ServiceRules.rules(),
            IngressRules.ingress(),
            IngressRules.ingressClass(),
            NetworkRules.endpoints(),
            NetworkRules.endpointSlice(),
            NetworkRules.policy(),
            GatewayRules.gateway(),
            GatewayRules.gatewayClass(),
            GatewayRules.httpRoute(),
            GatewayRules.grpcRoute(),
            GatewayRules.referenceGrant(),
            TraefikRules.ingressRoute(),
            TraefikRules.routeTcp(),
            TraefikRules.routeUdp(),
            TraefikRules.middleware(),
            TraefikRules.middlewareTcp(),
            TraefikRules.tlsOption(),
            TraefikRules.tlsStore(),
            TraefikRules.transport("ServersTransport"),
            TraefikRules.transport("ServersTransportTCP"),
            TraefikRules.traefikService(),
            IstioRules.virtualService(),
            IstioRules.gateway(),
            IstioRules.destinationRule(),
            IstioRules.serviceEntry(),
            IstioRules.sidecar(),
            IstioRules.peerAuthentication(),
            IstioRules.authorizationPolicy(),
            IstioRules.requestAuthentication(),
            CertificateRules.certificate(),
            CertificateRules.issuer("Issuer"),
            CertificateRules.issuer("ClusterIssuer"),
            ConfigurationRules.configMap(),
            ConfigurationRules.secret(),
            ClaimRules.rules(),
            VolumeObjectRules.persistentVolume(),
            VolumeObjectRules.storageClass(),
            VolumeObjectRules.snapshot("VolumeSnapshot"),
            VolumeObjectRules.snapshot("VolumeSnapshotClass"),
            VolumeObjectRules.snapshot("VolumeSnapshotContent"),
            OutsideSecretRules.sealedSecret(),
            OutsideSecretRules.externalSecret(),
            OutsideSecretRules.clusterExternalSecret(),
            OutsideSecretRules.store("SecretStore"),
            OutsideSecretRules.store("ClusterSecretStore"),
            OutsideSecretRules.pushSecret(),
            OutsideSecretRules.secretProviderClass(),
            AutoscalerRules.horizontal(),
            ScaleRules.vertical(),
            ScaleRules.scaledObject(),
            ScaleRules.scaledJob(),
            ScaleRules.triggerAuthentication("TriggerAuthentication"),
            ScaleRules.triggerAuthentication("ClusterTriggerAuthentication"),
            ScaleRules.disruptionBudget(),
            PolicyRules.limitRange(),
            PolicyRules.resourceQuota(),
            PolicyRules.priorityClass(),
            PolicyRules.podSecurityPolicy(),
            AccountRules.serviceAccount(),
            AccountRules.role("Role"),
            AccountRules.role("ClusterRole"),
            AccountRules.binding("RoleBinding"),
            AccountRules.binding("ClusterRoleBinding"),
            CloudNativePgRules.cluster(),
            CloudNativePgRules.pooler(),
            CloudNativePgRules.backup("ScheduledBackup"),
            CloudNativePgRules.backup("Backup"),
            CloudNativePgRules.objectStore(),
            CloudNativePgRules.database(),
            CloudNativePgRules.catalog("ImageCatalog"),
            CloudNativePgRules.catalog("ClusterImageCatalog"),
            CloudNativePgRules.logical("Publication"),
            CloudNativePgRules.logical("Subscription"),
            PostgresOperatorRules.zalando(),
            PostgresOperatorRules.crunchy(),
            PostgresOperatorRules.percona(),
            StoreOperatorRules.tenant(),
            StoreOperatorRules.cockroach(),
            MonitoringRules.monitor("ServiceMonitor", "endpoints[]"),
            MonitoringRules.monitor("PodMonitor", "podMetricsEndpoints[]"),
            MonitoringRules.probe(),
            MonitoringRules.rule(),
            MonitoringRules.dashboard(),
            MonitoringRules.datasource(),
            MonitoringRules.folder(),
            NamespaceRules.rules());

    private static final Map<String, KindRules> BY_NAME = byName();

    private Kinds() {}

    public static List<KindRules> all() {
        return ALL;
    }

    /** @param group empty for the core group */
    public static Optional<KindRules> of(String group, String kind) {
        return Optional.ofNullable(BY_NAME.get(group + " " + kind));
    }

    /** The groups that have a kind of this name, in the order of the table. */
    public static List<String> groupsOf(String kind) {
        return ALL.stream()
                .filter(rules -> rules.kind().equals(kind))
                .flatMap(rules -> rules.groups().stream())
                .toList();
    }

    private static Map<String, KindRules> byName() {
        Map<String, KindRules> byName = new HashMap<>();
        for (KindRules rules : ALL) {
            rules.groups().forEach(group -> byName.put(group + " " + rules.kind(), rules));
        }
        return byName;
    }
}
