package landfall.target;

import landfall.base.Secret;

/** What an environment variable holds on the target. */
public sealed interface Value {
    /** Stands in the recipe as it is. */
    record Plain(String text) implements Value {}

    /** Known from the source and kept out of the recipe: an input whose value is in secrets.yml. */
    record Hidden(String input, Secret secret) implements Value {}

    /** An input made of a password that Landfall generates: {@code prefix + password + suffix}. */
    record Composed(String input, String prefix, String password, String suffix) implements Value {}

    /**
     * An input that nobody here knows: the user writes it into secrets.yml.
     *
     * @param description whose it is and where it is kept
     */
    record Asked(String input, String description) implements Value {}
}
