package landfall.apply;

import java.util.List;
import java.util.Optional;
import landfall.dokku.DokkuCommand;
import landfall.recipe.task.Task;

/**
 * What an earlier run was making when it was cut off. It is there, so its task is in sync; but its command may have died
 * half-way on the host, and the journal alone knows.
 */
final class HalfMade {
    private HalfMade() {}

    /** Commands that do no harm to what was made whole, and make whole what wasn't. */
    static Optional<Work> work(Task task, ChangeLog log) {
        String name = HostPlan.name(task);
        if (!log.isOpen(name)) {
            return Optional.empty();
        }
        return switch (task.type()) {
            // An app's domain is what apps:create sets last. Nothing else was done to the app since: works on it wait.
            case "dokku_app" -> Optional.of(again(task, DokkuCommand.of("domains:reset", task.subject())));
            // Exits 0 if it runs; if it was never started, this does what create would have done next.
            case "dokku_service_create" -> {
                String[] words = task.subject().split(" ", 2);
                yield Optional.of(again(task, DokkuCommand.of(words[0] + ":start", words[1])));
            }
            // They are kept first, and written to nginx's configuration then.
            case "dokku_domains", "dokku_ports", "dokku_certs" ->
                Optional.of(again(task, DokkuCommand.of("proxy:build-config", task.subject())));
            default -> Optional.empty();
        };
    }

    private static Work again(Task task, DokkuCommand command) {
        return new Work(
                HostPlan.name(task), "an earlier run was cut off while making it", List.of(command), task.touches());
    }
}
