package landfall.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import landfall.target.Place;
import landfall.target.Route;

/**
 * What the cluster's proxy did to the requests of some paths, whoever asked for it: annotations of an Ingress, filters
 * of an HTTPRoute, middlewares of Traefik.
 */
final class Treatment {
    /** Stands for the name of the app that gets the template; {@link #APP_VARIABLE} is fit for nginx's variables. */
    static final String APP = "@LANDFALL-APP@";

    static final String APP_VARIABLE = "@LANDFALL_APP@";

    /** Dokku's nginx properties that were asked for, and their values. */
    final Map<String, String> properties = new TreeMap<>();
    /** Properties that the old proxy had without being asked. */
    final Map<String, String> defaults = new TreeMap<>();

    final List<String> locationDirectives = new ArrayList<>();
    final Set<String> serverDirectives = new LinkedHashSet<>();
    /** Blocks beside the servers, with {@link #APP} where a name must not be another app's too. */
    final Set<String> sharedBlocks = new LinkedHashSet<>();

    final Map<String, String> requestHeaders = new LinkedHashMap<>();
    final Map<String, String> responseHeaders = new LinkedHashMap<>();
    /** Target of a rewrite; the pattern is the path. */
    Optional<String> rewrite = Optional.empty();
    /** A rewrite whose pattern isn't the path: pattern and target. */
    Optional<Rewriting> rewriting = Optional.empty();

    Optional<Route.Answer> answer = Optional.empty();
    /** The protocol that the app speaks: http, https, grpc, grpcs. */
    String protocol = "http";

    boolean patterns;
    boolean redirectsToHttps = true;
    boolean redirectsOtherWww;
    final Set<String> aliases = new LinkedHashSet<>();

    private final List<Effect> effects = new ArrayList<>();

    /** nginx's own words for a rewrite. */
    record Rewriting(String pattern, String target) {}

    /** A field that has an effect as soon as its routes have a place. */
    private record Effect(Field field, String rule, Optional<String> property, String note) {}

    /** A proxy that isn't ingress-nginx: none of them bounds bodies, holds answers back or sends HSTS unasked. */
    static Treatment ofOtherProxy() {
        Treatment treatment = new Treatment();
        treatment.defaults.put("proxy-buffering", "off");
        treatment.defaults.put("client-max-body-size", "0");
        treatment.defaults.put("hsts", "false");
        return treatment;
    }

    /** The treatment of a part of what this one is for: what is added to it doesn't come back here. */
    Treatment copy() {
        Treatment copy = new Treatment();
        copy.properties.putAll(properties);
        copy.defaults.putAll(defaults);
        copy.locationDirectives.addAll(locationDirectives);
        copy.serverDirectives.addAll(serverDirectives);
        copy.sharedBlocks.addAll(sharedBlocks);
        copy.requestHeaders.putAll(requestHeaders);
        copy.responseHeaders.putAll(responseHeaders);
        copy.rewrite = rewrite;
        copy.rewriting = rewriting;
        copy.answer = answer;
        copy.protocol = protocol;
        copy.patterns = patterns;
        copy.redirectsToHttps = redirectsToHttps;
        copy.redirectsOtherWww = redirectsOtherWww;
        copy.aliases.addAll(aliases);
        copy.effects.addAll(effects);
        return copy;
    }

    void property(Field field, String rule, String property, String value) {
        properties.put(property, value);
        effects.add(new Effect(field, rule, Optional.of(property), ""));
    }

    /** The field became part of the template; {@code note} says as what. */
    void effect(Field field, String rule, String note) {
        effects.add(new Effect(field, rule, Optional.empty(), note));
    }

    /** A line with the app's name in it. */
    static String of(AppDraft owner, String line) {
        return line.replace(APP, owner.name).replace(APP_VARIABLE, owner.name.replaceAll("[^A-Za-z0-9]", "_"));
    }

    /** Text of the user's in a sigil template: its braces are no template's. */
    static String literal(String text) {
        return text.replace("{{", "{{ \"{{\" }}");
    }

    /** Text of the user's as one nginx word. */
    static String word(String text) {
        return literal(text.matches("[A-Za-z0-9_./:$%?&=@,*+~-]+") ? text : quoted(text));
    }

    /** A pattern as one nginx word; its backslashes are the pattern's own. */
    static String pattern(String text) {
        return "\"" + literal(text.replace("\"", "\\\"")) + "\"";
    }

    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    /** True if Dokku's own template with properties can't do it. */
    boolean needsTemplate() {
        return !locationDirectives.isEmpty()
                || !serverDirectives.isEmpty()
                || !sharedBlocks.isEmpty()
                || !requestHeaders.isEmpty()
                || !responseHeaders.isEmpty()
                || rewrite.isPresent()
                || rewriting.isPresent()
                || answer.isPresent()
                || !protocol.equals("http")
                || !redirectsToHttps
                || redirectsOtherWww;
    }

    /**
     * Its routes have a place.
     *
     * @param inTemplate whether they are locations of the owner's template
     */
    void placed(AppDraft owner, AppDraft answering, boolean inTemplate) {
        String template = Place.appFile(owner.name, "nginx.conf.sigil");
        for (Effect effect : effects) {
            Optional<String> property = effect.property();
            for (AppDraft app : new LinkedHashSet<>(List.of(owner, answering))) {
                if (property.isPresent()
                        && Objects.equals(properties.get(property.get()), app.nginx.get(property.get()))) {
                    effect.field().carried(effect.rule(), Place.task(app.name, "nginx-" + property.get()));
                }
            }
            if (inTemplate && property.isPresent()) {
                effect.field().carried(effect.rule(), template);
            } else if (inTemplate) {
                effect.field().adapted(effect.rule(), template, effect.note());
            }
        }
    }

    /** None of its routes has a place. */
    void unplaced(String decision, String note) {
        effects.forEach(effect -> effect.field().decision(effect.rule(), decision, note));
    }

    /** The directives of a location of the path, beside what answers it. */
    List<String> directives(AppDraft owner, String path) {
        List<String> lines = new ArrayList<>();
        rewrite.ifPresent(
                target -> lines.add("rewrite \"(?i)" + path.replace("\"", "\\\"") + "\" " + word(target) + " break"));
        rewriting.ifPresent(
                rule -> lines.add("rewrite " + pattern(rule.pattern()) + " " + word(rule.target()) + " break"));
        lines.addAll(locationDirectives);
        properties.forEach((property, value) -> {
            if (!property.startsWith("hsts")) {
                lines.add(property.replace('-', '_') + " " + value);
            }
        });
        defaults.forEach((property, value) -> {
            boolean isServers = property.startsWith("hsts");
            if (!isServers && !properties.containsKey(property) && !value.equals(owner.nginx.get(property))) {
                lines.add(property.replace('-', '_') + " " + value);
            }
        });
        switch (protocol) {
            case "https" -> lines.add("proxy_pass https://$landfall_upstream");
            case "grpc" -> lines.add("grpc_pass grpc://$landfall_upstream");
            case "grpcs" -> lines.add("grpc_pass grpcs://$landfall_upstream");
            default -> {}
        }
        return lines;
    }
}
