package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.target.Place;
import landfall.translate.AppDraft.Variable;

/**
 * MinIO becomes a service of the {@code objects} plugin, which speaks S3 as well. The apps keep the names of their
 * settings; the values lead to the service and hold its keys. The objects themselves are copied by hand so far.
 */
final class ObjectStoreRule {
    private static final String RULE = "ObjectStore.";

    /** What Landfall's own plugin reads from its container's environment (objects, Configuration). */
    private static final String BUCKETS = "OBJECTS_BUCKETS";

    private static final String REGION = "OBJECTS_REGION";
    private static final String DOMAIN = "OBJECTS_DOMAIN";

    private static final Pattern PLAIN_WORD = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern SHELL = Pattern.compile("(/bin/|/usr/bin/)?(ba|da|a)?sh");
    private static final Pattern MAKES_FOLDERS = Pattern.compile("mkdir (?:-p )?((?:/[A-Za-z0-9._/-]+ ?)+)(?:&&|;)");
    private static final Pattern STARTS = Pattern.compile("\\s*(?:exec )?(?:[a-z/]*/)?minio server [^;&|]*");

    /** Parts of MinIO that have no equal: who may log in, where events go, keys kept elsewhere. */
    private static final Pattern OWN_PARTS = Pattern.compile(
            "MINIO_(IDENTITY|POLICY|KMS|NOTIFY|AUDIT|LOGGER|COMPRESSION|CACHE|ETCD|SUBNET|ILM|STORAGE_CLASS|REPLICATE)_.*");

    private ObjectStoreRule() {}

    private static String decision(Field workload) {
        return workload.object().name() + "-data";
    }

    /** True if the user wants MinIO itself on Dokku, as an app. */
    static boolean isWantedAsApp(Draft draft, Field workload) {
        return draft.answered(decision(workload)).filter("app"::equals).isPresent();
    }

    static Optional<String> answer(Draft draft, ServiceDraft service) {
        return draft.ask(
                decision(service.workload),
                question(service.workload),
                options(
                        copying(draft, service),
                        DatastoreDump.toApp(
                                draft,
                                service.store,
                                service.workload,
                                service.workload.object().name())),
                service.container.exists() ? service.container.at("image") : service.workload.at("spec"));
    }

    /** The same question where the answer was that MinIO runs as an app: true. */
    static boolean asApp(Draft draft, Field workload, Field container, String dump) {
        ServiceDraft service = new ServiceDraft(Datastore.MINIO, workload, container);
        draft.ask(
                decision(workload), question(workload), options(copying(draft, service), dump), container.at("image"));
        return true;
    }

    private static String question(Field workload) {
        return workload.object().shortName()
                + " is MinIO, an S3 store. On Dokku an objects service speaks S3 in its place,"
                + " and the apps' settings lead to it. This version of Landfall doesn't copy the objects. How do they come"
                + " to Dokku?";
    }

    private static Map<String, String> options(String copying, String dump) {
        return Draft.options(
                "copy",
                "an objects service with the buckets that the manifests name, which you fill while the apps are stopped: "
                        + copying,
                "recreate",
                "an objects service with empty buckets; what MinIO holds today is left behind",
                "app",
                "MinIO itself, as an app of the same image with an empty storage entry, which you fill: " + dump,
                "keep-elsewhere",
                "it stays on the cluster; the apps keep the address they have, and you see to it that the Dokku host"
                        + " reaches it");
    }

    /** How the objects come over as long as Landfall doesn't copy them. */
    static String copying(Draft draft, ServiceDraft service) {
        return "`dokku objects:expose " + service.name + "` opens a port of the host, `kubectl port-forward -n "
                + draft.namespace + " " + service.workload.object().shortName().toLowerCase(java.util.Locale.ROOT)
                + " 9000` one to MinIO; with `mc alias set` for both (the new keys are in `dokku objects:info "
                + service.name + "`) `mc mirror --preserve old/BUCKET new/BUCKET` for each bucket, then `dokku"
                + " objects:unexpose " + service.name + "`";
    }

