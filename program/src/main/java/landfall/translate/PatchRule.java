package landfall.translate;

import java.util.Locale;
import java.util.regex.Pattern;

/** Directives of strategic merge patches: what holds them is no object, but a change that kustomize makes to one. */
final class PatchRule {
    private static final Pattern DIRECTIVE =
            Pattern.compile("\\$(patch|retainKeys|deleteFromPrimitiveList/.*|setElementOrder/.*)");

    private PatchRule() {}

    static boolean isDirective(String key) {
        return DIRECTIVE.matcher(key).matches();
    }

    static void apply(Draft draft, Field directive) {
        String id = "patch-" + directive.object().kind().toLowerCase(Locale.ROOT) + "-"
                + directive.object().name();
        draft.ask(
                id,
                directive.object().shortName() + " in " + directive.object().file() + " is a patch, not an object ("
                        + directive.path()
                        + "): render the manifests (`kubectl kustomize DIR | landfall plan -`) and plan"
                        + " those.",
                Draft.options("leave", "the patch changes nothing in this plan"),
                directive);
        directive.decision("Object.patch", id, "a directive for kustomize");
    }
}
