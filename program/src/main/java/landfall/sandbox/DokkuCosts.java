package landfall.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes each command take the time it took on the real, quiet host. Commands that run side by side share its cores: each
 * wants as much of them as its CPU time is of its duration, and when together they want more than there is, all go slower
 * alike. So one clock serves all: it runs at full speed or slower, and a command ends when the clock has gone as far as
 * the command takes alone.
 */
final class DokkuCosts {
    /** What also takes time here: it runs while the clock does. Everything else answers when the clock is there. */
    private static final Set<String> WORK = Set.of(
            "postgres:create",
            "redis:create",
            "git:from-image",
            "git:from-archive",
            "ps:rebuild",
            "ps:restart",
            "ps:start");

    private static final String BUILD = "proxy:build-config";

    /** What ends with writing nginx's configuration, if the app's proxy is nginx. */
    private static final Set<String> BUILDERS = Set.of(
            "domains:add", "domains:set", "domains:remove", "domains:clear", "ports:add", "ports:set", "ports:remove");

    private static final Cost UNKNOWN = new Cost("", "", 35, 35);

    private final List<Cost> costs;
    private final double cores;
    private final Duration handshake;
    private final long executionMillis;
    private double wanted;
    private double clockMillis;
    private long readAtNanos = System.nanoTime();

    private DokkuCosts(List<Cost> costs, double cores, Duration handshake, long executionMillis) {
        this.costs = costs;
        this.cores = cores;
        this.handshake = handshake;
        this.executionMillis = executionMillis;
    }

    /**
     * What a command takes, in milliseconds.
     *
     * @param with a word that the command line has, or empty
     * @param cpu on all cores together
     */
    private record Cost(String command, String with, double cpu, double wall) {
        Cost without(Cost part) {
            return new Cost(
                    command,
                    with,
                    Math.max(UNKNOWN.cpu(), cpu - part.cpu()),
                    Math.max(UNKNOWN.wall(), wall - part.wall()));
        }
    }

    /**
     * A command under way.
     *
     * @param share cores it wants
     * @param until where the clock stands at its end
     * @param works whether it runs before that
     */
    record Running(double share, double until, boolean works) {}

    /** @param onTheWay what the handshake takes besides, since the network does */
    static DokkuCosts recorded(Duration onTheWay) {
        try (InputStream in = DokkuCosts.class.getResourceAsStream("command-costs.json")) {
            JsonNode file = new JsonMapper().readTree(java.util.Objects.requireNonNull(in));
            List<Cost> costs = new ArrayList<>();
            for (JsonNode entry : file.get("commands")) {
                costs.add(new Cost(
                        entry.get("command").asString(),
                        entry.get("with").asString(),
                        entry.get("cpu").asDouble(),
                        entry.get("wall").asDouble()));
            }
            // With a word first: the closest fits.
            costs.sort(Comparator.comparing(cost -> cost.with().isEmpty()));
            return new DokkuCosts(
                    costs,
                    file.get("cores").asDouble(),
                    Duration.ofMillis(file.get("handshakeMillis").asLong()).plus(onTheWay),
                    file.get("executionMillis").asLong());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From a client's arrival to its being let in. */
    Duration handshake() {
        return handshake;
    }

    /**
     * A command begins.
     *
     * @param batched whether it is a line of {@code dokku shell}
     * @param apps how many apps a report without one is about
     * @param withoutNginx whether its app has another proxy, so that nginx's configuration isn't written
     */
    Running begin(List<String> words, boolean batched, int apps, boolean withoutNginx) {
        String command = words.isEmpty() ? "" : words.getFirst();
        Cost cost = cost(command, words);
        if (withoutNginx && BUILDERS.contains(command)) {
            cost = cost.without(cost(BUILD, List.of(BUILD)));
        }
        boolean all = command.endsWith(":report")
                && words.stream().skip(1).allMatch(word -> word.startsWith("--") || word.equals("json"));
        // A report about all apps starts one process and asks the same of each.
        double times = all ? Math.max(1, apps * 0.9) : 1;
        double extra = batched ? 0 : executionMillis;
        double wall = cost.wall() * times + extra;
        double cpu = cost.cpu() * times + extra;
        synchronized (this) {
            tick();
            double share = cpu / wall;
            wanted += share;
            notifyAll();
            return new Running(share, clockMillis + wall, WORK.contains(command));
        }
    }

    private Cost cost(String command, List<String> words) {
        return costs.stream()
                .filter(each ->
                        each.command().equals(command) && (each.with().isEmpty() || words.contains(each.with())))
                .findFirst()
                .orElse(UNKNOWN);
    }

    private void tick() {
        long now = System.nanoTime();
        clockMillis += (now - readAtNanos) / 1e6 * speed();
        readAtNanos = now;
    }

    private double speed() {
        return wanted <= cores ? 1 : cores / wanted;
    }

    /** Waits for the end of what {@link #begin} began. */
    synchronized void await(Running running) throws InterruptedException {
        tick();
        while (clockMillis < running.until()) {
            long nanos = (long) Math.ceil((running.until() - clockMillis) / speed() * 1e6);
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(1, nanos));
            tick();
        }
    }

    synchronized void end(Running running) {
        tick();
        wanted = Math.max(0, wanted - running.share());
        notifyAll();
    }
}
