package landfall.sandbox;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The fields that a real API server fills in where a manifest leaves them out. */
final class ApiDefaults {
    private ApiDefaults() {}

    static void fill(ApiResource resource, ObjectNode object) {
        ObjectNode spec = object.path("spec") instanceof ObjectNode there ? there : null;
        if (spec == null) {
            return;
        }
        switch (resource.qualified()) {
            case "deployments.apps" -> deployment(spec);
            case "statefulsets.apps" -> statefulSet(spec);
            case "daemonsets.apps", "replicasets.apps", "jobs.batch" -> template(spec);
            case "cronjobs.batch" -> cronJob(spec);
            case "pods" -> pod(spec);
            case "services" -> service(spec);
            case "persistentvolumeclaims" -> put(spec, "volumeMode", "Filesystem");
            default -> {}
        }
    }

    private static void put(ObjectNode object, String field, String value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }

    private static void put(ObjectNode object, String field, int value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }

    private static void put(ObjectNode object, String field, boolean value) {
        if (!object.has(field)) {
            object.put(field, value);
        }
    }

    private static void deployment(ObjectNode spec) {
        put(spec, "replicas", 1);
        put(spec, "revisionHistoryLimit", 10);
        put(spec, "progressDeadlineSeconds", 600);
        ObjectNode strategy = ApiJson.child(spec, "strategy");
        put(strategy, "type", "RollingUpdate");
        if (ApiJson.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = ApiJson.child(strategy, "rollingUpdate");
            put(rolling, "maxUnavailable", "25%");
            put(rolling, "maxSurge", "25%");
        }
        template(spec);
    }

    private static void statefulSet(ObjectNode spec) {
        put(spec, "replicas", 1);
        put(spec, "revisionHistoryLimit", 10);
        put(spec, "podManagementPolicy", "OrderedReady");
        ObjectNode strategy = ApiJson.child(spec, "updateStrategy");
        put(strategy, "type", "RollingUpdate");
        if (ApiJson.text(strategy, "type").equals("RollingUpdate")) {
            put(ApiJson.child(strategy, "rollingUpdate"), "partition", 0);
        }
        ObjectNode retention = ApiJson.child(spec, "persistentVolumeClaimRetentionPolicy");
        put(retention, "whenDeleted", "Retain");
        put(retention, "whenScaled", "Retain");
        for (JsonNode claim : spec.path("volumeClaimTemplates").values()) {
            ObjectNode template = (ObjectNode) claim;
            put(template, "apiVersion", "v1");
            put(template, "kind", "PersistentVolumeClaim");
            put(ApiJson.child(template, "spec"), "volumeMode", "Filesystem");
            put(ApiJson.child(template, "status"), "phase", "Pending");
        }
        template(spec);
    }

    private static void cronJob(ObjectNode spec) {
        put(spec, "concurrencyPolicy", "Allow");
        put(spec, "suspend", false);
        put(spec, "successfulJobsHistoryLimit", 3);
        put(spec, "failedJobsHistoryLimit", 1);
        ObjectNode job = ApiJson.child(ApiJson.child(spec, "jobTemplate"), "spec");
        ApiJson.child(ApiJson.child(spec, "jobTemplate"), "metadata").putNull("creationTimestamp");
        template(job);
    }

    private static void template(ObjectNode spec) {
        if (spec.path("template") instanceof ObjectNode template) {
            ObjectNode metadata = ApiJson.metadata(template);
            if (!metadata.has("creationTimestamp")) {
                metadata.putNull("creationTimestamp");
            }
            pod(ApiJson.child(template, "spec"));
        }
    }

    private static void pod(ObjectNode spec) {
        put(spec, "restartPolicy", "Always");
        put(spec, "terminationGracePeriodSeconds", 30);
        put(spec, "dnsPolicy", "ClusterFirst");
        put(spec, "schedulerName", "default-scheduler");
        ApiJson.child(spec, "securityContext");
        if (spec.has("serviceAccountName")) {
            put(spec, "serviceAccount", ApiJson.text(spec, "serviceAccountName"));
        }
        for (String list : new String[] {"initContainers", "containers"}) {
            for (JsonNode container : spec.path(list).values()) {
                container((ObjectNode) container);
            }
        }
        for (JsonNode volume : spec.path("volumes").values()) {
            for (String source : new String[] {"configMap", "secret", "downwardAPI", "projected"}) {
                if (volume.path(source) instanceof ObjectNode there) {
                    put(there, "defaultMode", 420);
                }
            }
            if (volume.path("hostPath") instanceof ObjectNode path) {
                put(path, "type", "");
            }
        }
    }

    private static void container(ObjectNode container) {
        put(container, "terminationMessagePath", "/dev/termination-log");
        put(container, "terminationMessagePolicy", "File");
        String image = ApiJson.text(container, "image");
        String tag = image.substring(image.lastIndexOf('/') + 1);
        boolean isLatest = !image.contains("@") && (!tag.contains(":") || tag.endsWith(":latest"));
        put(container, "imagePullPolicy", isLatest ? "Always" : "IfNotPresent");
        ApiJson.child(container, "resources");
        for (JsonNode port : container.path("ports").values()) {
            put((ObjectNode) port, "protocol", "TCP");
        }
        for (JsonNode variable : container.path("env").values()) {
            if (variable.path("valueFrom").path("fieldRef") instanceof ObjectNode field) {
                put(field, "apiVersion", "v1");
            }
        }
        for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
            if (container.path(probe) instanceof ObjectNode there) {
                put(there, "timeoutSeconds", 1);
                put(there, "periodSeconds", 10);
                put(there, "successThreshold", 1);
                put(there, "failureThreshold", 3);
                if (there.path("httpGet") instanceof ObjectNode get) {
                    put(get, "path", "/");
                    put(get, "scheme", "HTTP");
                }
            }
        }
    }

    private static void service(ObjectNode spec) {
        put(spec, "type", "ClusterIP");
        put(spec, "sessionAffinity", "None");
        String type = ApiJson.text(spec, "type");
        if (type.equals("ExternalName")) {
            return;
        }
        put(spec, "internalTrafficPolicy", "Cluster");
        put(spec, "ipFamilyPolicy", "SingleStack");
        if (!spec.has("ipFamilies")) {
            spec.putArray("ipFamilies").add("IPv4");
        }
        if (!type.equals("ClusterIP")) {
            put(spec, "externalTrafficPolicy", "Cluster");
        }
        if (type.equals("LoadBalancer")) {
            put(spec, "allocateLoadBalancerNodePorts", true);
        }
    }
}
