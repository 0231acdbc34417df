package landfall.translate;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import landfall.target.Place;

/** Requests and limits of an app's container, and the defaults that its namespace gives it. */
final class ResourceRule {
    private static final String RULE = "Container.resources";
    /** Docker takes no smaller bounds: hundredths of a CPU, six megabytes. */
    private static final BigDecimal CPU_MIN = new BigDecimal("0.01");

    private static final BigDecimal MEMORY_MIN = new BigDecimal(6L << 20);

    private final Draft draft;
    private final AppDraft app;

    private ResourceRule(Draft draft, AppDraft app) {
        this.draft = draft;
        this.app = app;
    }

    static void apply(Draft draft, AppDraft app) {
        ResourceRule rule = new ResourceRule(draft, app);
        Field resources = app.container.at("resources");
        if (resources.entries().isEmpty()) {
            resources.irrelevant(RULE, "empty");
        }
        rule.amounts(resources.at("limits"), app.limits, "limit");
        rule.amounts(resources.at("requests"), app.reservations, "reserve");
        rule.defaults();
    }

    private void amounts(Field amounts, Map<String, String> into, String task) {
        if (amounts.entries().isEmpty()) {
            amounts.irrelevant(RULE, "empty");
        }
        amounts.entries().forEach((kind, amount) -> amount(kind, amount, into, task));
    }

    private void amount(String kind, Field amount, Map<String, String> into, String task) {
        Optional<BigDecimal> exact = Quantity.parse(amount.text(""));
        boolean isLimit = task.equals("limit");
        if (exact.filter(number -> number.signum() == 0).isPresent()) {
            amount.irrelevant(RULE, "nothing is asked for");
        } else if (kind.equals("cpu") || kind.equals("memory")) {
            bound(kind, amount, into, task);
        } else if (kind.equals("ephemeral-storage")) {
            if (isLimit) {
                amount.lost(RULE, "Docker sets no bound on what a container writes to its own layer");
                draft.lost(app.name, "the bound on temporary disk space", "watch the host's free space");
            } else {
                amount.irrelevant(RULE, "chooses a node with room; there is one host");
            }
        } else if (kind.equals("nvidia.com/gpu")) {
            into.put("nvidia-gpu", amount.text(""));
            amount.carried(RULE, Place.task(app.name, app.processTask(task), "nvidia-gpu"));
            draft.changed(
                    app.name,
                    "the Dokku host must have " + amount.text("") + " NVIDIA GPU and NVIDIA's container toolkit");
        } else if (kind.startsWith("hugepages-")) {
            draft.refuse(
                    "hugepages-" + app.name,
                    app.name + " takes huge pages of its node (" + kind + "): set them aside on the Dokku host"
                            + " (vm.nr_hugepages), and mount /dev/hugepages with `dokku storage:mount`.",
                    RULE,
                    "set aside by the host",
                    amount);
        } else {
            draft.refuse(
                    "device-" + app.name,
                    app.name + " asks for " + kind + " of its node: give it the device with"
                            + " `dokku docker-options:add " + app.name + " deploy,run \"--device …\"`.",
                    RULE,
                    "a device of its node",
                    amount);
        }
    }

    private void bound(String kind, Field amount, Map<String, String> into, String task) {
        String text = amount.text("");
        boolean isCpu = kind.equals("cpu");
        Optional<String> converted = isCpu ? Quantity.cpus(text) : Quantity.memory(text);
        String to = Place.task(app.name, app.processTask(task), kind);
        if (converted.isEmpty()) {
            draft.refuse(
                    "resource-" + app.name,
                    app.name + " asks for " + kind + " in a form that is no amount: " + text + ".",
                    RULE,
                    "not an amount",
                    amount);
            return;
        }
        BigDecimal exact = Quantity.parse(text).orElseThrow();
        boolean isTooSmall = exact.compareTo(isCpu ? CPU_MIN : MEMORY_MIN) < 0;
        if (isTooSmall) {
            into.put(kind, isCpu ? "0.01" : "6m");
            amount.adapted(RULE, to, "the least that Docker takes");
            return;
        }
        into.put(kind, converted.get());
        if (isCpu && task.equals("reserve")) {
            amount.carried(RULE, to, "kept; docker-local reserves memory only");
        } else {
            amount.carried(RULE, to);
        }
        if (isCpu && task.equals("limit") && exact.compareTo(BigDecimal.valueOf(4)) > 0) {
            draft.changed(
                    app.name,
                    "its limit of " + converted.get() + " CPUs needs a host that has them: Docker refuses a limit above"
                            + " what is there");
        }
    }

    /** A LimitRange gives containers that name no amount one. */
    private void defaults() {
        for (Field range : draft.index.all("", "LimitRange")) {
            for (Field limit : range.at("spec", "limits").items()) {
                if (limit.at("type").is("Container")) {
                    given(limit.at("default"), app.container.at("resources", "limits"), app.limits, "limit");
                    given(
                            limit.at("defaultRequest"),
                            app.container.at("resources", "requests"),
                            app.reservations,
                            "reserve");
                }
            }
        }
    }

    private void given(Field defaults, Field own, Map<String, String> into, String task) {
        defaults.entries().forEach((kind, amount) -> {
            Optional<String> converted = switch (kind) {
                case "cpu" -> Quantity.cpus(amount.text(""));
                case "memory" -> Quantity.memory(amount.text(""));
                default -> Optional.empty();
            };
            if (converted.isPresent() && !own.at(kind).exists()) {
                into.putIfAbsent(kind, converted.get());
                amount.adapted(
                        "LimitRange.default",
                        Place.task(app.name, app.processTask(task), kind),
                        "given to containers that name no amount");
            }
        });
    }
}
