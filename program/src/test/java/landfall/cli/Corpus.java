package landfall.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The sets of real manifests, where they are on the machine: they are other people's and no part of the project. */
final class Corpus {
    private Corpus() {}

    /** Named by -Dlandfall.corpus or LANDFALL_CORPUS, else beside the repository or the folder of its worktrees. */
    static Optional<Path> folder() {
        String named = System.getProperty("landfall.corpus", System.getenv("LANDFALL_CORPUS"));
        Stream<Path> places = named != null
                ? Stream.of(Path.of(named))
                : Stream.of(Path.of("../../shared/corpus"), Path.of("../../../shared/corpus"));
        return places.filter(Files::isDirectory).findFirst();
    }

    /** None where there is no corpus. */
    static List<Path> sets() {
        if (folder().isEmpty()) {
            return List.of();
        }
        try (Stream<Path> sets = Files.list(folder().get())) {
            return sets.filter(Files::isDirectory).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
