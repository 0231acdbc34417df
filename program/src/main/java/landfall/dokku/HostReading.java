package landfall.dokku;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import landfall.base.TaskGroup;
import org.jspecify.annotations.Nullable;

/**
 * What a host says about itself, each question asked once. Questions known beforehand travel together: as lines of
 * {@code dokku shell} on two channels, since a channel and a forced command for each would double the host's work. The
 * shell tells neither where an answer ends nor how a command exited; so answers of one line stand in the order of the
 * questions, others between lines of {@code version}, and what doesn't add up is asked again, alone.
 */
public final class HostReading {
    /** A host of two processors gains nothing by more. */
    private static final int CHANNELS = 2;

    private static final int AT_ONCE_MAX = 8;

    private final DokkuHost host;
    private final Map<HostRead, DokkuResult> answers = new LinkedHashMap<>();
    private int roundTrips;
    private int executions;
    private @Nullable DokkuVersion version;

    public HostReading(DokkuHost host) {
        this.host = host;
    }

    public DokkuHost host() {
        return host;
    }

    /** How often the host was waited for. */
    public synchronized int roundTrips() {
        return roundTrips;
    }

    /** How many commands were run over SSH. */
    public synchronized int executions() {
        return executions;
    }

    /** Asks all that isn't known yet, together. */
    public synchronized void prefetch(Collection<HostRead> reads) {
        List<HostRead> open = new ArrayList<>();
        if (!answers.containsKey(HostRead.APPS)) {
            open.add(HostRead.APPS);
        }
        reads.stream()
                .distinct()
                .filter(read -> !answers.containsKey(read) && !open.contains(read))
                .forEach(open::add);
        if (open.size() <= CHANNELS) {
            askAlone(open);
            return;
        }
        List<List<HostRead>> shares = new ArrayList<>();
        for (int share = 0; share < CHANNELS; share++) {
            shares.add(new ArrayList<>());
        }
        for (int at = 0; at < open.size(); at++) {
            shares.get(at % CHANNELS).add(open.get(at));
        }
        List<ShellAnswer> shells = together(shares.stream()
                .map(share -> (Callable<ShellAnswer>) () -> ShellAnswer.of(host, share))
                .toList());
        roundTrips++;
        executions += CHANNELS;
        for (ShellAnswer shell : shells) {
            version = shell.version();
        }
        version(); // What is no Dokku isn't asked any further.
        accept(shells);
        askAlone(open.stream().filter(read -> !answers.containsKey(read)).toList());
    }

    private void accept(List<ShellAnswer> shells) {
        Optional<Set<String>> apps = shells.stream()
                .flatMap(shell -> shell.first(HostRead.APPS).stream())
                .findFirst()
                .map(line -> new TreeSet<>(DokkuJson.texts(line, "apps:list")));
        apps.ifPresent(known -> shells.forEach(shell -> answers.putAll(shell.answers(known))));
    }

    private void askAlone(List<HostRead> reads) {
        if (reads.isEmpty()) {
            return;
        }
        List<DokkuResult> results = together(reads.stream()
                .map(read -> (Callable<DokkuResult>) () -> host.run(read.command()))
                .toList());
        for (int at = 0; at < reads.size(); at++) {
            answers.put(reads.get(at), results.get(at));
        }
        roundTrips++;
        executions += reads.size();
    }

    private static <T> List<T> together(List<Callable<T>> tasks) {
        try (TaskGroup group = TaskGroup.open(AT_ONCE_MAX)) {
            List<Future<T>> asked = tasks.stream().map(group::fork).toList();
            group.join();
            return asked.stream().map(Future::resultNow).toList();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandfallException(
                    ExitCode.INTERRUPTED, Problem.error("Interrupted", "the program was asked to stop", ""));
        }
    }

    /** What was answered; empty if it was not asked, or not answered with success. */
    public synchronized Optional<String> known(HostRead read) {
        return Optional.ofNullable(answers.get(read))
                .filter(DokkuResult::succeeded)
                .map(DokkuResult::stdout);
    }

    /** What was answered, or is if it was not asked before. */
    public synchronized DokkuResult answer(HostRead read) {
        if (!answers.containsKey(read)) {
            askAlone(List.of(read));
        }
        return Objects.requireNonNull(answers.get(read));
    }

