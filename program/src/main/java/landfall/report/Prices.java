package landfall.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import landfall.translate.Quantity;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Host sizes and what they cost: an editable file, dated, and never said to be current.
 *
 * @param isExample true for the file that Landfall ships
 * @param hosts in the order of the file; the first that is large enough is proposed
 */
public record Prices(boolean isExample, String dated, String currency, List<Host> hosts) {
    /** One size. Memory and disk in bytes. */
    public record Host(String name, BigDecimal cpus, BigDecimal memory, BigDecimal disk, BigDecimal monthly) {}

    public Prices {
        hosts = List.copyOf(hosts);
    }

    /** The example that Landfall ships. */
    public static Prices example() {
        try (InputStream file =
                Objects.requireNonNull(Prices.class.getResourceAsStream("/landfall/report/prices.yaml"))) {
            return parse(new String(file.readAllBytes(), StandardCharsets.UTF_8), "prices.yaml", true);
        } catch (IOException e) {
            throw new UncheckedIOException("this is a bug: prices.yaml can't be read", e);
        }
    }

    /** @throws LandfallException (bad input) if the file can't be read or isn't one of prices */
    public static Prices read(Path file) {
        try {
            return parse(Files.readString(file), file.toString(), false);
        } catch (IOException e) {
            throw bad(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static Prices parse(String text, String file, boolean isExample) {
        Object loaded;
        try {
            loaded = new Load(LoadSettings.builder().setLabel(file).build()).loadFromString(text);
        } catch (YamlEngineException e) {
            throw bad(file, "not YAML: " + e.getMessage(), e);
        }
        if (!(loaded instanceof Map<?, ?> map) || !(map.get("hosts") instanceof List<?> list) || list.isEmpty()) {
            throw bad(file, "it has no list of hosts", null);
        }
        List<Host> hosts = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof Map<?, ?> host)) {
                throw bad(file, "a host of it is no map", null);
            }
            hosts.add(new Host(
                    String.valueOf(host.get("name")),
                    amount(file, host, "cpus"),
                    amount(file, host, "memory"),
                    amount(file, host, "disk"),
                    amount(file, host, "monthly")));
        }
        return new Prices(isExample, text(map, "dated", "no date"), text(map, "currency", ""), hosts);
    }

    private static String text(Map<?, ?> map, String key, String otherwise) {
        Object value = map.get(key);
        return value == null ? otherwise : String.valueOf(value);
    }

    private static BigDecimal amount(String file, Map<?, ?> host, String key) {
        return Quantity.parse(String.valueOf(host.get(key)))
                .orElseThrow(() -> bad(file, "the host " + host.get("name") + " has no " + key, null));
    }

    private static LandfallException bad(String file, String why, @org.jspecify.annotations.Nullable Exception cause) {
        Problem problem = Problem.error(
                Origin.file(file),
                "not a file of prices",
                why,
                "It needs `dated`, `currency` and `hosts`, each with name, cpus, memory (4Gi), disk (40G), monthly: copy the"
                        + " example that `landfall plan` uses (landfall/report/prices.yaml).");
        return cause == null
                ? new LandfallException(ExitCode.BAD_INPUT, problem)
                : new LandfallException(ExitCode.BAD_INPUT, problem, cause);
    }
}
