import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Writes manifests of a given number of objects, the same for the same seed: shops of a web app with its Service,
 * Ingress, settings, secrets, claim, a worker, a nightly job, a cache and a PostgreSQL.
 *
 * <p>Run with {@code java bench/Manifests.java OBJECTS SEED FILE}.
 */
final class Manifests {
    private static final int OBJECTS_A_SHOP = 16;

    private final Random random;
    private final StringBuilder text = new StringBuilder();
    private int written;

    private Manifests(long seed) {
        random = new Random(seed);
    }

    public static void main(String[] arguments) throws IOException {
        int objects = Integer.parseInt(arguments[0]);
        Manifests manifests = new Manifests(Long.parseLong(arguments[1]));
        for (int shop = 0; manifests.written < objects; shop++) {
            manifests.shop("shop" + shop, Math.min(OBJECTS_A_SHOP, objects - manifests.written));
        }
        Files.writeString(Path.of(arguments[2]), manifests.text);
    }

    private void shop(String name, int objects) {
        String tag = "1." + random.nextInt(20) + "." + random.nextInt(10);
        String[] shop = {
            web(name, tag),
            service(name, name, 80, 8080),
            settings(name),
            secrets(name),
            worker(name, tag),
            ingress(name),
            claim(name + "-uploads"),
            job(name, tag),
            database(name),
            service(name + "-db", name + "-db", 5432, 5432),
            claim(name + "-db"),
            cache(name),
            service(name + "-cache", name + "-cache", 6379, 6379),
            scaler(name),
            account(name),
            budget(name)
        };
        for (int i = 0; i < objects; i++) {
            text.append("---\n").append(shop[i]);
            written++;
        }
    }

    private String web(String name, String tag) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: %1$s
                  namespace: bench
                  labels: {app: %1$s, tier: web}
                spec:
                  replicas: %3$d
                  selector: {matchLabels: {app: %1$s, tier: web}}
                  template:
                    metadata:
                      labels: {app: %1$s, tier: web}
                    spec:
                      serviceAccountName: %1$s
                      terminationGracePeriodSeconds: 30
                      containers:
                      - name: web
                        image: registry.example/%1$s:%2$s
                        ports:
                        - {name: http, containerPort: 8080}
                        envFrom:
                        - configMapRef: {name: %1$s}
                        env:
                        - {name: DATABASE_URL, value: "postgres://shop:$(DB_PASSWORD)@%1$s-db:5432/shop"}
                        - name: DB_PASSWORD
                          valueFrom: {secretKeyRef: {name: %1$s, key: password}}
                        - {name: REDIS_URL, value: "redis://%1$s-cache:6379/0"}
                        readinessProbe:
                          httpGet: {path: /health, port: http}
                          periodSeconds: 5
                        resources:
                          requests: {cpu: %4$dm, memory: %5$dMi}
                          limits: {memory: %6$dMi}
                        volumeMounts:
                        - {name: uploads, mountPath: /srv/uploads}
                      volumes:
                      - name: uploads
                        persistentVolumeClaim: {claimName: %1$s-uploads}
                """.formatted(
                name, tag, 1 + random.nextInt(3), 100 + random.nextInt(9) * 50, 128 + 64 * random.nextInt(4), 512);
    }

    private String worker(String name, String tag) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s-worker, namespace: bench, labels: {app: %1$s, tier: worker}}
                spec:
                  selector: {matchLabels: {app: %1$s, tier: worker}}
                  template:
                    metadata: {labels: {app: %1$s, tier: worker}}
                    spec:
                      containers:
                      - name: worker
                        image: registry.example/%1$s:%2$s
                        command: [/app/worker, --queues, "%3$d"]
                        envFrom:
                        - configMapRef: {name: %1$s}
                """.formatted(name, tag, 1 + random.nextInt(8));
    }

    private static String service(String name, String app, int port, int target) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: bench}
                spec:
                  selector: {app: %s%s}
                  ports:
                  - {port: %d, targetPort: %d}
                """.formatted(name, app, name.contains("-") ? "" : ", tier: web", port, target);
    }

    private String settings(String name) {
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < 5 + random.nextInt(10); i++) {
            data.append("  SETTING_").append(i).append(": \"").append(Integer.toHexString(random.nextInt())).append("\"\n");
        }
        return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: bench}\ndata:\n" + data;
    }

    private String secrets(String name) {
        return "apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", namespace: bench}\nstringData:\n  password: \""
                + Long.toHexString(random.nextLong()) + "\"\n";
    }

    private static String ingress(String name) {
        return """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: %1$s
                  namespace: bench
                  annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 20m}
                spec:
                  ingressClassName: nginx
                  rules:
                  - host: %1$s.example.org
                    http:
                      paths:
                      - path: /
                        pathType: Prefix
                        backend: {service: {name: %1$s, port: {number: 80}}}
                """.formatted(name);
    }

    private static String claim(String name) {
        return """
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: %s, namespace: bench}
                spec:
                  accessModes: [ReadWriteOnce]
                  resources: {requests: {storage: 5Gi}}
                """.formatted(name);
    }

    private String job(String name, String tag) {
        return """
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: %1$s-nightly, namespace: bench}
                spec:
                  schedule: "%3$d 3 * * *"
                  concurrencyPolicy: Forbid
                  jobTemplate:
                    spec:
                      template:
                        spec:
                          restartPolicy: Never
                          containers:
                          - name: nightly
                            image: registry.example/%1$s:%2$s
                            command: [/app/nightly]
                """.formatted(name, tag, random.nextInt(60));
    }

    private static String database(String name) {
        return """
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: %1$s-db, namespace: bench}
                spec:
                  serviceName: %1$s-db
                  selector: {matchLabels: {app: %1$s-db}}
                  template:
                    metadata: {labels: {app: %1$s-db}}
                    spec:
                      containers:
                      - name: postgres
                        image: postgres:16
                        env:
                        - {name: POSTGRES_USER, value: shop}
                        - {name: POSTGRES_DB, value: shop}
                        - name: POSTGRES_PASSWORD
                          valueFrom: {secretKeyRef: {name: %1$s, key: password}}
                        volumeMounts:
                        - {name: data, mountPath: /var/lib/postgresql/data}
                      volumes:
                      - name: data
                        persistentVolumeClaim: {claimName: %1$s-db}
                """.formatted(name);
    }

    private static String cache(String name) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: %1$s-cache, namespace: bench}
                spec:
                  selector: {matchLabels: {app: %1$s-cache}}
                  template:
                    metadata: {labels: {app: %1$s-cache}}
                    spec:
                      containers:
                      - name: redis
                        image: redis:7
                """.formatted(name);
    }

    private static String scaler(String name) {
        return """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: %1$s, namespace: bench}
                spec:
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: %1$s}
                  minReplicas: 1
                  maxReplicas: 4
                """.formatted(name);
    }

    private static String account(String name) {
        return "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: " + name + ", namespace: bench}\n";
    }

    private static String budget(String name) {
        return """
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: %1$s, namespace: bench}
                spec:
                  minAvailable: 1
                  selector: {matchLabels: {app: %1$s}}
                """.formatted(name);
    }
}
