package landfall.translate;

import java.util.Locale;
import java.util.Optional;
import landfall.kube.FieldPath;

/** Annotations that no other rule has read: those known by name get their answer, and the others are a decision. */
final class AnnotationRule {
    private static final String RULE = "Object.annotations";

    private AnnotationRule() {}

    static boolean isAnnotation(FieldPath path) {
        return path.length() >= 2 && path.parent().endsWith(FieldPath.keys("metadata", "annotations"));
    }

    static void apply(Draft draft, Field annotation) {
        String key = annotation.path().lastKey().orElse("");
        Optional<AnnotationTable.Answer> answer = AnnotationTable.find(key);
        if (answer.isEmpty()) {
            unknown(draft, annotation);
            return;
        }
        switch (answer.get()) {
            case AnnotationTable.Answer.Irrelevant(String note) -> annotation.irrelevant(RULE, note);
            case AnnotationTable.Answer.Satisfied(String note) -> annotation.satisfied(RULE, note);
            case AnnotationTable.Answer.Lost lost -> lost(draft, annotation, lost);
            case AnnotationTable.Answer.Open open -> open(draft, annotation, open);
        }
    }

    private static void lost(Draft draft, Field annotation, AnnotationTable.Answer.Lost lost) {
        if (lost.harmless().contains(annotation.text(""))) {
            annotation.satisfied(RULE, "switched off");
            return;
        }
        draft.lost(annotation.object().shortName(), lost.what(), lost.advice());
        annotation.lost(RULE, lost.what() + ": " + lost.advice());
    }

    private static void open(Draft draft, Field annotation, AnnotationTable.Answer.Open open) {
        String value = annotation.text("");
        if (value.equals("runtime/default") || value.equals("docker/default")) {
            annotation.satisfied(RULE, "Docker applies its own default profile");
            return;
        }
        Optional<String> harmless = Optional.ofNullable(open.harmless().get(value));
        if (harmless.isPresent()) {
            annotation.satisfied(RULE, harmless.get());
            return;
        }
        String id = open.id() + "-" + annotation.object().name();
        String shown = value.length() > 80 ? value.substring(0, 77) + "…" : value.replace('\n', ' ');
        String question =
                open.question().replace("%s", annotation.object().shortName()).replace("%v", shown);
        draft.ask(id, question, Draft.options("by-hand", "I see to it myself", "none", "it is not needed"), annotation);
        annotation.decision(RULE, id, question);
    }

    private static void unknown(Draft draft, Field annotation) {
        String id = "annotations-" + annotation.object().kind().toLowerCase(Locale.ROOT) + "-"
                + annotation.object().name();
        draft.ask(
                id,
                annotation.object().shortName() + " has annotations that Landfall doesn't know. They speak to"
                        + " controllers of the cluster; nothing on Dokku reads them.",
                Draft.options("leave", "they go nowhere", "mine", "I do by hand what they did"),
                annotation);
        annotation.decision(RULE + ".other", id, "no rule knows this annotation");
    }
}
