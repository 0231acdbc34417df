package landfall.kube;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import landfall.base.Problem;
import landfall.base.Problems;

/** Reads a text or files in a test and shows both sides: what was read and what was wrong. */
public record Manifests(ReadResult read, List<Problem> problems) {
    public static Manifests ofFiles(String... arguments) {
        return read(List.of(arguments), InputStream.nullInputStream());
    }

    public static Manifests ofText(String text) {
        return read(List.of("-"), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Manifests read(List<String> arguments, InputStream in) {
        Problems problems = new Problems();
        ReadResult read = ManifestReader.read(arguments, in, problems);
        return new Manifests(read, problems.all());
    }

    public KubeObject only() {
        if (read.objects().size() != 1 || !problems.isEmpty()) {
            throw new AssertionError("one object and no problem expected, but: " + read.objects() + problems);
        }
        return read.objects().getFirst();
    }

    public List<String> sentences() {
        return problems.stream().map(Problem::sentence).toList();
    }
}
