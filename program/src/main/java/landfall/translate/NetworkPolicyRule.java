package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * NetworkPolicy: what it forbids, beside what Docker's networks allow. Apps that share a network reach one another on
 * every port, and every app reaches the world.
 */
final class NetworkPolicyRule {
    private static final String RULE = "NetworkPolicy.";

    private NetworkPolicyRule() {}

    static void applyAll(Draft draft) {
        for (String group : List.of("networking.k8s.io", "extensions")) {
            draft.index.all(group, "NetworkPolicy").forEach(policy -> apply(draft, policy));
        }
    }

    private static void apply(Draft draft, Field policy) {
        MetadataRule.apply(policy);
        Field spec = policy.at("spec");
        List<String> subjects = subjects(draft, spec.at("podSelector"));
        if (subjects.isEmpty()) {
            spec.irrelevant(RULE + "subject", "selects no pods of the move");
            return;
        }
        boolean limitsEgress = spec.at("policyTypes").texts().contains("Egress")
                || (!spec.at("policyTypes").exists() && spec.at("egress").exists());
        boolean limitsIngress = spec.at("policyTypes").texts().contains("Ingress")
                || !spec.at("policyTypes").exists();
        boolean opensIngress = !limitsIngress || isOpen(spec.at("ingress").items(), "from");
        boolean opensEgress = !limitsEgress || isOpen(spec.at("egress").items(), "to");
        if (opensIngress && opensEgress) {
            spec.satisfied(RULE + "open", "it allows everything, and so do Docker's networks");
            return;
        }
        if (opensEgress && isSatisfied(draft, subjects, spec)) {
            spec.satisfied(
                    RULE + "networks",
                    "only apps that name one another in their settings share a network; others can't reach them");
            return;
        }
        String id = "network-policy-" + policy.object().name();
        draft.ask(
                id,
                policy.object().shortName() + " lets " + String.join(", ", subjects)
                        + what(spec, !opensIngress, !opensEgress)
                        + " On Dokku, apps that share a network reach one another on every port, and every app reaches the"
                        + " world.",
                Draft.options(
                        "networks", "what Docker's networks keep apart is enough",
                        "firewall", "I keep the rest apart with the host's firewall (DOCKER-USER)"),
                spec);
        spec.decision(RULE + "spec", id, "stricter than Docker's networks");
    }

    private static String what(Field spec, boolean ingress, boolean egress) {
        String in = spec.at("ingress").items().isEmpty()
                ? " be reached by nobody"
                : " be reached by " + spec.at("ingress").items().size() + " kinds of caller only";
        String out = spec.at("egress").items().isEmpty()
                ? " reach nobody"
                : " reach " + spec.at("egress").items().size() + " kinds of host only";
        return (ingress ? in : "") + (ingress && egress ? ", and" : "") + (egress ? out : "") + ".";
    }

    /** A rule without peers and ports is for everybody. */
    private static boolean isOpen(List<Field> rules, String peers) {
        return rules.stream()
                .anyMatch(rule -> rule.at(peers).items().isEmpty()
                        && rule.at("ports").items().isEmpty());
    }

    /** True if every app that shares a network with a subject is one that the policy lets in on all that it serves. */
    private static boolean isSatisfied(Draft draft, List<String> subjects, Field spec) {
        List<String> callers = new ArrayList<>();
        for (Field rule : spec.at("ingress").items()) {
            for (Field from : rule.at("from").items()) {
                if (from.at("podSelector").exists()
                        && !from.at("namespaceSelector").exists()) {
                    callers.addAll(subjects(draft, from.at("podSelector")));
                }
            }
        }
        for (String subject : subjects) {
            AppDraft app = draft.apps.get(subject);
            if (app == null) {
                // A datastore: only what is linked to it reaches it.
                if (!callers.containsAll(linked(draft, subject))) {
                    return false;
                }
                continue;
            }
            if (!app.domains.isEmpty() || !app.published.isEmpty()) {
                return false;
            }
            boolean isShared = draft.apps.values().stream()
                    .filter(other -> other != app && !callers.contains(other.name))
                    .anyMatch(other -> other.networks.stream().anyMatch(app.networks::contains));
            if (isShared) {
                return false;
            }
        }
        return true;
    }

    private static List<String> linked(Draft draft, String service) {
        return draft.services.stream()
                .filter(each -> each.name.equals(service))
                .flatMap(each -> each.users.stream())
                .toList();
    }

    /** The apps and datastores whose pods a selector fits, by name. */
    private static List<String> subjects(Draft draft, Field selector) {
        List<String> names = new ArrayList<>();
        draft.apps.values().stream()
                .filter(app -> app.all().stream().anyMatch(process -> selects(selector, process.workload)))
                .forEach(app -> names.add(app.name));
        draft.services.stream()
                .filter(service -> selects(selector, service.workload))
                .forEach(service -> names.add(service.name));
        return names;
    }

    private static boolean selects(Field selector, Field workload) {
        Field labels = workload.at("spec", "template", "metadata", "labels");
        for (Map.Entry<String, Field> label :
                selector.at("matchLabels").entries().entrySet()) {
            if (!labels.at(label.getKey()).is(label.getValue().text(""))) {
                return false;
            }
        }
        for (Field expression : selector.at("matchExpressions").items()) {
            Field label = labels.at(expression.at("key").text(""));
            List<String> values = expression.at("values").texts();
            boolean fits = switch (expression.at("operator").text("")) {
                case "In" -> label.text().filter(values::contains).isPresent();
                case "NotIn" -> label.text().filter(values::contains).isEmpty();
                case "Exists" -> label.exists();
                case "DoesNotExist" -> !label.exists();
                default -> true;
            };
            if (!fits) {
                return false;
            }
        }
        return true;
    }
}
