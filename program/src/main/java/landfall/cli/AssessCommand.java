package landfall.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.base.Problems;
import landfall.kube.ReadResult;
import landfall.recipe.MovePlan;
import landfall.recipe.MoveSettings;
import landfall.report.PlanReport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code landfall assess}: the plan's report, and nothing written. */
@Command(
        name = "assess",
        mixinStandardHelpOptions = true,
        description = "Shows what is there, what moves how, what needs a decision. Writes nothing but --html.",
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

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Also write the report as a page, the only file written.")
    @Nullable
    Path html;

    @Mixin
    ReportOptions reporting = new ReportOptions();

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
        if (html != null) {
            write(html, manifests);
        }
        PlanReport report = new PlanReport(
                manifests.target,
                manifests.ledger.coverage(),
                reporting.outlook(manifests),
                "landfall plan " + source.shown() + " -o move",
                html == null ? "--html FILE writes all of them" : "all of them are in " + html);
        if (output.json()) {
            report.events(output.events());
        } else {
            output.out().print(report.text(output.style()));
            output.out().flush();
        }
        return ExitCode.DONE.code();
    }

    /** The recipe is drawn up for the page's snippets; it isn't kept. */
    private void write(Path file, Manifests manifests) {
        MovePlan plan = MovePlan.of(
                manifests.target,
                new MoveSettings.Kubernetes(null, null, manifests.target.namespace()),
                new MoveSettings.DokkuTarget(null, null, null, null),
                Map.of());
        try {
            Files.writeString(file, reporting.page(manifests, plan));
        } catch (IOException e) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(
                            Origin.file(file.toString()),
                            "cannot be written",
                            String.valueOf(e.getMessage()),
                            "Name a file in a folder that you may write to."),
                    e);
        }
    }
}
