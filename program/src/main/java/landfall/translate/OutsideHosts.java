package landfall.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Services that stand for a host outside the cluster: by a name, or by addresses that somebody wrote down. */
final class OutsideHosts {
    private OutsideHosts() {}

    /** The host behind a Service that selects no pods. */
    static Optional<String> of(Draft draft, Field service) {
        if (service.at("spec", "type").is("ExternalName")) {
            return service.at("spec", "externalName").text().filter(name -> !isOfTheCluster(name));
        }
        if (!service.at("spec", "selector").entries().isEmpty()) {
            return Optional.empty();
        }
        return addresses(draft, service).stream().findFirst();
    }

    private static boolean isOfTheCluster(String name) {
        return name.endsWith(".svc.cluster.local") || name.endsWith(".svc");
    }

    /** The addresses of a Service without a selector, in the order of the manifests. */
    static List<String> addresses(Draft draft, Field service) {
        String name = service.object().name();
        List<String> addresses = new ArrayList<>();
        draft.index
                .named("", "Endpoints", name)
                .ifPresent(endpoints -> endpoints
                        .at("subsets")
                        .items()
                        .forEach(subset -> subset.at("addresses")
                                .items()
                                .forEach(address -> address.at("ip").text().ifPresent(addresses::add))));
        for (Field slice : draft.index.all("discovery.k8s.io", "EndpointSlice")) {
            if (isOf(slice, name)) {
                slice.at("endpoints")
                        .items()
                        .forEach(endpoint ->
                                addresses.addAll(endpoint.at("addresses").texts()));
            }
        }
        return addresses;
    }

    /** What the cluster keeps, or somebody wrote, about the addresses behind the Service. */
    static void settle(Draft draft, Field service, String note) {
        String name = service.object().name();
        for (Field endpoints : draft.index.all("", "Endpoints")) {
            if (endpoints.object().name().equals(name)) {
                settle(endpoints, List.of("subsets"), note);
            }
        }
        for (Field slice : draft.index.all("discovery.k8s.io", "EndpointSlice")) {
            if (isOf(slice, name)) {
                settle(slice, List.of("endpoints", "ports"), note);
            }
        }
    }

    /** Those of Services that the move doesn't see. */
    static void settleRest(Draft draft) {
        List<Field> rest = new ArrayList<>(draft.index.all("", "Endpoints"));
        rest.addAll(draft.index.all("discovery.k8s.io", "EndpointSlice"));
        for (Field object : rest) {
            String service = object.at("metadata", "labels", "kubernetes.io/service-name")
                    .text(object.object().name());
            if (draft.index.named("", "Service", service).isEmpty()) {
                settle(object, List.of("subsets", "endpoints", "ports"), "no Service of the manifests leads there");
            }
        }
    }

    private static void settle(Field object, List<String> fields, String note) {
        MetadataRule.apply(object);
        fields.forEach(field -> object.at(field).irrelevant(object.object().kind() + "." + field, note));
    }

    static boolean isOf(Field slice, String service) {
        return slice.at("metadata", "labels", "kubernetes.io/service-name").is(service);
    }
}
