package landfall.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import landfall.base.Events;

/**
 * What is asked of the cluster against a host that would hold it. The cluster's side is what the manifests ask for, not
 * its bill: that only the user knows.
 *
 * @param host the first of the list that holds the requests; empty if none does
 * @param clusterMonthly what the user says the cluster costs a month
 */
public record Cost(Demand demand, Prices prices, Optional<Prices.Host> host, Optional<BigDecimal> clusterMonthly) {
    private static final BigDecimal GIBIBYTE = BigDecimal.valueOf(1L << 30);
    private static final BigDecimal GIGABYTE = BigDecimal.TEN.pow(9);

    /** What Dokku, Docker, nginx and the system take for themselves. */
    private static final BigDecimal SYSTEM_MEMORY = GIBIBYTE;

    /** Images, logs and the system. */
    private static final BigDecimal SYSTEM_DISK = GIGABYTE.multiply(BigDecimal.valueOf(20));

    public static Cost of(Demand demand, Prices prices, Optional<BigDecimal> clusterMonthly) {
        BigDecimal memory = demand.requestedMemory().add(SYSTEM_MEMORY);
        BigDecimal disk = demand.disks().add(SYSTEM_DISK);
        Optional<Prices.Host> host = prices.hosts().stream()
                .filter(size -> size.cpus().compareTo(demand.requestedCpus()) >= 0
                        && size.memory().compareTo(memory) >= 0
                        && size.disk().compareTo(disk) >= 0)
                .findFirst();
        return new Cost(demand, prices, host, clusterMonthly);
    }

    /** What the cluster is asked for: name to amount. */
    public List<List<String>> rows() {
        String cpus = host.map(size -> number(size.cpus())).orElse("-");
        String memory = host.map(size -> gibibytes(size.memory())).orElse("-");
        String disk = host.map(size -> gigabytes(size.disk())).orElse("-");
        return List.of(
                List.of("CPUs", number(demand.requestedCpus()), number(demand.limitCpus()), cpus),
                List.of("memory", gibibytes(demand.requestedMemory()), gibibytes(demand.limitMemory()), memory),
                List.of("disks", gigabytes(demand.disks()), "", disk));
    }

    /** The same for machines: CPUs, bytes, and a price of the list. */
    Map<String, Object> fields() {
        return Events.fields(
                "requestedCpus", demand.requestedCpus().doubleValue(),
                "requestedMemoryBytes", demand.requestedMemory().longValue(),
                "limitCpus", demand.limitCpus().doubleValue(),
                "limitMemoryBytes", demand.limitMemory().longValue(),
                "diskBytes", demand.disks().longValue(),
                "containers", demand.containers(),
                "withoutRequest", demand.withoutRequest(),
                "host", host.map(Prices.Host::name).orElse(""),
                "hostMonthly", host.map(size -> size.monthly().doubleValue()).orElse(0.0),
                "currency", prices.currency(),
                "pricesDated", prices.dated(),
                "message", String.join(" ", sentences()));
    }

    /** The proposal and how far it can be trusted. */
    public List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        sentences.add(proposal());
        if (demand.withoutRequest() > 0) {
            sentences.add(demand.withoutRequest() + " of " + demand.containers()
                    + " containers name no request for memory, so they are not in the sums: look at what they use"
                    + " (`kubectl top pods`) before you choose a host.");
        }
        host.filter(size -> demand.limitMemory().compareTo(size.memory()) > 0)
                .ifPresent(
                        size -> sentences.add(
                                "All memory limits together are more than this host has: that matters only if all reach them at once."));
        if (demand.withoutLimit() > 0 && demand.withoutLimit() < demand.containers()) {
            sentences.add(demand.withoutLimit() + " of " + demand.containers()
                    + " containers have no limit for memory: on one host each of them can take what the others need.");
        }
        if (demand.scalers() > 0) {
            sentences.add("Autoscaled workloads are counted with the replicas of their manifest, not at their peak.");
        }
        if (demand.timed() > 0) {
            sentences.add("Jobs and CronJobs come on top while they run.");
        }
        sentences.add("Not in it: backups, traffic, a second host, and the weeks in which both sides run.");
        return sentences;
    }

    private String proposal() {
        String label = prices.isExample()
                ? "example prices of " + prices.dated() + ", edit them: --prices FILE"
                : "prices of " + prices.dated();
        if (host.isEmpty()) {
            return "No host of the list holds this (" + label + "): it takes more than one host, or a larger one.";
        }
        Prices.Host size = host.get();
        String price = money(size.monthly());
        String against = clusterMonthly
                .map(cluster -> " The cluster costs " + money(cluster) + " a month by your word: "
                        + (cluster.compareTo(size.monthly()) >= 0
                                ? money(cluster.subtract(size.monthly())) + " less."
                                : money(size.monthly().subtract(cluster)) + " more."))
                .orElse(" What the cluster costs isn't in its manifests: say it with --cluster-cost AMOUNT.");
        return "Proposed: a host “" + size.name() + "” with " + number(size.cpus()) + " CPUs, "
                + gibibytes(size.memory()) + " memory, " + gigabytes(size.disk()) + " disk: " + price + " a month ("
                + label + ")." + against;
    }

    private String money(BigDecimal amount) {
        BigDecimal rounded = amount.setScale(2, RoundingMode.HALF_UP);
        String text = rounded.stripTrailingZeros().scale() <= 0
                ? rounded.toBigInteger().toString()
                : rounded.toPlainString();
        return (text + " " + prices.currency()).strip();
    }

    static String number(BigDecimal amount) {
        BigDecimal rounded = amount.setScale(2, RoundingMode.HALF_UP).stripTrailingZeros();
        return rounded.signum() == 0 ? "0" : rounded.toPlainString();
    }

    static String gibibytes(BigDecimal bytes) {
        return String.format(Locale.ROOT, "%s GiB", number(bytes.divide(GIBIBYTE, 2, RoundingMode.HALF_UP)));
    }

    static String gigabytes(BigDecimal bytes) {
        return String.format(Locale.ROOT, "%s GB", number(bytes.divide(GIGABYTE, 1, RoundingMode.HALF_UP)));
    }
}
