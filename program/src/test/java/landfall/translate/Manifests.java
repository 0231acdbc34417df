package landfall.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import landfall.base.Problems;
import landfall.kube.ManifestReader;
import landfall.kube.ReadResult;
import landfall.ledger.Ledger;
import landfall.target.Target;

/** The plan of a few manifests, for tests of rules. */
record Manifests(Target target, Ledger ledger) {
    static Manifests translate(Path folder, String manifests, Map<String, String> answers) throws IOException {
        Path file = folder.resolve("manifests.yaml");
        Files.writeString(file, manifests);
        Problems problems = new Problems();
        ReadResult read = ManifestReader.read(List.of(file.toString()), InputStream.nullInputStream(), problems);
        assertThat(problems.all()).isEmpty();
        Ledger ledger = Ledger.open(read);
        String namespace = Translator.mainNamespace(read.objects());
        return new Manifests(
                Translator.translate(read.objects(), ledger, "move", namespace, new Answers(answers)), ledger);
    }

    static Manifests translate(Path folder, String manifests) throws IOException {
        return translate(folder, manifests, Map.of());
    }
}
