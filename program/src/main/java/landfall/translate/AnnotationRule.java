package landfall.translate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import landfall.kube.FieldPath;

/** Annotations that no other rule knows: what tools wrote about the object itself, and what nobody has heard of. */
final class AnnotationRule {
    /** Written by tools of the cluster about the object itself. */
    private static final List<String> BOOKKEEPING = List.of(
            "kubectl.kubernetes.io/",
            "deployment.kubernetes.io/",
            "meta.helm.sh/",
            "helm.sh/",
            "app.kubernetes.io/",
            "argocd.argoproj.io/",
            "autoscaling.alpha.kubernetes.io/",
            "pv.kubernetes.io/",
            "volume.kubernetes.io/",
            "volume.beta.kubernetes.io/",
            "kompose.cmd",
            "kompose.version");

    private AnnotationRule() {}

    static boolean isAnnotation(FieldPath path) {
        return path.length() >= 2 && path.parent().endsWith(FieldPath.keys("metadata", "annotations"));
    }

    static void apply(Draft draft, Field annotation) {
        String key = annotation.path().lastKey().orElse("");
        if (BOOKKEEPING.stream().anyMatch(key::startsWith)) {
            annotation.irrelevant("Object.annotations", "written by a tool about the object itself");
            return;
        }
        String id = "annotations-" + annotation.object().kind().toLowerCase(Locale.ROOT) + "-"
                + annotation.object().name();
        draft.decide(
                id,
                annotation.object().shortName() + " has annotations that Landfall doesn't know. They speak to"
                        + " controllers of the cluster; nothing on Dokku reads them.",
                Draft.options("leave", "they go nowhere", "mine", "I do by hand what they did"),
                Optional.empty(),
                annotation);
        annotation.decision("Object.annotations.other", id, "no rule knows this annotation");
    }
}
