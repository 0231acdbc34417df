package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Every annotation of ingress-nginx, with what becomes of it. */
final class NginxAnnotations {
    static final String PREFIX = "nginx.ingress.kubernetes.io/";

    private static final Map<String, NginxAnnotation> ALL = collect();

    private NginxAnnotations() {}

    private static Map<String, NginxAnnotation> collect() {
        List<NginxAnnotation> lines = new ArrayList<>();
        lines.addAll(NginxPaths.all());
        lines.addAll(NginxLimits.all());
        lines.addAll(NginxAccess.all());
        lines.addAll(NginxRest.all());
        Map<String, NginxAnnotation> all = new LinkedHashMap<>();
        for (NginxAnnotation line : lines) {
            if (all.put(line.name(), line) != null) {
                throw new IllegalStateException("this is a bug: the annotation " + line.name() + " has two lines");
            }
        }
        return all;
    }

    static List<NginxAnnotation> all() {
        return List.copyOf(ALL.values());
    }

    /** Reads the annotations of an Ingress whose controller is ingress-nginx. Unknown ones stay open. */
    static void read(Draft draft, Field ingress, Treatment treatment, Set<AppDraft> apps) {
        Map<String, Field> annotations = ingress.at("metadata", "annotations").entries();
        // In the table's order, not the manifest's, so that the same annotations make the same template.
        for (NginxAnnotation annotation : ALL.values()) {
            Field field = annotations.get(PREFIX + annotation.name());
            if (field == null) {
                continue;
            }
            NginxReading reading = new NginxReading(draft, ingress, treatment, apps, annotation);
            annotation.reader().read(reading, field.text("").strip());
        }
        annotations.forEach((name, field) -> {
            boolean isOld = name.startsWith("ingress.kubernetes.io/")
                    && ALL.containsKey(name.substring("ingress.kubernetes.io/".length()));
            if (isOld) {
                field.irrelevant(
                        "Ingress.annotations.old",
                        "has no effect today: ingress-nginx reads nginx.ingress.kubernetes.io/ only");
            }
        });
        treatment.defaults.put("proxy-buffering", "off");
    }

    /** For Ingresses of other controllers. */
    static void ignore(Field ingress, String controller) {
        ingress.at("metadata", "annotations").entries().forEach((name, field) -> {
            if (name.startsWith(PREFIX) && ALL.containsKey(name.substring(PREFIX.length()))) {
                field.irrelevant(
                        NginxReading.rule(name.substring(PREFIX.length())),
                        "speaks to ingress-nginx; this Ingress is of " + controller);
            }
        });
    }
}
