package landfall.base;

import org.jspecify.annotations.Nullable;

/**
 * Something the user must know: what happened and to what, why, and what to do next. Never holds a secret.
 *
 * @param origin where it was found, or null where there is no place to point at
 */
public record Problem(
        Severity severity,
        String what,
        String why,
        String nextStep,
        @Nullable Origin origin) {
    public enum Severity {
        ERROR,
        WARNING
    }

    public static Problem error(String what, String why, String nextStep) {
        return new Problem(Severity.ERROR, what, why, nextStep, null);
    }

    public static Problem error(Origin origin, String what, String why, String nextStep) {
        return new Problem(Severity.ERROR, what, why, nextStep, origin);
    }

    public static Problem warning(Origin origin, String what, String why, String nextStep) {
        return new Problem(Severity.WARNING, what, why, nextStep, origin);
    }

    /** One paragraph for a terminal: {@code place: what: why. What to do next.} */
    public String sentence() {
        StringBuilder text = new StringBuilder();
        if (origin != null) {
            text.append(origin).append(": ");
        }
        text.append(what);
        if (!why.isEmpty()) {
            text.append(": ").append(why);
        }
        if (!nextStep.isEmpty()) {
            text.append(text.toString().endsWith(".") ? " " : ". ").append(nextStep);
        }
        return text.toString();
    }
}
