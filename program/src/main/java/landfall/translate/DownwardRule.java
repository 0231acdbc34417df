package landfall.translate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.kube.FieldPath;

/** The downward API: what a container is told about its own pod, and what it is told on Dokku instead. */
final class DownwardRule {
    private static final String RULE = "Container.env.fieldRef";
    private static final Pattern KEYED = Pattern.compile("metadata\\.(labels|annotations)\\['(.*)'\\]");
    /** What Docker resolves to the host itself, in containers that have the option below. */
    private static final String HOST_NAME = "host.docker.internal";

    private static final String HOST_OPTION = "--add-host=" + HOST_NAME + ":host-gateway";

    private final Draft draft;
    private final Field container;
    private final Field template;
    private final String owner;
    private final String to;

    DownwardRule(Draft draft, Field container, String owner, String to) {
        this.draft = draft;
        this.container = container;
        this.template = template(container);
        this.owner = owner;
        this.to = to;
    }

    /** The pod template that a container stands in. */
    static Field template(Field container) {
        FieldPath path = container.path().parent().parent().parent();
        return new Field(
                container.book(),
                container.object(),
                path,
                container.object().root().at(path).orElse(null));
    }

    /** The value of a variable that is taken from the pod; empty where the user must say it. */
    Optional<String> value(String variable, Field from) {
        Field downward = from.at("fieldRef");
        return downward.exists()
                ? field(variable, downward, to + "/" + variable)
                : amount(variable, from.at("resourceFieldRef"), to + "/" + variable);
    }

    /** @param subject the variable or file that is to hold it, for words */
    Optional<String> field(String subject, Field downward, String place) {
        String path = downward.at("fieldPath").text("");
        Matcher keyed = KEYED.matcher(path);
        if (keyed.matches()) {
            Field source = template.at("metadata", keyed.group(1), keyed.group(2));
            source.carried(RULE, place, "the app is told it");
            String value = source.text("");
            downward.carried(RULE, place, "the pods' own, as the manifests have it");
            return Optional.of(value);
        }
        return switch (path) {
            case "metadata.namespace" -> {
                downward.carried(RULE, place, "the namespace's name, as it was");
                yield Optional.of(draft.namespace);
            }
            case "metadata.name" -> podName(subject, downward, place);
            case "metadata.uid" -> {
                downward.adapted(RULE, place, "pods have a new one each time; one of the app's stands for it");
                yield Optional.of(
                        UUID.nameUUIDFromBytes((draft.namespace + "/" + owner).getBytes(StandardCharsets.UTF_8))
                                .toString());
            }
            case "spec.serviceAccountName" -> {
                downward.carried(RULE, place, "the account's name, as it was");
                yield Optional.of(template.at("spec", "serviceAccountName").text("default"));
            }
            case "spec.nodeName" -> {
                downward.adapted(RULE, place, "there is one host: its name is a fixed word");
                yield Optional.of("dokku");
            }
            case "status.podIP", "status.podIPs" -> ownAddress(subject, downward, place);
            case "status.hostIP", "status.hostIPs" -> hostAddress(subject, downward);
            default -> {
                draft.refuse(
                        "variable-" + owner + "-" + subject.toLowerCase(Locale.ROOT),
                        subject + " of " + owner + " tells the app about its own pod (" + path
                                + "). What should it hold on Dokku?",
                        RULE,
                        "a value that only a pod has; set the variable yourself if the app needs it",
                        downward);
                yield Optional.empty();
            }
        };
    }

    private Optional<String> podName(String subject, Field downward, String place) {
        Field root = Field.root(container.book(), container.object());
        int replicas = root.at("spec", "replicas").number().orElse(1);
        boolean isStateful = container.object().kind().equals("StatefulSet");
        if (replicas <= 1) {
            String note = isStateful
                    ? "the name of its one pod"
                    : "pods are named anew each time; a fixed name stands for it";
            downward.adapted(RULE, place, note);
            return Optional.of(isStateful ? container.object().name() + "-0" : owner);
        }
        String id = "pod-name-" + owner;
        Optional<String> answer = draft.ask(
                id,
                subject + " of " + owner + " holds the pod's own name, and there are " + replicas
                        + ". On Dokku all processes of an app have the same variables; their own name is in HOSTNAME.",
                Draft.options(
                        "shared",
                        "the app's name for all of them: it only marks logs, metrics or traces",
                        "hostname",
                        "the variable is left out, and I make the app read HOSTNAME"),
                downward);
        downward.decision(RULE, id, "each pod has a name of its own");
        return answer.filter("shared"::equals).map(name -> owner);
    }

