package landfall.translate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import landfall.kube.KubeObject;
import landfall.kube.Node;
import landfall.kube.Schema;
import landfall.ledger.Disposition;
import landfall.translate.kinds.FieldRule;
import landfall.translate.kinds.FieldTree;
import landfall.translate.kinds.KindRules;
import landfall.translate.kinds.Kinds;
import org.jspecify.annotations.Nullable;

/**
 * What the translators have not settled: the tables of the kinds answer for it. A field that the published schema of
 * its kind doesn't have is taken back from whoever settled it, and stays unknown (P1).
 */
final class Remainder {
    private final Draft draft;
    private final Map<KindRules, FieldTree> trees = new HashMap<>();

    Remainder(Draft draft) {
        this.draft = draft;
    }

    void settle(KubeObject object) {
        Optional<KindRules> rules = Kinds.of(object.group(), object.kind());
        Optional<Schema> schema = Schema.of(object);
        if (rules.isEmpty() || schema.isEmpty()) {
            draft.book.forget(object);
            misplaced(object);
            return;
        }
        FieldTree tree = trees.computeIfAbsent(rules.get(), kind -> FieldTree.of(kind.table()));
        Field root = Field.root(draft.book, object);
        Field namespace = root.at("metadata", "namespace");
        if (namespace.exists() && !draft.book.isSettled(object, namespace.path())) {
            namespace.carried("Object.namespace", landfall.target.Place.settings("source/kubernetes/namespace"));
        }
        Walk walk = new Walk(draft, rules.get());
        walk.at(Field.root(draft.book, object), schema.get().root(), tree, null);
        walk.askForTheRest(object);
    }

    /** {@code apps/v1 Ingress}: a kind that Kubernetes has, in a group of Kubernetes' that doesn't have it. */
    private void misplaced(KubeObject object) {
        List<String> meant = Kinds.groupsOf(object.kind()).stream()
                .filter(group -> isBuiltIn(group) && !group.equals("extensions"))
                .toList();
        if (!isBuiltIn(object.group()) || meant.isEmpty()) {
            return;
        }
        String id = "api-version-" + object.kind().toLowerCase(Locale.ROOT) + "-" + object.name();
        String group = meant.getFirst().isEmpty() ? "the core group (v1)" : meant.getFirst();
        Field root = Field.root(draft.book, object);
        draft.ask(
                id,
                object.apiVersion() + " has no " + object.kind() + ", so no cluster took " + object.shortName()
                        + ". Meant is perhaps that of " + group + ".",
                Draft.options("leave", "it is left out, as it was; correct its apiVersion if it is needed"),
                root.at("apiVersion"));
        root.decision("Object.apiVersion", id, "its group doesn't have this kind");
    }

    /** Kubernetes' own groups: without a domain, or below k8s.io. */
    private static boolean isBuiltIn(String group) {
        return !group.contains(".") || group.endsWith(".k8s.io");
    }

    /** One object's walk: its tree, its schema and its kind's table side by side. */
    private static final class Walk {
        private final Draft draft;
        private final KindRules rules;
        private final List<Field> unread = new ArrayList<>();

        Walk(Draft draft, KindRules rules) {
            this.draft = draft;
            this.rules = rules;
        }

        void at(Field field, Schema.@Nullable Type type, @Nullable FieldTree tree, @Nullable FieldRule nearest) {
            FieldRule rule = tree != null && tree.rule() != null ? tree.rule() : nearest;
            Node node = Objects.requireNonNull(field.node());
            if (type == null) {
                draft.book.forget(field.object(), field.path(), node);
                if (isPatchDirective(field)) {
                    patch(field);
                }
            } else if (node.isLeaf()) {
                leaf(field, node, rule);
            } else if (node instanceof Node.MapNode) {
                field.entries().forEach((key, child) -> {
                    if (PatchRule.isDirective(key)) {
                        PatchRule.apply(draft, child);
                    } else {
                        at(child, type.below(key), tree == null ? null : tree.below(key), rule);
                    }
                });
            } else {
                field.items().forEach(item -> at(item, type.item(), tree, rule));
            }
        }

        /** What kustomize's and kubectl's patches say beside the fields of the kind. */
        private static boolean isPatchDirective(Field field) {
            return field.path()
                    .lastKey()
                    .filter(key -> key.equals("$patch")
                            || key.equals("$retainKeys")
                            || key.startsWith("$setElementOrder/")
                            || key.startsWith("$deleteFromPrimitiveList/"))
                    .isPresent();
        }

        private void patch(Field field) {
            KubeObject object = field.object();
            draft.refuse(
                    "patch-" + object.kind().toLowerCase(Locale.ROOT) + "-" + object.name(),
                    object.shortName() + " in " + object.file()
                            + " is a patch for kustomize, not an object of its own. It is read as if it were one: plan"
                            + " what `kustomize build` prints instead.",
                    "Object.patch",
                    "says how to change another file's object, which Landfall leaves to kustomize",
                    field);
        }

        private void leaf(Field leaf, Node node, @Nullable FieldRule rule) {
            if (draft.book.isSettled(leaf.object(), leaf.path())) {
                return;
            }
            if (AnnotationRule.isAnnotation(leaf.path())) {
                AnnotationRule.apply(draft, leaf);
                return;
            }
            if (node.isNull() || !(node instanceof Node.Scalar)) {
                leaf.irrelevant(name(rule), "empty: the same as not given");
                return;
            }
            if (rule == null || !rule.isDefault()) {
                unread.add(leaf);
                return;
            }
            Optional<String> harmless = rule.harmlessAt(leaf.text(""));
            if (harmless.isPresent()) {
                leaf.satisfied(name(rule), harmless.get());
                return;
            }
            settle(leaf, rule);
        }

        private void settle(Field leaf, FieldRule rule) {
            String subject = leaf.object().name();
            Disposition disposition = rule.usual().getFirst();
            switch (disposition) {
                case DECISION -> {
                    String id = rule.decision() + "-" + subject;
                    String question = rule.note().replace("%s", leaf.object().shortName());
                    draft.ask(
                            id,
                            question,
                            Draft.options("leave", "it is left out of the move; you see to it yourself"),
                            leaf);
                    leaf.decision(name(rule), id, question);
                }
                case LOST -> {
                    draft.lost(leaf.object().shortName(), rule.note(), rule.advice());
                    leaf.lost(name(rule), rule.note() + ": " + rule.advice());
                }
                case CARRIED, ADAPTED, SATISFIED, IRRELEVANT ->
                    leaf.settle(disposition, List.of(), name(rule), rule.note());
            }
        }

        private String name(@Nullable FieldRule rule) {
            return rule == null ? rules.kind() : rules.kind() + "." + rule.path();
        }

        /** Known fields that no translator found a use for in this object: said, not swallowed. */
        void askForTheRest(KubeObject object) {
            if (unread.isEmpty()) {
                return;
            }
            String id = "fields-" + object.kind().toLowerCase(Locale.ROOT) + "-" + object.name();
            String question = object.shortName() + " has fields that Landfall knows but can't place here ("
                    + shown(unread, field -> field.path().toString()) + "): they go nowhere.";
            for (Field field : unread) {
                draft.ask(id, question, Draft.options("leave", "they go nowhere; I have seen to them"), field);
                field.decision(rules.kind() + ".unplaced", id, "nothing in this move takes it");
            }
        }

        private static String shown(List<Field> fields, Function<Field, String> text) {
            List<String> first = fields.stream().limit(3).map(text).toList();
            return String.join(", ", first) + (fields.size() > 3 ? " and " + (fields.size() - 3) + " more" : "");
        }
    }
}
