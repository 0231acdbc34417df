package landfall.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import landfall.target.StorageEntry;
import landfall.target.TargetApp;
import landfall.target.TargetService;

/** One line for each thing that the plan makes: the same on the terminal, in events and on the page. */
final class PlanLines {
    private PlanLines() {}

    static String of(TargetApp app) {
        List<String> parts = new ArrayList<>();
        parts.add("app " + app.name() + " from " + String.join(", ", app.workloads().isEmpty() ? app.cronJobs() : app.workloads()) + " (" + app.image() + "), "
                + app.processes() + (app.processes() == 1 ? " process" : " processes"));
        if (!app.web().domains().isEmpty()) {
            parts.add("serves " + String.join(", ", app.web().domains()));
        }
        if (!app.cron().isEmpty()) {
            parts.add(app.cron().size() + (app.cron().size() == 1 ? " cron task" : " cron tasks"));
        }
        if (!app.waitsFor().isEmpty()) {
            parts.add("starts when " + String.join(", ", app.waitsFor()) + " holds its data");
        }
        if (!app.bridges().isEmpty()) {
            parts.add("bridged from "
                    + app.bridges().stream()
                            .map(bridge -> "Service/" + bridge.service() + " to port " + bridge.dokkuPort())
                            .collect(Collectors.joining(", ")));
        } else {
            parts.add("runs on both sides until DNS moves");
        }
        return String.join("; ", parts);
    }

    static String of(TargetService service) {
        return service.type() + " service " + service.name()
                + service.imageVersion().map(version -> " " + version).orElse("")
                + service.move()
                        .map(move -> "; database " + move.sourceDatabase() + " of " + move.workload() + " becomes "
                                + service.database() + ", role " + move.role())
                        .orElse("; starts empty");
    }

    static String of(StorageEntry entry) {
        return "storage entry " + entry.name()
                + entry.source()
                        .map(source -> "; files of claim " + source.claim() + ", at " + source.appPath() + " of "
                                + source.app())
                        .orElse("; starts empty");
    }
}