    private Optional<String> ownAddress(String subject, Field downward, String place) {
        if (subject.toUpperCase(Locale.ROOT).matches(".*(BIND|LISTEN).*")) {
            downward.adapted(RULE, place, "an address to listen on: all of the container's own");
            return Optional.of("0.0.0.0");
        }
        String id = "own-address-" + owner;
        Optional<String> answer = draft.ask(
                id,
                subject + " of " + owner + " holds the pod's own address, which on Dokku is not known before it runs.",
                Draft.options(
                        "listen",
                        "it is where the app listens: 0.0.0.0 stands for it",
                        "name",
                        "it is how others reach the app: its name on Dokku's network, " + owner + ".web, stands for it",
                        "omit",
                        "the variable is left out"),
                downward);
        downward.decision(RULE, id, "an address that only a pod has");
        return answer.flatMap(choice -> switch (choice) {
            case "listen" -> Optional.of("0.0.0.0");
            case "name" -> {
                Optional.ofNullable(draft.apps.get(owner)).ifPresent(app -> {
                    draft.networks.add(draft.move);
                    app.networks.add(draft.move);
                });
                yield Optional.of(owner + ".web");
            }
            default -> Optional.empty();
        });
    }

    private Optional<String> hostAddress(String subject, Field downward) {
        String id = "node-address-" + owner;
        Optional<String> answer = draft.ask(
                id,
                subject + " of " + owner + " holds its node's address: something that listens on every node, an agent"
                        + " for traces or metrics mostly, is reached by it.",
                Draft.options(
                        "host",
                        "the Dokku host stands for it (" + HOST_NAME + "); I run the agent there",
                        "omit",
                        "the variable is left out"),
                downward);
        downward.decision(RULE, id, "the address of a node of the cluster");
        if (answer.filter("host"::equals).isEmpty()) {
            return Optional.empty();
        }
        Optional.ofNullable(draft.apps.get(owner)).ifPresent(app -> app.dockerOptions.add(HOST_OPTION));
        return Optional.of(HOST_NAME);
    }

    /** A file of all labels or annotations, one a line; empty if the field is another. */
    Optional<String> all(Field downward, String place) {
        String path = downward.at("fieldPath").text("");
        if (!path.equals("metadata.labels") && !path.equals("metadata.annotations")) {
            return Optional.empty();
        }
        StringBuilder lines = new StringBuilder();
        new TreeMap<>(template.at("metadata", path.substring("metadata.".length()))
                        .entries())
                .forEach((key, value) -> lines.append(key)
                        .append("=\"")
                        .append(value.text("")
                                .replace("\\", "\\\\")
                                .replace("\"", "\\\"")
                                .replace("\n", "\\n"))
                        .append("\"\n"));
        downward.carried(RULE, place, "the pods' own, as the manifests have them");
        return Optional.of(lines.toString());
    }

    /** {@code resourceFieldRef}: the amount over its divisor, rounded up, as the kubelet does it. */
    Optional<String> amount(String subject, Field reference, String place) {
        String resource = reference.at("resource").text("");
        String name = reference.at("containerName").text("");
        Field asked = template.at("spec", "containers").items().stream()
                .filter(other -> other.at("name").is(name))
                .findFirst()
                .orElse(container);
        Optional<String> text = resource.startsWith("limits.") || resource.startsWith("requests.")
                ? asked.at("resources", resource.split("\\.", 2)[0], resource.split("\\.", 2)[1])
                        .text()
                : Optional.empty();
        String divisor = reference.at("divisor").text("0");
        Optional<BigDecimal> unit = Quantity.parse(divisor).map(one -> one.signum() == 0 ? BigDecimal.ONE : one);
        Optional<BigDecimal> amount = text.flatMap(Quantity::parse);
        if (amount.isEmpty() || unit.isEmpty()) {
            draft.refuse(
                    "variable-" + owner + "-" + subject.toLowerCase(Locale.ROOT),
                    subject + " of " + owner + " holds its share of its node (" + resource
                            + "), and the container names none: the node's whole size then. What should it hold on"
                            + " Dokku?",
                    "Container.env.resourceFieldRef",
                    "the size of a node; set the variable yourself if the app needs it",
                    reference);
            return Optional.empty();
        }
        reference.adapted(
                "Container.env.resourceFieldRef",
                place,
                "the amount that stands in the manifests; change it along with `dokku resource:limit`");
        return Optional.of(
                amount.get().divide(unit.get(), 0, RoundingMode.CEILING).toPlainString());
    }
}
