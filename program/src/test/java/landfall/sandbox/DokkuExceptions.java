package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The recorded calls of a family that the emulated host doesn't answer as the real one, each with the reason.
 *
 * @param reasons by index of the call
 */
record DokkuExceptions(Path file, Map<Integer, String> reasons) {
    private static final String UNEXPLAINED = "not explained yet";

    /** Lines of an index, a blank and a reason. */
    static DokkuExceptions of(Path resources, String family) throws IOException {
        Path file = resources.resolve(family + ".exceptions.txt");
        Map<Integer, String> reasons = new TreeMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(" ", 2);
                reasons.put(Integer.parseInt(parts[0]), parts[1]);
            }
        }
        return new DokkuExceptions(file, reasons);
    }

    /** Drops those that agree and adds those that don't. */
    void bringUpToDate(List<DokkuReplay.Outcome> outcomes) throws IOException {
        for (DokkuReplay.Outcome outcome : outcomes) {
            if (outcome.agrees()) {
                reasons.remove(outcome.call().index());
            } else {
                reasons.putIfAbsent(outcome.call().index(), UNEXPLAINED);
            }
        }
        if (reasons.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        Files.writeString(
                file,
                reasons.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue() + "\n")
                        .collect(Collectors.joining()));
    }
}
