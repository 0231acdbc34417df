package landfall.recipe.task;

import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;

/** {@code dokku_service_link}: the app sees a database service. */
record ServiceLinkTask(String app, String service, String name) implements Task {
    static ServiceLinkTask read(TaskFields fields) {
        ServiceLinkTask task = new ServiceLinkTask(
                Checks.app(fields), Checks.label(fields, "service"), Checks.service(fields, "name"));
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_service_link";
    }

    @Override
    public String subject() {
        return app + " to " + service + " " + name;
    }

    @Override
    public Plan plan(DokkuHost host) {
        return host.run(DokkuCommand.of(service + ":linked", name, app)).succeeded()
                ? Plan.inSync()
                : Plan.change(
                        "it is not linked",
                        DokkuCommand.of(service + ":link", name, app, "--no-restart")
                                .droppingOutput());
    }
}
