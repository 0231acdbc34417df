package landfall.apply;

import java.util.Set;

/**
 * Something that a task created on a host.
 *
 * @param type the task's: {@code dokku_app}
 * @param subject the task's: {@code uro}, {@code postgres uro-db}
 */
public record Made(String type, String subject) {
    static final String APP = "dokku_app";
    static final String SERVICE = "dokku_service_create";
    static final String NETWORK = "dokku_network";
    static final String ENTRY = "dokku_storage_entry";
    static final String LINK = "dokku_service_link";
    static final String MOUNT = "dokku_storage_mount";

    /** Task types that create something of its own. */
    public static final Set<String> CREATING = Set.of(APP, SERVICE, NETWORK, ENTRY, LINK, MOUNT);

    /** As the journal names the task. */
    public String task() {
        return type + " " + subject;
    }

    /** As the journal names its undoing. */
    public String undoing() {
        return "destroy " + task();
    }
}