    static void apply(Draft draft, ServiceDraft service) {
        String create = Place.task(service.name, "service");
        service.container
                .at("image")
                .adapted(RULE + "image", create, "the objects plugin's own server, which speaks S3 as MinIO does");
        Map<String, Variable> environment = DatabaseRule.environment(draft, service);
        commandLine(draft, service);
        DatabaseRule.workload(draft, service);
        Map<String, Variable> others = new LinkedHashMap<>();
        for (Variable variable : environment.values()) {
            if (!setting(draft, service, variable, create)) {
                others.put(variable.name(), variable);
            }
        }
        DatabaseRule.otherVariables(draft, service, others);
        draft.lost(
                service.name,
                "MinIO's console, `mc admin` and its own users and policies: the service is an S3 store of Landfall's",
                "look and manage with `dokku objects:info`, `objects:usage`, `objects:user-create` and"
                        + " `objects:bucket-create`");
    }

    /** @return whether the variable is one of MinIO's that isn't its login */
    private static boolean setting(Draft draft, ServiceDraft service, Variable variable, String create) {
        String name = variable.name();
        String value = variable.value();
        boolean isPlain = PLAIN_WORD.matcher(value).matches();
        if (name.equals("MINIO_DEFAULT_BUCKETS")) {
            for (String bucket : value.split("[,; ]+")) {
                service.buckets.add(bucket.replaceFirst(":.*", ""));
            }
            variable.sources().forEach(leaf -> leaf.carried(RULE + "buckets", create, "made with the service"));
        } else if (name.matches("MINIO_(SITE_)?REGION(_NAME)?") && isPlain) {
            service.customEnvironment.put(REGION, value);
            variable.sources().forEach(leaf -> leaf.carried(RULE + "region", create, "as " + REGION));
        } else if (name.equals("MINIO_DOMAIN") && isPlain) {
            service.customEnvironment.put(DOMAIN, value);
            variable.sources().forEach(leaf -> leaf.carried(RULE + "domain", create, "as " + DOMAIN));
        } else if (OWN_PARTS.matcher(name).matches()) {
            variable.sources()
                    .forEach(leaf -> draft.refuse(
                            "setting-" + service.workload.object().name(),
                            service.workload.object().shortName() + " is set up with " + name
                                    + ": a part of MinIO that the objects service doesn't have.",
                            RULE + "env",
                            "the objects service has no equal",
                            leaf));
        } else if (name.startsWith("MINIO_") && !isLogin(service, name)) {
            variable.sources()
                    .forEach(leaf ->
                            leaf.satisfied(RULE + "env", "how MinIO was set up; the plugin sets up its own server"));
        } else {
            return false;
        }
        return true;
    }

    private static boolean isLogin(ServiceDraft service, String name) {
        String plain = name.replaceFirst("_FILE$", "");
        return service.store.userVariables().contains(plain)
                || service.store.passwordVariables().contains(plain);
    }

    /** {@code minio server /data}, perhaps with folders made before it, which MinIO takes for buckets. */
    private static void commandLine(Draft draft, ServiceDraft service) {
        List<Field> leaves = new ArrayList<>(service.container.at("command").items());
        leaves.addAll(service.container.at("args").items());
        for (String list : List.of("command", "args")) {
            if (service.container.at(list).items().isEmpty()) {
                service.container.at(list).irrelevant(RULE + "command", "empty");
            }
        }
        List<String> words = leaves.stream().map(leaf -> leaf.text("")).toList();
        if (words.isEmpty()) {
            return;
        }
        boolean isScript = SHELL.matcher(words.getFirst()).matches();
        String script = words.getLast();
        boolean isServer = isScript
                ? STARTS.matcher(MAKES_FOLDERS.matcher(script).replaceAll("")).matches()
                : !words.contains("gateway");
        for (Field leaf : leaves) {
            if (isServer) {
                leaf.satisfied(RULE + "command", "starts MinIO; the plugin starts its own server");
            } else {
                draft.refuse(
                        "setting-" + service.workload.object().name(),
                        service.workload.object().shortName() + " doesn't just start MinIO's server.",
                        RULE + "command",
                        "the plugin starts its own server its own way",
                        leaf);
            }
        }
        Matcher folders = MAKES_FOLDERS.matcher(isScript && isServer ? script : "");
        while (folders.find()) {
            for (String folder : folders.group(1).strip().split(" +")) {
                service.buckets.add(folder.substring(folder.lastIndexOf('/') + 1));
            }
        }
    }

