package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Service accounts: what an app may do at the Kubernetes API, and whether it is likely to do it. */
final class AccountRule {
    private static final String RULE = "Pod.serviceAccountName";
    private static final String GROUP = "rbac.authorization.k8s.io";

    private AccountRule() {}

    /** The account that a pod runs as; of an app of the move. */
    static void apply(Draft draft, String subject, Field pod) {
        Field name = pod.at("serviceAccountName").exists() ? pod.at("serviceAccountName") : pod.at("serviceAccount");
        String account = name.text("default");
        Optional<Field> object = draft.index.named("", "ServiceAccount", account);
        object.ifPresent(found -> identity(draft, subject, found));
        boolean hasToken = !pod.at("automountServiceAccountToken").is("false")
                && object.filter(found -> found.at("automountServiceAccountToken")
                                        .is("false")
                                && !pod.at("automountServiceAccountToken").is("true"))
                        .isEmpty();
        List<Field> bindings = bindings(draft, account);
        if (!hasToken) {
            settle(pod, "no token is given to the pod: it can't talk to the Kubernetes API");
        } else if (bindings.isEmpty()) {
            String note = object.isPresent() || account.equals("default")
                    ? "the account has no rights of its own in these manifests"
                    : "the account is not among these manifests, and nothing in them gives it rights";
            settle(pod, note);
        } else {
            rights(draft, subject, pod, account, bindings);
        }
    }

    private static void settle(Field pod, String note) {
        pod.at("serviceAccountName").irrelevant(RULE, note);
        pod.at("serviceAccount").irrelevant(RULE, note);
    }

    private static List<Field> bindings(Draft draft, String account) {
        List<Field> found = new ArrayList<>();
        for (String kind : List.of("RoleBinding", "ClusterRoleBinding")) {
            for (Field binding : draft.index.all(GROUP, kind)) {
                boolean isMeant = binding.at("subjects").items().stream()
                        .anyMatch(subject -> subject.at("kind").is("ServiceAccount")
                                && subject.at("name").is(account)
                                && subject.at("namespace").text(draft.namespace).equals(draft.namespace));
                if (isMeant) {
                    found.add(binding);
                }
            }
        }
        return found;
    }

    private static void rights(Draft draft, String subject, Field pod, String account, List<Field> bindings) {
        TreeSet<String> rights = new TreeSet<>();
        List<Field> parts = new ArrayList<>();
        for (Field binding : bindings) {
            parts.add(binding.at("roleRef"));
            parts.add(binding.at("subjects"));
            String kind = binding.at("roleRef", "kind").text("Role");
            String role = binding.at("roleRef", "name").text("");
            Optional<Field> object = draft.index.named(GROUP, kind, role);
            if (object.isEmpty()) {
                rights.add("what " + kind + "/" + role + " says");
            }
            object.ifPresent(found -> {
                parts.add(found.at("rules"));
                found.at("rules").items().forEach(rule -> rights.add(summary(rule)));
            });
        }
        String shown = String.join("; ", rights.stream().limit(3).toList())
                + (rights.size() > 3 ? "; and " + (rights.size() - 3) + " more" : "");
        String id = "account-" + subject;
        String question = subject + " has rights at the Kubernetes API (account " + account + ": " + shown
                + "). From Dokku it can't talk to it. Does it work without?";
        Field raisedBy = pod.at("serviceAccountName").exists()
                ? pod.at("serviceAccountName")
                : pod.at("serviceAccount").exists()
                        ? pod.at("serviceAccount")
                        : bindings.getFirst().at("subjects");
        draft.ask(
                id,
                question,
                Draft.options(
                        "without",
                        "it doesn't need the API for its work, or a setting switches that off",
                        "stays",
                        "it belongs to the cluster: I take its workload out of the manifests and plan again"),
                raisedBy);
        String note = "there is no Kubernetes API on the Dokku host";
        for (String field : List.of("serviceAccountName", "serviceAccount")) {
            pod.at(field).decision(RULE, id, note);
        }
        parts.forEach(part -> part.decision(RULE, id, "rights of " + subject + " at the Kubernetes API"));
    }

    private static String summary(Field rule) {
        List<String> things = rule.at("resources").texts().isEmpty()
                ? rule.at("nonResourceURLs").texts()
                : rule.at("resources").texts();
        return String.join("/", rule.at("verbs").texts().stream().limit(4).toList()) + " "
                + String.join(", ", things.stream().limit(4).toList());
    }

    /** Roles at a cloud provider are annotations of the account: they are asked with the app that runs as it. */
    private static void identity(Draft draft, String subject, Field account) {
        account.at("metadata", "annotations").entries().forEach((key, annotation) -> {
            Optional<AnnotationTable.Answer> answer = AnnotationTable.find(key);
            if (answer.isPresent()
                    && answer.get() instanceof AnnotationTable.Answer.Open open
                    && open.id().equals("cloud-identity")) {
                String id = "cloud-identity-" + subject;
                String question = open.question().replace("%s", subject).replace("%v", annotation.text(""));
                draft.ask(
                        id,
                        question,
                        Draft.options(
                                "keys",
                                "I make keys for it and set them with `dokku config:set`",
                                "none",
                                "it doesn't use them"),
                        annotation);
                annotation.decision("Object.annotations", id, question);
            }
        });
    }
}
