package landfall.translate;

import java.util.Map;
import java.util.Optional;
import landfall.target.Place;

/** Requests and limits of an app's container. */
final class ResourceRule {
    private ResourceRule() {}

    static void apply(Draft draft, AppDraft app) {
        Field resources = app.container.at("resources");
        if (resources.entries().isEmpty()) {
            resources.irrelevant("Container.resources", "empty");
        }
        amounts(draft, app, resources.at("limits"), app.limits, "limit");
        amounts(draft, app, resources.at("requests"), app.reservations, "reserve");
    }

    private static void amounts(Draft draft, AppDraft app, Field amounts, Map<String, String> into, String task) {
        if (amounts.entries().isEmpty()) {
            amounts.irrelevant("Container.resources", "empty");
        }
        amounts.entries().forEach((kind, amount) -> {
            Optional<String> converted = switch (kind) {
                case "cpu" -> Quantity.cpus(amount.text(""));
                case "memory" -> Quantity.memory(amount.text(""));
                default -> Optional.empty();
            };
            if (kind.equals("ephemeral-storage")) {
                amount.lost("Container.resources", "Docker sets no bound on what a container writes to its own layer");
                draft.lost(app.name, "the bound on temporary disk space", "watch the host's free space");
                return;
            }
            if (converted.isEmpty()) {
                draft.refuse(
                        "resource-" + app.name,
                        app.name + " asks for " + kind + ", which Landfall doesn't hand out.",
                        "Container.resources",
                        "neither cpu nor memory, or not an amount",
                        amount);
                return;
            }
            into.put(kind, converted.get());
            String to = Place.task(app.name, app.processTask(task), kind);
            if (kind.equals("cpu") && task.equals("reserve")) {
                amount.carried("Container.resources", to, "kept; docker-local reserves memory only");
            } else {
                amount.carried("Container.resources", to);
            }
        });
    }
}
