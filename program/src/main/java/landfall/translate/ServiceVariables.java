package landfall.translate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables that Kubernetes puts into every container for each Service ({@code URO_SERVICE_HOST}): Dokku sets none,
 * so those that something reads become variables of the app.
 */
final class ServiceVariables {
    private static final Pattern NAME = Pattern.compile(
            "\\$\\(?\\{?(?:env:)?([A-Z][A-Z0-9_]*_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_[0-9]+_(?:TCP|UDP)(?:_(?:ADDR|PORT|PROTO))?)?))\\b");

    /** For pods that switch them off (enableServiceLinks). */
    static final ServiceVariables NONE = new ServiceVariables();

    private final Map<String, String> values = new TreeMap<>();

    private ServiceVariables() {}

    /** Those of every Service; they are the same for every container. */
    ServiceVariables(Draft draft) {
        draft.index.services().forEach(service -> add(draft, service));
    }

    private void add(Draft draft, Field service) {
        Field spec = service.at("spec");
        List<Field> ports = spec.at("ports").items();
        if (spec.at("clusterIP").is("None") || spec.at("type").is("ExternalName") || ports.isEmpty()) {
            return;
        }
        String prefix = service.object().name().toUpperCase(Locale.ROOT).replace('-', '_');
        // The full name stands for the Service's address: it is found wherever it stands and rewritten.
        String host = service.object().name() + "." + draft.namespace + ".svc.cluster.local";
        values.put(prefix + "_SERVICE_HOST", host);
        String first = ports.getFirst().at("port").text("");
        values.put(prefix + "_SERVICE_PORT", first);
        values.put(
                prefix + "_PORT",
                ports.getFirst().at("protocol").text("TCP").toLowerCase(Locale.ROOT) + "://" + host + ":" + first);
        for (Field port : ports) {
            String number = port.at("port").text("");
            String protocol = port.at("protocol").text("TCP");
            String one = prefix + "_PORT_" + number + "_" + protocol;
            port.at("name")
                    .text()
                    .ifPresent(name -> values.put(
                            prefix + "_SERVICE_PORT_"
                                    + name.toUpperCase(Locale.ROOT).replace('-', '_'),
                            number));
            values.put(one, protocol.toLowerCase(Locale.ROOT) + "://" + host + ":" + number);
            values.put(one + "_ADDR", host);
            values.put(one + "_PORT", number);
            values.put(one + "_PROTO", protocol.toLowerCase(Locale.ROOT));
        }
    }

    Map<String, String> values() {
        return values;
    }

    /** The variables of Services that a text reads, as a shell or a template would. */
    Map<String, String> readBy(String text) {
        Map<String, String> found = new TreeMap<>();
        Matcher matcher = NAME.matcher(text);
        while (matcher.find()) {
            String value = values.get(matcher.group(1));
            if (value != null) {
                found.put(matcher.group(1), value);
            }
        }
        return found;
    }
}
