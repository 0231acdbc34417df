package landfall.target;

/** Names of the places a field can go to, as the ledger writes them; a task of the recipe bears the name used here. */
public final class Place {
    private Place() {}

    public static String task(String subject, String task) {
        return "recipe.yml#tasks/" + taskName(subject, task);
    }

    public static String task(String subject, String task, String part) {
        return task(subject, task) + "/" + part;
    }

    /** The {@code name} of a task in the recipe. */
    public static String taskName(String subject, String task) {
        return subject + "/" + task;
    }

    public static String appFile(String app, String file) {
        return "apps/" + app + "/" + file;
    }

    public static String settings(String path) {
        return "move.yaml#" + path;
    }

    public static String secret(String name) {
        return "secrets.yml#" + name;
    }
}
