package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DokkuCostsTest {
    private static Duration during(List<List<String>> commands) throws Exception {
        DokkuCosts costs = DokkuCosts.recorded(Duration.ZERO);
        long start = System.nanoTime();
        List<DokkuCosts.Running> running = commands.stream()
                .map(words -> costs.begin(words, true, 1, false))
                .toList();
        List<Thread> threads = running.stream()
                .map(one -> Thread.ofVirtual().start(() -> {
                    try {
                        costs.await(one);
                        costs.end(one);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @Test
    void commandsSideBySideShareTheCoresOfTheRealHost() throws Exception {
        List<String> report = List.of("ps:report", "shop", "--format", "json");
        // 847 ms of CPU in 472 ms: one has the two cores nearly to itself, two take nearly twice as long.
        assertThat(during(List.of(report))).isGreaterThanOrEqualTo(Duration.ofMillis(472));
        assertThat(during(List.of(report, report))).isGreaterThanOrEqualTo(Duration.ofMillis(847));
        // Eight that want a core each, on two: four times as long.
        List<String> exists = List.of("apps:exists", "shop");
        assertThat(during(java.util.Collections.nCopies(8, exists))).isGreaterThanOrEqualTo(Duration.ofMillis(104));
    }

    @Test
    void whatARunAsksForIsCounted(@TempDir Path folder) throws Exception {
        ProcessRegistry registry = ProcessRegistry.in(folder);
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku =
                        EmulatedDokku.start(folder, addresses, new Containers(folder, addresses, registry), registry)) {
            dokku.takeRealTime(Duration.ofMillis(2));
            long start = System.nanoTime();
            try (DokkuClient client = new DokkuClient(dokku)) {
                assertThat(System.nanoTime() - start).isGreaterThan(245_000_000L);
                assertThat(client.run("apps:create shop").exit()).isZero();
                client.run("shell", "apps:exists shop\napps:list\n".getBytes(StandardCharsets.UTF_8));
            }
            assertThat(dokku.counts()).isEqualTo(new DokkuCounts.Snapshot(1, 2, 2, 1));
            assertThat(folder.resolve("dokku-counts.json"))
                    .hasContent("{\"connections\":1,\"executions\":2,\"batched\":2,\"nginxRebuilds\":1}\n");
        } finally {
            registry.endAll();
        }
    }
}
