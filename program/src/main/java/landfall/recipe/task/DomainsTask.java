package landfall.recipe.task;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_domains}: the app answers these names (state set: and no others). */
record DomainsTask(String app, List<String> domains, boolean only) implements Task {
    static DomainsTask read(TaskFields fields) {
        DomainsTask task = new DomainsTask(
                Checks.app(fields),
                fields.texts("domains"),
                fields.choice("state", "present", "present", "set").equals("set"));
        task.domains().forEach(domain -> Checks.domain(fields, domain));
        fields.demand(!task.domains().isEmpty(), "domains", "at least one is required");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_domains";
    }

    @Override
    public String subject() {
        return app;
    }

    @Override
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(vhosts(app));
    }

    @Override
    public List<Claim> claims(HostReading host) {
        return List.of(
                only ? Claim.all("app " + app, Item.Kind.DOMAIN) : Claim.of("app " + app, Item.Kind.DOMAIN, domains));
    }

    @Override
    public Plan plan(HostReading host) {
        String vhosts = host.text(vhosts(app)).orElse("").strip();
        Set<String> now = new LinkedHashSet<>(vhosts.isEmpty() ? List.of() : List.of(vhosts.split("\\s+")));
        if (only) {
            return now.equals(new LinkedHashSet<>(domains))
                    ? Plan.inSync()
                    : change(vhosts.isEmpty() ? "it has none" : "its domains are " + vhosts, "domains:set", domains);
        }
        List<String> missing =
                domains.stream().filter(domain -> !now.contains(domain)).toList();
        return missing.isEmpty()
                ? Plan.inSync()
                : change("missing: " + String.join(", ", missing), "domains:add", missing);
    }

    /** The whole report takes the host three times as long. */
    static HostRead vhosts(String app) {
        return HostRead.value("domains", app, "--domains-app-vhosts");
    }

    private Plan change(String why, String name, List<String> names) {
        List<String> words = new ArrayList<>(List.of(name, app));
        words.addAll(names);
        return Plan.change(why, DokkuCommand.of(words)).with(Effect.BUILDS_PROXY);
    }
}
