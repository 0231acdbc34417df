package landfall.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.kube.KubeObject;
import landfall.kube.ReadResult;
import landfall.ledger.Ledger;
import landfall.target.Target;
import landfall.translate.Answers;
import landfall.translate.Translator;
import org.jspecify.annotations.Nullable;

/** Manifests read and translated: what {@code assess} shows and {@code plan} writes. */
final class Manifests {
    final ReadResult read;
    final Ledger ledger;
    final Target target;
    final List<Problem> problems;

    private Manifests(ReadResult read, Ledger ledger, Target target, List<Problem> problems) {
        this.read = read;
        this.ledger = ledger;
        this.target = target;
        this.problems = problems;
    }

    /**
     * @param shown what was read, as the user named it
     * @param draft true: what can't be read is told and the rest is translated
     * @throws LandfallException (bad input) with every problem of every file
     */
    static Manifests translate(
            ReadResult read,
            Problems problems,
            String shown,
            @Nullable String namespace,
            Optional<String> move,
            Map<String, String> answers,
            boolean draft) {
        if (!draft) {
            problems.stopOnErrors(ExitCode.BAD_INPUT);
        }
        if (read.objects().isEmpty()) {
            problems.add(
                    Problem.error(
                            Origin.file(shown),
                            "no Kubernetes objects in it",
                            "",
                            "Give files or folders with manifests, or --cluster, or pipe them in: `kubectl get -o yaml … | landfall plan - -o move`."));
            throw new LandfallException(ExitCode.BAD_INPUT, problems.all());
        }
        String main = Translator.mainNamespace(read.objects());
        String wanted = namespace == null ? main : namespace;
        // As with kubectl -n: objects without a namespace go into the one that is named.
        boolean isNamed =
                read.objects().stream().anyMatch(object -> object.namespace().equals(wanted));
        List<KubeObject> objects = read.objects();
        String translated = isNamed ? wanted : "default";
        if (!isNamed && objects.stream().noneMatch(object -> object.namespace().equals("default"))) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(shown),
                            "no object of namespace " + wanted,
                            "",
                            "Its objects are in " + main + ": leave --namespace out, or name that."));
        }
        Ledger ledger = Ledger.open(read);
        String name = move.orElseGet(() -> moveName(wanted));
        Target target = Translator.translate(objects, ledger, name, translated, new Answers(answers));
        return new Manifests(read, ledger, target, problems.all());
    }

    /** {@code [a-z][a-z0-9_]{0,30}}: it names slots and publications. */
    static String moveName(String text) {
        String name =
                text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^[^a-z]+|_+$", "");
        if (name.isEmpty()) {
            return "move";
        }
        return name.length() > 31 ? name.substring(0, 31) : name;
    }
}
