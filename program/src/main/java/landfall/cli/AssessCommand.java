package landfall.cli;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import landfall.base.ExitCode;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.kube.ReadResult;
import landfall.report.PlanReport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall assess}: the plan's report, and nothing written. */
@Command(
        name = "assess",
        mixinStandardHelpOptions = true,
        description = "Shows what is there, what moves how, what needs a decision. Writes nothing.",
        footer = {
            "",
            "Examples:",
            "  landfall assess k8s/",
            "  helm template shop ./chart | landfall assess -",
            "  landfall assess --cluster --namespace shop",
            "  landfall assess k8s/ --json | jq 'select(.event==\"decision\")'",
            "",
            "Exit codes: 0 done, also with decisions open; 2 bad input."
        })
public final class AssessCommand implements Callable<Integer> {
    @Mixin
    SourceOptions source = new SourceOptions();

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "kubeconfig for --cluster.")
    @Nullable
    String kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "Context of the kubeconfig, for --cluster.")
    @Nullable
    String context;

    @Option(names = "--draft", description = "Go on with what can be read where a file can't.")
    boolean draft;

    @Mixin
    Output output = new Output();

    @Override
    public Integer call() {
        Problems problems = new Problems();
        ReadResult read = source.read(kubeconfig, context, source.namespace, problems);
        Manifests manifests = Manifests.translate(
                read, problems, source.shown(), source.namespace, Optional.empty(), Map.of(), draft);
        for (Problem problem : manifests.problems) {
            output.events().note(problem.sentence());
        }
        PlanReport report = new PlanReport(
                manifests.target, manifests.ledger.coverage(), "landfall plan " + source.shown() + " -o move");
        if (output.json()) {
            report.events(output.events());
        } else {
            output.out().print(report.text(output.style()));
            output.out().flush();
        }
        return ExitCode.DONE.code();
    }
}
