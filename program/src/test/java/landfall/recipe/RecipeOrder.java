package landfall.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a recipe's tasks stand in an order that applies to an empty host: nothing is used before it is made. */
public final class RecipeOrder {
    private final Set<String> made = new HashSet<>();
    private final Map<String, String> said = new HashMap<>();
    private final List<String> found = new ArrayList<>();

    private RecipeOrder() {}

    /** Every task that needs what isn't there yet, or says again, otherwise, what another task said. */
    public static List<String> violations(Path recipe) {
        RecipeOrder order = new RecipeOrder();
        DocketCatalogue.tasks(recipe).forEach(order::take);
        return order.found;
    }

    private void take(DocketCatalogue.Task task) {
        switch (task.type()) {
            case "dokku_app" -> make("app " + task.text("app"));
            case "dokku_network" -> make("network " + task.text("name"));
            case "dokku_storage_entry" -> make("storage entry " + task.text("name"));
            case "dokku_service_create" -> {
                names(task, "initial_network");
                names(task, "post_create_network");
                names(task, "post_start_network");
                make("service " + task.text("service") + " " + task.text("name"));
            }
            case "dokku_service_link", "dokku_service_expose" ->
                need(task, "service " + task.text("service") + " " + task.text("name"));
            case "dokku_storage_mount" -> {
                if (!task.text("entry_name").isEmpty()) {
                    need(task, "storage entry " + task.text("entry_name"));
                }
            }
            case "dokku_network_property" -> {
                if (task.text("property").matches("initial-network|attach-post-create|attach-post-deploy")) {
                    names(task, "value");
                }
            }
            default -> {}
        }
        if (!task.type().equals("dokku_app") && !task.text("app").isEmpty()) {
            need(task, "app " + task.text("app"));
        }
        String identity = task.type() + " " + DocketCatalogue.identity(task);
        String before = said.put(identity, String.valueOf(task.fields()));
        if (before != null && !DocketCatalogue.identity(task).isBlank()) {
            found.add(identity + " is said twice: " + before + " and " + task.fields());
        }
    }

    private void names(DocketCatalogue.Task task, String field) {
        Object value = task.fields().get(field);
        List<?> names = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
        for (Object name : names) {
            for (String network : String.valueOf(name).split(",", -1)) {
                if (!network.isBlank()) {
                    need(task, "network " + network.strip());
                }
            }
        }
    }

    private void make(String what) {
        made.add(what);
    }

    private void need(DocketCatalogue.Task task, String what) {
        if (!made.contains(what)) {
            found.add(task + " needs the " + what + ", which no task before it makes");
        }
    }
}
