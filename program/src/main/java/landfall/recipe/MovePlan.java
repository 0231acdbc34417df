package landfall.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import landfall.base.Secret;
import landfall.target.Decision;
import landfall.target.Target;
import landfall.target.TargetApp;
import landfall.target.TargetService;

/**
 * Everything {@code plan} writes but the ledger, made in memory before the first byte is written.
 *
 * @param files path inside the move folder to text
 */
public record MovePlan(MoveSettings settings, Map<String, String> files, Map<String, Secret> secrets) {
    public MovePlan {
        files = java.util.Collections.unmodifiableMap(new TreeMap<>(files));
        secrets = java.util.Collections.unmodifiableMap(new TreeMap<>(secrets));
    }

    public static MovePlan of(
            Target target,
            MoveSettings.Kubernetes kubernetes,
            MoveSettings.DokkuTarget host,
            Map<String, Secret> secrets) {
        Map<String, String> files = new TreeMap<>();
        files.put("recipe.yml", RecipeWriter.write(target).text());
        for (TargetApp app : target.apps()) {
            AppFolder.files(app).forEach((path, text) -> files.put("apps/" + app.name() + "/" + path, text));
        }
        return new MovePlan(settings(target, kubernetes, host), files, secrets);
    }

    /** move.yaml last: a folder without it is no move, and one with it is whole. */
    public void write(MoveFolder folder) {
        folder.writeSecrets(secrets);
        folder.writeAll(files);
    }

    private static MoveSettings settings(
            Target target, MoveSettings.Kubernetes kubernetes, MoveSettings.DokkuTarget host) {
        Map<String, MoveSettings.Decision> decisions = new LinkedHashMap<>();
        for (Decision decision : target.decisions()) {
            decisions.put(
                    decision.id(),
                    new MoveSettings.Decision(
                            decision.question(),
                            decision.options(),
                            decision.fallback().orElse(null),
                            decision.answer().orElse(null)));
        }
        return new MoveSettings(
                target.move(),
                kubernetes,
                host,
                decisions,
                target.apps().stream().map(MovePlan::app).toList(),
                target.services().stream()
                        .flatMap(service -> service.move().stream().map(move -> database(service, move)))
                        .toList(),
                target.entries().stream()
                        .flatMap(entry -> entry.source().stream()
                                .map(source -> new MoveSettings.Files(
                                        entry.name(),
                                        source.app(),
                                        source.appPath(),
                                        new MoveSettings.FilesSource(
                                                source.claim(), source.workload(), source.container(), source.path()))))
                        .toList());
    }

    private static MoveSettings.App app(TargetApp app) {
        return new MoveSettings.App(
                app.name(),
                app.needsFolder() ? "apps/" + app.name() : null,
                app.image(),
                app.waitsFor(),
                app.workloads(),
                app.cronJobs(),
                app.bridges().stream()
                        .map(bridge -> new MoveSettings.Bridge(bridge.service(), bridge.port(), bridge.dokkuPort()))
                        .toList());
    }

    private static MoveSettings.Database database(TargetService service, TargetService.DatabaseMove move) {
        return new MoveSettings.Database(
                service.name(),
                service.database(),
                move.role(),
                move.password(),
                new MoveSettings.DatabaseSource(
                        move.workload(),
                        move.port(),
                        move.sourceDatabase(),
                        move.sourceUser(),
                        move.sourcePasswordSecret()));
    }
}
