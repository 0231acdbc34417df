package landfall.recipe.task;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import landfall.dokku.DokkuCommand;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;
import org.jspecify.annotations.Nullable;

/** {@code dokku_ports}: these ports of the host lead to these of the container (state set: and no others). */
record PortsTask(String app, List<String> mappings, boolean only) implements Task {
    static PortsTask read(TaskFields fields) {
        List<String> mappings = new ArrayList<>();
        for (Object element : fields.list("port_mappings")) {
            fields.demand(
                    element instanceof Map<?, ?> entry && entry.keySet().equals(Set.of("scheme", "host", "container")),
                    "port_mappings",
                    "each is a map of scheme, host and container");
            Map<?, ?> entry = (Map<?, ?>) element;
            String scheme = String.valueOf(entry.get("scheme"));
            fields.demand(
                    List.of("http", "https", "grpc", "grpcs").contains(scheme),
                    "port_mappings",
                    scheme + " is not a scheme");
            int hostPort = number(fields, entry.get("host"));
            int containerPort = number(fields, entry.get("container"));
            fields.demand(
                    mappings.stream().noneMatch(other -> other.startsWith(scheme + ":" + hostPort + ":")),
                    "port_mappings",
                    scheme + " port " + hostPort + " of the host is mapped twice");
            mappings.add(scheme + ":" + hostPort + ":" + containerPort);
        }
        fields.demand(!mappings.isEmpty(), "port_mappings", "at least one is required");
        boolean only = fields.choice("state", "present", "present", "set").equals("set");
        PortsTask task = new PortsTask(Checks.app(fields), mappings, only);
        fields.end();
        return task;
    }

    private static int number(TaskFields fields, @Nullable Object value) {
        int port = value instanceof Integer number ? number : -1;
        Checks.port(fields, String.valueOf(value), port);
        return port;
    }

    @Override
    public String type() {
        return "dokku_ports";
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
        return List.of(map(app));
    }

    /** The whole report takes the host more than a second. */
    static HostRead map(String app) {
        return HostRead.value("ports", app, "--ports-map");
    }

    @Override
    public List<Claim> claims(HostReading host) {
        return List.of(
                only ? Claim.all("app " + app, Item.Kind.PORT) : Claim.of("app " + app, Item.Kind.PORT, mappings));
    }

    @Override
    public Plan plan(HostReading host) {
        String map = host.text(map(app)).orElse("").strip();
        Set<String> now = new LinkedHashSet<>(map.isEmpty() ? List.of() : List.of(map.split("\\s+")));
        List<String> wanted = only
                ? mappings
                : mappings.stream().filter(port -> !now.contains(port)).toList();
        if (only ? now.equals(new LinkedHashSet<>(mappings)) : wanted.isEmpty()) {
            return Plan.inSync();
        }
        List<String> words = new ArrayList<>(List.of(only ? "ports:set" : "ports:add", app));
        words.addAll(wanted);
        return Plan.change(map.isEmpty() ? "it has none" : "it has " + map, DokkuCommand.of(words))
                .with(Effect.BUILDS_PROXY);
    }
}
