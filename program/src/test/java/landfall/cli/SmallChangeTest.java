package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import landfall.base.Problems;
import landfall.kube.ManifestReader;
import landfall.recipe.MovePlan;
import landfall.recipe.MoveSecrets;
import landfall.recipe.MoveSettings;
import landfall.recipe.MoveSettingsFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small change of the manifests is a small change of the plan: the lines that it should change, and no other. */
final class SmallChangeTest {
    private static final Path EXAMPLE = Path.of("../examples/v-sekai/k8s");

    @TempDir
    Path folder;

    private static Map<String, String> plan(Path manifests) {
        Problems problems = new Problems();
        Manifests planned = Manifests.translate(
                ManifestReader.read(List.of(manifests.toString()), InputStream.nullInputStream(), problems),
                problems,
                "",
                null,
                Optional.empty(),
                Map.of(),
                false);
        MovePlan plan = MovePlan.of(
                planned.target,
                new MoveSettings.Kubernetes(null, null, planned.target.namespace()),
                new MoveSettings.DokkuTarget(null, null, null, null),
                MoveSecrets.of(planned.target, Map.of(), new Random(1)));
        Map<String, String> files = new TreeMap<>(plan.files());
        files.put("move.yaml", MoveSettingsFile.write(plan.settings()));
        return files;
    }

    /** The lines that came and went, as {@code FILE: +LINE}, for a replacement in one manifest. */
    private List<String> changes(String file, String before, String after) throws IOException {
        Path copy = folder.resolve("changed");
        Files.createDirectories(copy);
        try (Stream<Path> all = Files.list(EXAMPLE)) {
            for (Path manifest : all.toList()) {
                Files.copy(manifest, copy.resolve(manifest.getFileName()));
            }
        }
        String text = Files.readString(copy.resolve(file));
        assertThat(text).contains(before);
        Files.writeString(copy.resolve(file), text.replace(before, after));
        Map<String, String> old = plan(EXAMPLE);
        Map<String, String> fresh = plan(copy);
        List<String> changes = new ArrayList<>();
        Map<String, String> all = new TreeMap<>(old);
        all.putAll(fresh);
        for (String name : all.keySet()) {
            List<String> gone =
                    new ArrayList<>(old.getOrDefault(name, "").lines().toList());
            List<String> come =
                    new ArrayList<>(fresh.getOrDefault(name, "").lines().toList());
            for (String line : List.copyOf(come)) {
                if (gone.remove(line)) {
                    come.remove(line);
                }
            }
            gone.forEach(line -> changes.add(name + ": -" + line.strip()));
            come.forEach(line -> changes.add(name + ": +" + line.strip()));
        }
        return changes;
    }

    @Test
    void anImagesTagStandsWhereTheImageIsNamed() throws IOException {
        // The image names in the sandbox's table have this tag; the plan doesn't care.
        List<String> changes = changes("web.yaml", "ghcr.io/v-sekai/uro-web:1.4.2", "ghcr.io/v-sekai/uro-web:1.5.0");
        assertThat(changes)
                .containsExactlyInAnyOrder(
                        "apps/web/Dockerfile: -FROM ghcr.io/v-sekai/uro-web:1.4.2",
                        "apps/web/Dockerfile: +FROM ghcr.io/v-sekai/uro-web:1.5.0",
                        "move.yaml: -image: \"ghcr.io/v-sekai/uro-web:1.4.2\"",
                        "move.yaml: +image: \"ghcr.io/v-sekai/uro-web:1.5.0\"");
    }

    @Test
    void aNumberOfReplicasIsAScale() throws IOException {
        assertThat(changes("web.yaml", "replicas: 2", "replicas: 5"))
                .containsExactlyInAnyOrder("recipe.yml: -web: 2", "recipe.yml: +web: 5");
    }

    @Test
    void aVariablesValueIsALineOfItsConfig() throws IOException {
        assertThat(changes("web.yaml", "value: 0.0.0.0", "value: 127.0.0.1"))
                .containsExactlyInAnyOrder(
                        "recipe.yml: -HOSTNAME: \"0.0.0.0\"", "recipe.yml: +HOSTNAME: \"127.0.0.1\"");
    }

    @Test
    void aNewKeyOfAMountedConfigMapIsAFileMore() throws IOException {
        assertThat(changes("config.yaml", "  reset.txt: |", "  bye.txt: |\n    Bye.\n  reset.txt: |"))
                .containsExactlyInAnyOrder(
                        "apps/uro/Dockerfile: +COPY files/app/mail/bye.txt /app/mail/bye.txt",
                        "apps/uro/files/app/mail/bye.txt: +Bye.");
    }
}
