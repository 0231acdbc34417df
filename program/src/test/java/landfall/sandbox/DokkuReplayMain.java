package landfall.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Prints what differs, for the one who brings the emulated host closer: {@code DokkuReplayMain apps certs}. */
final class DokkuReplayMain {
    private DokkuReplayMain() {}

    public static void main(String[] families) throws Exception {
        for (String family : families) {
            Path folder = Files.createTempDirectory("replay");
            long start = System.nanoTime();
            List<DokkuReplay.Outcome> outcomes =
                    DokkuReplay.run(DokkuTranscript.load(family), folder, DokkuReplay.PACE);
            outcomes.stream()
                    .filter(outcome -> !outcome.agrees())
                    .forEach(outcome -> System.out.println(outcome.difference()));
            System.out.printf(
                    "%s: %d of %d agree (%.1f s)%n",
                    family,
                    outcomes.stream().filter(DokkuReplay.Outcome::agrees).count(),
                    outcomes.size(),
                    (System.nanoTime() - start) / 1e9);
            DokkuApps.remove(folder);
        }
        System.exit(0);
    }
}
