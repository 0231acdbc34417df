package landfall.target;

import java.util.List;
import java.util.Optional;

/** Everything the Dokku side is to hold, and what the user must know or say about it. */
public record Target(
        String move,
        String namespace,
        List<TargetApp> apps,
        List<TargetService> services,
        List<StorageEntry> entries,
        List<String> networks,
        List<Decision> decisions,
        List<Finding> findings) {
    public Target {
        apps = List.copyOf(apps);
        services = List.copyOf(services);
        entries = List.copyOf(entries);
        networks = List.copyOf(networks);
        decisions = List.copyOf(decisions);
        findings = List.copyOf(findings);
    }

    public List<Decision> openDecisions() {
        return decisions.stream().filter(Decision::isOpen).toList();
    }

    public Optional<TargetApp> app(String name) {
        return apps.stream().filter(app -> app.name().equals(name)).findFirst();
    }
}