    /** The answer of a command that must succeed unless its app is missing: empty then. */
    public Optional<String> text(HostRead read) {
        DokkuResult result = answer(read);
        if (result.appMissing()) {
            return Optional.empty();
        }
        if (!result.succeeded()) {
            throw DokkuHost.failed(read.command(), result);
        }
        return Optional.of(result.stdout());
    }

    /** Empty if there is no such app. */
    public Map<String, String> report(String plugin, String app) {
        return text(HostRead.report(plugin, app))
                .map(json -> DokkuJson.strings(json, plugin + ":report"))
                .orElse(Map.of());
    }

    public Set<String> apps() {
        return new TreeSet<>(DokkuJson.texts(text(HostRead.APPS).orElse("[]"), "apps:list"));
    }

    public boolean appExists(String app) {
        return apps().contains(app);
    }

    public boolean isDeployed(String app) {
        return text(HostRead.deployed(app)).orElse("").strip().equals("true");
    }

    /** @throws LandfallException (bad input) if what answers isn't Dokku */
    public synchronized DokkuVersion version() {
        if (version == null) {
            version = host.version();
            roundTrips++;
            executions++;
        }
        return version;
    }

    /** One channel of {@code dokku shell}. */
    private record ShellAnswer(
            List<HostRead> reads, String separator, List<List<String>> segments, boolean complained) {
        static ShellAnswer of(DokkuHost host, List<HostRead> reads) {
            List<HostRead> ordered =
                    new ArrayList<>(reads.stream().filter(HostRead::line).toList());
            ordered.addAll(reads.stream().filter(read -> !read.line()).toList());
            StringBuilder script = new StringBuilder("version\n");
            for (HostRead read : ordered) {
                script.append(read.line() ? "" : "version\n")
                        .append(read.text())
                        .append('\n');
            }
            DokkuResult result = host.shell(script.append("quit\n").toString());
            List<List<String>> segments = new ArrayList<>();
            String separator = "";
            List<String> lines = result.stdout().lines().toList();
            if (!lines.isEmpty() && DokkuVersion.announced(lines.getFirst()).isPresent()) {
                separator = lines.getFirst();
            }
            for (String line : separator.isEmpty() ? List.<String>of() : lines) {
                if (line.equals(separator)) {
                    segments.add(new ArrayList<>());
                } else {
                    segments.getLast().add(line);
                }
            }
            return new ShellAnswer(
                    ordered, separator, segments, !result.stderr().isBlank());
        }

        /** Null if it doesn't answer as a Dokku host's shell does. */
        @Nullable
        DokkuVersion version() {
            return separator.isEmpty() ? null : DokkuVersion.parse(separator);
        }

        private List<HostRead> lineReads() {
            return reads.stream().filter(HostRead::line).toList();
        }

        /** The answer that stands first, if that is this question's. */
        Optional<String> first(HostRead read) {
            boolean isFirst = !reads.isEmpty() && reads.getFirst().equals(read);
            return isFirst && !segments.isEmpty() && !segments.getFirst().isEmpty()
                    ? Optional.of(segments.getFirst().getFirst())
                    : Optional.empty();
        }

        /** What can be told apart; nothing is guessed. */
        Map<HostRead, DokkuResult> answers(Set<String> apps) {
            Map<HostRead, DokkuResult> found = new LinkedHashMap<>();
            List<HostRead> answering = new ArrayList<>();
            for (HostRead read : lineReads()) {
                if (read.app() == null || apps.contains(read.app())) {
                    answering.add(read);
                } else {
                    found.put(read, DokkuResult.missing(read.app()));
                }
            }
            List<HostRead> many = reads.stream().filter(read -> !read.line()).toList();
            if (segments.size() != 1 + many.size()) {
                return Map.of();
            }
            if (segments.getFirst().size() == answering.size()) {
                for (int at = 0; at < answering.size(); at++) {
                    found.put(
                            answering.get(at),
                            answered(List.of(segments.getFirst().get(at))));
                }
            }
            for (int at = 0; at < many.size(); at++) {
                List<String> lines = segments.get(at + 1);
                if (!lines.isEmpty() || !complained) {
                    found.put(many.get(at), answered(lines));
                }
            }
            return found;
        }

        private static DokkuResult answered(List<String> lines) {
            return new DokkuResult(0, lines.isEmpty() ? "" : String.join("\n", lines) + "\n", "");
        }
    }
}
