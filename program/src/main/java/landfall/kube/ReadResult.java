package landfall.kube;

import java.util.List;

/**
 * What was read.
 *
 * @param objects every object in the order of its file, the items of lists in their place; duplicates stay
 * @param envelopes the {@code kind: List} documents without their items: no objects, but their fields are counted
 * @param duplicates each id that was read more than once
 * @param filesRead the files in the order they were read, named as in {@link KubeObject#file()}
 */
public record ReadResult(
        List<KubeObject> objects, List<KubeObject> envelopes, List<Duplicate> duplicates, List<String> filesRead) {
    public ReadResult {
        objects = List.copyOf(objects);
        envelopes = List.copyOf(envelopes);
        duplicates = List.copyOf(duplicates);
        filesRead = List.copyOf(filesRead);
    }

    /** One id and the objects that bear it, two or more, in the order they were read. */
    public record Duplicate(String id, List<KubeObject> objects) {
        public Duplicate {
            objects = List.copyOf(objects);
        }
    }
}
