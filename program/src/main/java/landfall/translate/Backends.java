package landfall.translate;

import java.util.Locale;
import java.util.Optional;

/** Finds what stands behind the Service that a route names. */
final class Backends {
    private final Draft draft;

    Backends(Draft draft) {
        this.draft = draft;
    }

    /** @param port name or number of the Service's port; empty if the route names none */
    FrontTarget find(String name, String port) {
        if (name.isEmpty()) {
            return new FrontTarget.Unknown("names no Service");
        }
        Optional<Field> service = draft.index.named("", "Service", name);
        if (service.isEmpty()) {
            return new FrontTarget.Unknown("the Service " + name + " is not among the manifests");
        }
        Optional<AppDraft> app = draft.appOf(service.get());
        if (app.isPresent()) {
            return new FrontTarget.App(app.get(), containerPort(service.get(), app.get(), port));
        }
        return outside(service.get(), port)
                .orElseGet(() -> new FrontTarget.Unknown("the Service " + name + " leads to no app of this move"));
    }

    private static int containerPort(Field service, AppDraft app, String wanted) {
        return service.at("spec", "ports").items().stream()
                .filter(port -> wanted.isEmpty()
                        || port.at("name").is(wanted)
                        || port.at("port").is(wanted))
                .findFirst()
                .map(ServicePort::target)
                .map(target -> app.containerPort(target).orElse(80))
                .orElse(app.firstPort().orElse(80));
    }

    private Optional<FrontTarget> outside(Field service, String wanted) {
        String port = service.at("spec", "ports").items().stream()
                .filter(candidate -> wanted.isEmpty()
                        || candidate.at("name").is(wanted)
                        || candidate.at("port").is(wanted))
                .findFirst()
                .map(ServicePort::target)
                .orElse(wanted.matches("[0-9]+") ? wanted : "80");
        return OutsideHosts.of(draft, service).map(host -> {
            String scheme = port.equals("443") || port.toLowerCase(Locale.ROOT).contains("https") ? "https" : "http";
            String number = port.matches("[0-9]+") ? ":" + port : "";
            return new FrontTarget.Outside(scheme, host + number);
        });
    }
}
