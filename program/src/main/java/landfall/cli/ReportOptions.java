package landfall.cli;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import landfall.recipe.MovePlan;
import landfall.recipe.MoveSettingsFile;
import landfall.report.Cost;
import landfall.report.Demand;
import landfall.report.Forecast;
import landfall.report.Outlook;
import landfall.report.Prices;
import landfall.report.ReportPage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the report needs beyond the manifests: prices, and what the cluster costs. */
final class ReportOptions {
    @Option(
            names = "--prices",
            paramLabel = "FILE",
            description = "Host sizes and prices to propose from. Default: an example, to be edited.")
    @Nullable
    Path prices;

    @Option(
            names = "--cluster-cost",
            paramLabel = "AMOUNT",
            description = "What the cluster costs a month, to compare with.")
    @Nullable
    BigDecimal clusterCost;

    Outlook outlook(Manifests manifests) {
        Demand demand = Demand.of(manifests.read.objects(), manifests.target.namespace());
        Prices list = prices == null ? Prices.example() : Prices.read(prices);
        return new Outlook(Forecast.of(manifests.target), Cost.of(demand, list, Optional.ofNullable(clusterCost)));
    }

    /** The page names no folder: the same plan is the same bytes wherever it is written. */
    String page(Manifests manifests, MovePlan plan) {
        Map<String, String> files = new TreeMap<>(plan.files());
        files.put("move.yaml", MoveSettingsFile.write(plan.settings()));
        String next = manifests.target.openDecisions().isEmpty()
                ? "landfall apply MOVE"
                : "landfall plan … --answer ID=OPTION, for each decision below";
        return new ReportPage(
                        manifests.target, manifests.ledger, manifests.read.objects(), outlook(manifests), files, next)
                .html();
    }
}
