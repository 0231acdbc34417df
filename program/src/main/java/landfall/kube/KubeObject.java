package landfall.kube;

import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes object as it was read.
 *
 * <p>Its identity is the place it was read from, not its id: two objects of one id stay two objects. Paths given about
 * it start at its own {@code root}; the ledger puts {@code base} before them.
 *
 * @param id such as {@code apps/v1/Deployment/default/uro}, {@code v1/Service/default/x} in the core group
 * @param namespace {@code default} where none was given, {@code -} for kinds that have none
 * @param name the name, the prefix it is generated from, or {@code -} where there is neither
 * @param file relative to the argument it was found by, {@code -} for standard input, {@code cluster} for a live one
 * @param document counted from 0 in its file
 * @param line where the object begins, counted from 1
 * @param base where the object stands in its document: the root, or {@code items[3]} in a list
 */
public record KubeObject(
        String id,
        String apiVersion,
        String kind,
        String namespace,
        String name,
        Node.MapNode root,
        String file,
        int document,
        int line,
        FieldPath base) {

    /** An object that is its document's root. */
    public KubeObject(
            String id,
            String apiVersion,
            String kind,
            String namespace,
            String name,
            Node.MapNode root,
            String file,
            int document,
            int line) {
        this(id, apiVersion, kind, namespace, name, root, file, document, line, FieldPath.ROOT);
    }

    /** The group of the API version, empty for the core group. */
    public String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /** {@code Deployment/uro}: how people name it. */
    public String shortName() {
        return kind + "/" + name;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KubeObject that
                && document == that.document
                && id.equals(that.id)
                && file.equals(that.file)
                && base.equals(that.base);
    }

    @Override
    public int hashCode() {
        // The text's hash is kept by the text: rules look objects up millions of times in a large estate.
        return 31 * id.hashCode() + document;
    }

    /** Without the tree: its values may be secrets. */
    @Override
    public String toString() {
        return id + " (" + file + ":" + line + ")";
    }
}
