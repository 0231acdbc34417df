package landfall.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the host does wrong at present, and how far it has counted towards it. */
final class DokkuMisbehaviour {
    private final List<DokkuFault> faults = new CopyOnWriteArrayList<>();
    private final AtomicInteger commands = new AtomicInteger();
    private final AtomicInteger deploys = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger clients = new AtomicInteger();
    private final AtomicInteger keys = new AtomicInteger();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong read = new AtomicLong();
    private final AtomicBoolean diskFull = new AtomicBoolean();
    private volatile Consumer<DokkuFault.Reboot> reboot = fault -> {};

    /** Replaces what was given before and counts from 1 again. */
    void set(List<DokkuFault> next) {
        faults.clear();
        List.of(commands, deploys, answers, clients, keys).forEach(counter -> counter.set(0));
        written.set(0);
        read.set(0);
        diskFull.set(false);
        faults.addAll(next);
    }

    void onReboot(Consumer<DokkuFault.Reboot> action) {
        reboot = action;
    }

    int commands() {
        return commands.get();
    }

    private <T extends DokkuFault> Optional<T> find(Class<T> kind, Predicate<T> wanted) {
        return faults.stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(wanted)
                .findFirst();
    }

    boolean refusesConnection() {
        int number = clients.incrementAndGet();
        return find(DokkuFault.RefuseConnections.class, fault -> number <= fault.clients())
                .isPresent();
    }

    boolean refusesKey() {
        int number = keys.incrementAndGet();
        return find(DokkuFault.RefuseKeys.class, fault -> number <= fault.keys())
                .isPresent();
    }

    /** A command is about to run. @return its number @throws IOException if it is not to run */
    int begins(DokkuLink link) throws IOException, InterruptedException {
        int number = commands.incrementAndGet();
        Optional<DokkuFault.Slow> slow = find(DokkuFault.Slow.class, fault -> true);
        if (slow.isPresent()) {
            Thread.sleep(slow.get().perCommand());
        }
        find(DokkuFault.DiskFull.class, fault -> fault.command() == number).ifPresent(fault -> diskFull.set(true));
        happens(link, number, DokkuFault.Moment.BEFORE);
        find(DokkuFault.Drop.class, fault -> is(fault, number, DokkuFault.Moment.DURING))
                .ifPresent(fault -> link.atWrite(number, fault.write(), link::cut));
        find(DokkuFault.Reboot.class, fault -> is(fault, number, DokkuFault.Moment.DURING))
                .ifPresent(fault -> link.atWrite(number, 1, () -> reboot(link, fault)));
        if (link.isGone()) {
            throw new IOException("Broken pipe");
        }
        return number;
    }

    /** A command has run. */
    void ended(DokkuLink link, int number) {
        link.ended(number);
        happens(link, number, DokkuFault.Moment.AFTER);
    }

    private void happens(DokkuLink link, int number, DokkuFault.Moment moment) {
        find(DokkuFault.Drop.class, fault -> is(fault, number, moment)).ifPresent(fault -> link.cut());
        find(DokkuFault.Reboot.class, fault -> is(fault, number, moment)).ifPresent(fault -> reboot(link, fault));
    }

    private void reboot(DokkuLink link, DokkuFault.Reboot fault) {
        reboot.accept(fault);
        link.cut();
    }

    private static boolean is(DokkuFault.Drop fault, int number, DokkuFault.Moment moment) {
        return fault.command() == number && fault.moment() == moment;
    }

    private static boolean is(DokkuFault.Reboot fault, int number, DokkuFault.Moment moment) {
        return fault.command() == number && fault.moment() == moment;
    }

    /** How many of the next bytes of output still reach the client. */
    int outputPasses(int count) {
        return passes(
                written, count, find(DokkuFault.DropOutput.class, fault -> true).map(DokkuFault.DropOutput::bytes));
    }

    int inputPasses(int count) {
        return passes(
                read, count, find(DokkuFault.DropInput.class, fault -> true).map(DokkuFault.DropInput::bytes));
    }

    private static int passes(AtomicLong counter, int count, Optional<Long> limit) {
        long before = counter.getAndAdd(count);
        if (limit.isEmpty() || before >= limit.get() || before + count < limit.get()) {
            return count;
        }
        return (int) (limit.get() - before);
    }

    boolean diskIsFull() {
        return diskFull.get();
    }

    /** A deploy begins. @return whether its containers are to fail */
    boolean failsChecks() {
        int number = deploys.incrementAndGet();
        return find(DokkuFault.FailChecks.class, fault -> fault.deploy() == number)
                .isPresent();
    }

    Optional<String> lockedApp() {
        return find(DokkuFault.DeployLock.class, fault -> true).map(DokkuFault.DeployLock::app);
    }

    String version(String usual) {
        return find(DokkuFault.Version.class, fault -> true)
                .map(DokkuFault.Version::version)
                .orElse(usual);
    }

    boolean lacks(String plugin) {
        return find(DokkuFault.WithoutPlugin.class, fault -> fault.plugin().equals(plugin))
                .isPresent();
    }

    /** Where a command that answers in JSON writes to: the given stream, or one of which half is kept. */
    Optional<HalfAnswer> truncates(List<String> words, OutputStream to) {
        if (!words.contains("json") && !words.contains("--format=json")) {
            return Optional.empty();
        }
        int number = answers.incrementAndGet();
        return find(DokkuFault.TruncateJson.class, fault -> fault.answer() == number)
                .map(fault -> new HalfAnswer(to));
    }

    /** Keeps an answer until it is whole and passes half of it on. */
    static final class HalfAnswer extends ByteArrayOutputStream {
        private final OutputStream to;

        HalfAnswer(OutputStream to) {
            this.to = to;
        }

        void pass() throws IOException {
            to.write(buf, 0, count / 2);
            to.flush();
        }
    }
}
