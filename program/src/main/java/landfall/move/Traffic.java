package landfall.move;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import landfall.base.Events;
import landfall.dokku.DokkuCommand;
import landfall.postgres.Direction;

/** What carries users to a side and works there: Services and their bridge, the old pods, cron jobs. */
final class Traffic {
    private static final Duration START_MAX = Duration.ofMinutes(3);

    private final Sides sides;
    private final MoveJournal journal;

    Traffic(Sides sides, MoveJournal journal) {
        this.sides = sides;
        this.journal = journal;
    }

    void route(Direction to) {
        for (var app : sides.settings().apps()) {
            Map<String, Map<String, Integer>> ports = new HashMap<>();
            app.bridges()
                    .forEach(bridge -> ports.computeIfAbsent(bridge.service(), service -> new HashMap<>())
                            .put(bridge.port(), bridge.dokkuPort()));
            ports.forEach((service, map) -> {
                if (to == Direction.FORWARD) {
                    sides.cluster().bridge(service, sides.bridgeAddress(), map);
                } else {
                    sides.cluster().restore(service);
                }
            });
        }
    }

    /** Of the apps that are bridged. */
    List<String> workloads() {
        return sides.settings().apps().stream()
                .filter(app -> !app.bridges().isEmpty())
                .flatMap(app -> app.workloads().stream())
                .toList();
    }

    void stop(String workload) {
        int replicas = sides.cluster().replicas(workload);
        if (replicas > 0) {
            // Recorded first: killed between the two, the way back still knows the number.
            journal.record("scaled", Events.fields("workload", workload, "replicas", replicas));
            sides.cluster().scale(workload, 0);
        }
    }

    void startWorkloads() {
        for (String workload : workloads()) {
            if (sides.cluster().replicas(workload) == 0) {
                sides.cluster().scale(workload, replicasBefore(workload));
            }
        }
        workloads().forEach(workload -> sides.cluster().awaitReady(workload, START_MAX));
    }

    private int replicasBefore(String workload) {
        return journal.lines().reversed().stream()
                .filter(line -> line.what().equals("scaled")
                        && workload.equals(line.data().get("workload")))
                .findFirst()
                .map(line ->
                        ((Number) java.util.Objects.requireNonNull(line.data().get("replicas"))).intValue())
                .orElse(1);
    }

    void setCron(Side side, boolean suspended) {
        for (var app : sides.settings().apps()) {
            if (app.cronJobs().isEmpty()) {
                continue;
            }
            if (side == Side.CLUSTER) {
                app.cronJobs()
                        .forEach(job -> sides.cluster().suspendCronJob(job.replaceFirst("^CronJob/", ""), suspended));
            } else {
                sides.dokku()
                        .demand(
                                suspended
                                        ? DokkuCommand.of("cron:set", app.name(), "maintenance", "true")
                                        : DokkuCommand.of("cron:set", app.name(), "maintenance"));
            }
        }
    }
}