    static boolean isAccessKey(String variable) {
        return S3Settings.isAccessKey(variable);
    }

    /** A key for S3 that is not MinIO's own user's: one that `mc admin user add` made, say. */
    static boolean isForeignKey(Variable variable, ServiceDraft service) {
        String value = variable.value();
        boolean isKey = S3Settings.isAccessKey(variable.name()) || S3Settings.isSecretKey(variable.name());
        boolean isRoots = service.login.user().filter(value::equals).isPresent()
                || service.login.password().filter(value::equals).isPresent();
        return isKey && !isRoots && !value.isEmpty();
    }

    /** Asks once for each app whose keys MinIO alone knows. */
    static boolean takesServiceKeys(Draft draft, AppDraft app, Variable variable, ServiceDraft service) {
        service.toldPassword.add(app.name);
        return draft.ask(
                        "keys-" + app.name + "-" + service.name,
                        app.name + " logs in to " + service.workload.object().shortName()
                                + " with keys that stand only in MinIO itself; the objects service doesn't know them.",
                        Draft.options(
                                "service",
                                "the app gets the service's own keys, which may do everything to every bucket",
                                "later",
                                "the app keeps its keys, and I make a user with them before it is deployed: `dokku"
                                        + " objects:user-create " + service.name
                                        + " USER --access-key ID --secret-stdin --bucket BUCKET`"),
                        variable.sources().isEmpty()
                                ? app.container.at("env")
                                : variable.sources().getFirst())
                .filter("service"::equals)
                .isPresent();
    }

    /** What the apps' settings say of buckets and region: the service has them from its first start. */
    static void buckets(Draft draft, ServiceDraft service) {
        List<Variable> variables = draft.apps.values().stream()
                .flatMap(app -> app.all().stream())
                .filter(app -> service.users.contains(app.name))
                .flatMap(app -> app.variables.values().stream())
                .toList();
        variables.stream()
                .filter(variable -> S3Settings.isBucket(variable.name()))
                .forEach(variable -> service.buckets.add(variable.value()));
        service.buckets.removeIf(
                bucket -> !S3Settings.BUCKET_NAME.matcher(bucket).matches());
        if (!service.buckets.isEmpty()) {
            service.customEnvironment.put(BUCKETS, String.join(",", service.buckets));
        }
        service.users.stream()
                .sorted()
                .forEach(app -> draft.changed(
                        app,
                        "the link to " + service.name
                                + " also sets AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION,"
                                + " AWS_ENDPOINT_URL_S3, S3_BUCKET and OBJECTS_URL, with keys of the app's own, where it"
                                + " has none of them"));
        if (service.customEnvironment.containsKey(REGION)) {
            return;
        }
        // MinIO without a region of its own takes whatever region a client signs for; the service takes one.
        List<Variable> regions = variables.stream()
                .filter(variable -> S3Settings.isRegion(variable.name()))
                .filter(variable -> PLAIN_WORD.matcher(variable.value()).matches())
                .toList();
        List<String> named =
                regions.stream().map(Variable::value).distinct().sorted().toList();
        Optional<String> region = named.size() < 2
                ? named.stream().findFirst()
                : draft.ask(
                        "region-" + service.name,
                        "The apps sign for different regions (" + String.join(", ", named) + "), and an objects service"
                                + " takes one. Which?",
                        Draft.options(named.stream()
                                .flatMap(name -> java.util.stream.Stream.of(
                                        name, "set the others' variables to it with `dokku config:set`"))
                                .toArray(String[]::new)),
                        regions.getFirst().sources().isEmpty()
                                ? service.workload.at("metadata", "name")
                                : regions.getFirst().sources().getFirst());
        region.filter(name -> !name.equals("us-east-1")).ifPresent(name -> service.customEnvironment.put(REGION, name));
    }
}
