package landfall.recipe.task;

import java.util.Locale;

/**
 * Something that an app or a service of a host has.
 *
 * @param owner {@code app uro}, {@code postgres uro-db}
 * @param name tells it from others of its kind; of a variable never its value
 * @param detail for people, may be empty
 */
public record Item(String owner, Kind kind, String name, String detail) {
    /** What a recipe has a say in. */
    public enum Kind {
        VARIABLE,
        DOMAIN,
        PORT,
        MOUNT,
        LINK,
        DOCKER_OPTION,
        PROCESS,
        NGINX_PROPERTY;

        /** {@code docker option}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** As it may be shown: a docker option that sets a variable is cut behind the variable's name. */
    public String shown() {
        String text = kind == Kind.DOCKER_OPTION
                ? name.replaceFirst("^(\\S+ (?:-e|--env|--build-arg)[ =]\"?[A-Za-z_][A-Za-z0-9_]*=).*", "$1***")
                : name;
        return detail.isEmpty() ? text : text + " (" + detail + ")";
    }

    /** One line. */
    public String sentence() {
        return owner + ": " + kind.text() + " " + shown();
    }

    /** Without what {@link #shown} leaves out. */
    @Override
    public String toString() {
        return sentence();
    }
}
