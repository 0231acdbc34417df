package landfall.kube;

import java.util.Set;

/** The kinds that belong to no namespace, by group; what is not listed is taken for namespaced, as most are. */
final class ClusterScope {
    private static final Set<String> KINDS = Set.of(
            "/ComponentStatus",
            "/Namespace",
            "/Node",
            "/PersistentVolume",
            "admissionregistration.k8s.io/MutatingAdmissionPolicy",
            "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding",
            "admissionregistration.k8s.io/MutatingWebhookConfiguration",
            "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
            "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
            "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
            "apiextensions.k8s.io/CustomResourceDefinition",
            "apiregistration.k8s.io/APIService",
            "cert-manager.io/ClusterIssuer",
            "certificates.k8s.io/CertificateSigningRequest",
            "certificates.k8s.io/ClusterTrustBundle",
            "cilium.io/CiliumClusterwideEnvoyConfig",
            "cilium.io/CiliumClusterwideNetworkPolicy",
            "cilium.io/CiliumLoadBalancerIPPool",
            "extensions/PodSecurityPolicy",
            "external-secrets.io/ClusterExternalSecret",
            "external-secrets.io/ClusterSecretStore",
            "flowcontrol.apiserver.k8s.io/FlowSchema",
            "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
            "gateway.networking.k8s.io/GatewayClass",
            "karpenter.sh/NodePool",
            "keda.sh/ClusterTriggerAuthentication",
            "kyverno.io/ClusterPolicy",
            "networking.k8s.io/IngressClass",
            "networking.k8s.io/IPAddress",
            "networking.k8s.io/ServiceCIDR",
            "node.k8s.io/RuntimeClass",
            "policy/PodSecurityPolicy",
            "policy.networking.k8s.io/AdminNetworkPolicy",
            "policy.networking.k8s.io/BaselineAdminNetworkPolicy",
            "postgresql.cnpg.io/ClusterImageCatalog",
            "project.openshift.io/Project",
            "rbac.authorization.k8s.io/ClusterRole",
            "rbac.authorization.k8s.io/ClusterRoleBinding",
            "resource.k8s.io/DeviceClass",
            "resource.k8s.io/ResourceSlice",
            "scheduling.k8s.io/PriorityClass",
            "security.openshift.io/SecurityContextConstraints",
            "snapshot.storage.k8s.io/VolumeSnapshotClass",
            "snapshot.storage.k8s.io/VolumeSnapshotContent",
            "storage.k8s.io/CSIDriver",
            "storage.k8s.io/CSINode",
            "storage.k8s.io/StorageClass",
            "storage.k8s.io/VolumeAttachment",
            "storage.k8s.io/VolumeAttributesClass");

    private ClusterScope() {}

    static boolean contains(String apiVersion, String kind) {
        return isRenderedAway(apiVersion) || KINDS.contains(group(apiVersion) + "/" + kind);
    }

    /** Kustomize's own files look like objects, yet no cluster ever sees them, and they need no name. */
    static boolean isRenderedAway(String apiVersion) {
        return group(apiVersion).equals("kustomize.config.k8s.io");
    }

    private static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }
}
