package landfall.sandbox;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the sandbox's Dokku host behaves.
 *
 * @param realTime empty, or the network's round trip while every command takes the time it takes on a real host
 */
public record SandboxManners(List<DokkuFault> faults, Optional<Duration> realTime) {
    public SandboxManners {
        faults = List.copyOf(faults);
    }

    /**
     * Reads what {@link DokkuFault#parse} takes, and {@code real-time} or {@code real-time=20} with the round trip's
     * milliseconds.
     *
     * @throws IllegalArgumentException naming the word that is neither
     */
    public static SandboxManners parse(String text) {
        Optional<Duration> realTime = Optional.empty();
        StringBuilder rest = new StringBuilder();
        for (String word : text.split(",")) {
            if (word.matches("real-time(=[0-9]{1,4})?")) {
                int equals = word.indexOf('=');
                realTime = Optional.of(Duration.ofMillis(equals < 0 ? 0 : Long.parseLong(word.substring(equals + 1))));
            } else {
                rest.append(word).append(',');
            }
        }
        return new SandboxManners(DokkuFault.parse(rest.toString()), realTime);
    }

    void give(EmulatedDokku dokku) throws IOException {
        dokku.misbehave(faults.toArray(DokkuFault[]::new));
        if (realTime.isPresent()) {
            dokku.takeRealTime(realTime.get());
        }
    }
}
