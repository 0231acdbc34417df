package landfall.translate;

import java.util.Optional;
import landfall.target.Place;

/** The annotations of one Ingress that Landfall knows; the others stay open in the ledger. */
final class IngressAnnotations {
    private static final String RULE = "Ingress.annotations.";

    private final Field annotations;

    private IngressAnnotations(Field annotations) {
        this.annotations = annotations;
    }

    static IngressAnnotations read(Field ingress) {
        return new IngressAnnotations(ingress.at("metadata", "annotations"));
    }

    private Field field(String name) {
        return annotations.at("nginx.ingress.kubernetes.io/" + name);
    }

    private Optional<String> text(String name) {
        return field(name).text();
    }

    boolean isNginx() {
        return annotations.at("kubernetes.io/ingress.class").is("nginx");
    }

    boolean usesRegex() {
        return text("use-regex").filter("true"::equals).isPresent() || rewrite().isPresent();
    }

    Optional<String> rewrite() {
        return text("rewrite-target");
    }

    Optional<String> bodySize() {
        return text("proxy-body-size");
    }

    Optional<String> readTimeout() {
        return text("proxy-read-timeout").map(IngressAnnotations::seconds);
    }

    private static String seconds(String text) {
        return text.matches("[0-9]+") ? text + "s" : text;
    }

    /** The app's own nginx does what the Ingress did for it, as far as properties can say it. */
    void properties(Draft draft, AppDraft app) {
        property(app, "proxy-body-size", "client-max-body-size", false);
        property(app, "proxy-read-timeout", "proxy-read-timeout", true);
        property(app, "proxy-send-timeout", "proxy-send-timeout", true);
        property(app, "proxy-connect-timeout", "proxy-connect-timeout", true);
        property(app, "proxy-buffering", "proxy-buffering", false);
        property(app, "proxy-buffer-size", "proxy-buffer-size", false);
        // ingress-nginx doesn't buffer answers by default; Dokku does, which stalls event streams.
        if (app.nginx.putIfAbsent("proxy-buffering", "off") == null) {
            draft.changed(app.name, "answers are not buffered by nginx, as ingress-nginx does it");
        }
    }

    private void property(AppDraft app, String annotation, String property, boolean isTime) {
        text(annotation).ifPresent(value -> {
            app.nginx.put(property, isTime ? seconds(value) : value);
            field(annotation).carried(RULE + annotation, Place.task(app.name, "nginx-" + property));
        });
    }

    /** Its paths became locations of a template. */
    void toRoute(String place) {
        for (String annotation :
                java.util.List.of("use-regex", "rewrite-target", "proxy-body-size", "proxy-read-timeout")) {
            field(annotation).carried(RULE + annotation, place);
        }
    }

    void settleRest() {
        annotations.at("kubernetes.io/ingress.class").satisfied(RULE + "class", "nginx on the Dokku host");
        if (field("ssl-redirect").is("true") || field("force-ssl-redirect").is("true")) {
            field("ssl-redirect").satisfied(RULE + "ssl-redirect", "Dokku redirects once a certificate exists");
            field("force-ssl-redirect")
                    .satisfied(RULE + "force-ssl-redirect", "Dokku redirects once a certificate exists");
        }
        if (field("backend-protocol").is("HTTP")) {
            field("backend-protocol").satisfied(RULE + "backend-protocol", "the default");
        }
        if (field("use-regex").exists() && field("rewrite-target").node() == null) {
            field("use-regex").satisfied(RULE + "use-regex", "no path of it is a pattern that another app answers");
        }
    }
}
