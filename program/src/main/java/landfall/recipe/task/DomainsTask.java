package landfall.recipe.task;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import landfall.dokku.DokkuCommand;
import landfall.dokku.DokkuHost;

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
    public Plan plan(DokkuHost host) {
        String vhosts =
                host.report("domains", app).getOrDefault("app-vhosts", "").strip();
        Set<String> now = new LinkedHashSet<>(vhosts.isEmpty() ? List.of() : List.of(vhosts.split("\\s+")));
        if (only) {
            return now.equals(new LinkedHashSet<>(domains))
                    ? Plan.inSync()
                    : Plan.change("its domains are: " + vhosts, command("domains:set", domains));
        }
        List<String> missing =
                domains.stream().filter(domain -> !now.contains(domain)).toList();
        return missing.isEmpty()
                ? Plan.inSync()
                : Plan.change("missing: " + String.join(", ", missing), command("domains:add", missing));
    }

    private DokkuCommand command(String name, List<String> names) {
        List<String> words = new ArrayList<>(List.of(name, app));
        words.addAll(names);
        return DokkuCommand.of(words);
    }
}
