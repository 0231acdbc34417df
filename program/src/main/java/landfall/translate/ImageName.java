package landfall.translate;

import java.util.Optional;

/**
 * The name of a container image in its parts.
 *
 * @param repository with registry and path, as written
 */
record ImageName(String repository, Optional<String> tag, Optional<String> digest) {
    static ImageName of(String text) {
        int at = text.indexOf('@');
        Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
        String rest = at < 0 ? text : text.substring(0, at);
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            return new ImageName(rest.substring(0, colon), Optional.of(rest.substring(colon + 1)), digest);
        }
        return new ImageName(rest, Optional.empty(), digest);
    }

    String lastPart() {
        return repository.substring(repository.lastIndexOf('/') + 1);
    }

    /** True for the image that Docker itself publishes under this short name. */
    boolean isOfficial(String name) {
        String plain = repository.replaceFirst("^(index\\.)?docker\\.io/", "").replaceFirst("^library/", "");
        return plain.equals(name);
    }
}
