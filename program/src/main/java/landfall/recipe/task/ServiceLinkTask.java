package landfall.recipe.task;

import java.util.List;
import java.util.Map;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

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
    public List<String> touches() {
        return List.of("app " + app, service + " " + name);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(Services.links(service, name));
    }

    @Override
    public List<Claim> claims(HostReading host) {
        // A link sets one variable, whose name depends on what the app had before, and one docker option for each
        // phase; one to an object store sets what SDKs read, too.
        String address = "@dokku-" + service + "-" + name + ":";
        String option = "--link dokku." + service + "." + name + ":";
        Map<String, String> variables = AppContents.variables(host, app);
        return List.of(
                Claim.of(service + " " + name, Item.Kind.LINK, List.of(app)),
                new Claim("app " + app, Item.Kind.DOCKER_OPTION, text -> text.contains(" " + option)),
                new Claim(
                        "app " + app,
                        Item.Kind.VARIABLE,
                        key -> variables.getOrDefault(key, "").contains(address)
                                || (service.equals(ObjectsLink.SERVICE) && ObjectsLink.sets(key, name, variables))));
    }

    @Override
    public Plan plan(HostReading host) {
        boolean linked = Services.exists(host, service, name)
                && host.answer(Services.links(service, name)).stdout().lines().anyMatch(app::equals);
        return linked
                ? Plan.inSync()
                : Plan.change(
                                "it is not linked",
                                DokkuCommand.of(service + ":link", name, app, "--no-restart")
                                        .droppingOutput())
                        .with(Effect.NEEDS_RESTART);
    }
}
