package landfall.translate;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** One annotation while it is read: what its reader may say and ask. */
final class NginxReading {
    static final Pattern SIZE = Pattern.compile("[0-9]+[kKmMgG]?");
    static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    static final Pattern SWITCH = Pattern.compile("true|false");
    static final Pattern ON_OFF = Pattern.compile("on|off");
    static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f.:]+(/[0-9]{1,3})?");

    private static final String PREFIX = "nginx.ingress.kubernetes.io/";

    final Draft draft;
    final Treatment treatment;
    private final Field ingress;
    private final Set<AppDraft> apps;
    private final String name;
    private final String note;

    NginxReading(Draft draft, Field ingress, Treatment treatment, Set<AppDraft> apps, NginxAnnotation annotation) {
        this.draft = draft;
        this.ingress = ingress;
        this.treatment = treatment;
        this.apps = apps;
        this.name = annotation.name();
        this.note = annotation.becomes();
    }

    static String rule(String annotation) {
        return "Ingress.annotations." + annotation;
    }

    private Field field() {
        return field(ingress, name);
    }

    static Field field(Field ingress, String name) {
        return ingress.at("metadata", "annotations", PREFIX + name);
    }

    /** Another annotation of the same Ingress. */
    Optional<String> other(String other) {
        return field(ingress, other).text().map(String::strip);
    }

    boolean isOn(String other) {
        return other(other).filter("true"::equals).isPresent();
    }

    String ingressName() {
        return ingress.object().name();
    }

    String shownIngress() {
        return ingress.object().shortName();
    }

    /** A name for zones and variables that no other Ingress has. */
    String unique() {
        return Treatment.APP_VARIABLE + "_" + ingressName().replaceAll("[^A-Za-z0-9]", "_");
    }

    /** True if more than one process would have to be chosen from. */
    boolean isSpread() {
        return apps.stream().anyMatch(app -> app.processes > 1);
    }

    void property(String property, String value) {
        treatment.property(field(), rule(name), property, value);
    }

    void location(String directive) {
        treatment.locationDirectives.add(Treatment.literal(directive));
        effect();
    }

    void server(String directive) {
        treatment.serverDirectives.add(directive);
        effect();
    }

    void shared(String block) {
        treatment.sharedBlocks.add(block);
        effect();
    }

    void effect() {
        treatment.effect(field(), rule(name), note);
    }

    void satisfied(String why) {
        field().satisfied(rule(name), why);
    }

    void irrelevant(String why) {
        field().irrelevant(rule(name), why);
    }

    void lost(String what, String advice) {
        draft.lost(shownIngress(), what, advice);
        field().lost(rule(name), what + ": " + advice);
    }

    /** Asks; the annotation stands in the ledger as decided by the answer. */
    Optional<String> ask(String topic, String question, Map<String, String> options) {
        String id = topic + "-" + ingressName();
        Optional<String> chosen = draft.ask(id, question, options, field());
        field().decision(rule(name), id, question);
        return chosen;
    }

    /** Part of what another annotation asks about. */
    void partOf(String topic) {
        field().decision(rule(name), topic + "-" + ingressName(), "part of that question");
    }

    /**
     * What kept strangers out can't be done here: nobody gets in until the user says that it is seen to.
     *
     * @return what was chosen
     */
    Optional<String> guard(String topic, String question, Map<String, String> options) {
        Optional<String> chosen = ask(topic, question, options);
        if (chosen.isEmpty() || chosen.get().equals("closed")) {
            treatment.locationDirectives.add("deny all");
        }
        return chosen;
    }

    /** The value isn't one that ingress-nginx takes. */
    void bad(String expected) {
        String id = "annotation-" + name + "-" + ingressName();
        draft.ask(
                id,
                shownIngress() + " gives " + name + " a value that ingress-nginx doesn't take (expected: " + expected
                        + "). It has no effect today.",
                Draft.options("leave", "it has none on Dokku either"),
                field());
        field().decision(rule(name), id, "not " + expected);
    }

    boolean fits(Pattern pattern, String value, String expected) {
        if (pattern.matcher(value).matches()) {
            return true;
        }
        bad(expected);
        return false;
    }

    static List<String> list(String value) {
        return Pattern.compile("[,\\s]+")
                .splitAsStream(value)
                .filter(part -> !part.isBlank())
                .toList();
    }

    static String joined(Collection<String> lines) {
        return lines.stream().collect(Collectors.joining(" "));
    }
}
