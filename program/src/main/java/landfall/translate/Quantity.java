package landfall.translate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kubernetes quantities ({@code 100m}, {@code 1.5Gi}, {@code 1e3}) as exact numbers, and as Docker writes them. */
public final class Quantity {
    private static final Pattern FORM = Pattern.compile(
            "([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:([eE][-+]?[0-9]{1,2})|(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?");

    private static final Map<String, BigDecimal> FACTORS = Map.ofEntries(
            Map.entry("m", new BigDecimal("0.001")),
            Map.entry("k", BigDecimal.TEN.pow(3)),
            Map.entry("M", BigDecimal.TEN.pow(6)),
            Map.entry("G", BigDecimal.TEN.pow(9)),
            Map.entry("T", BigDecimal.TEN.pow(12)),
            Map.entry("P", BigDecimal.TEN.pow(15)),
            Map.entry("E", BigDecimal.TEN.pow(18)),
            Map.entry("Ki", new BigDecimal(BigInteger.TWO.pow(10))),
            Map.entry("Mi", new BigDecimal(BigInteger.TWO.pow(20))),
            Map.entry("Gi", new BigDecimal(BigInteger.TWO.pow(30))),
            Map.entry("Ti", new BigDecimal(BigInteger.TWO.pow(40))),
            Map.entry("Pi", new BigDecimal(BigInteger.TWO.pow(50))),
            Map.entry("Ei", new BigDecimal(BigInteger.TWO.pow(60))));

    private Quantity() {}

    public static Optional<BigDecimal> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String exponent = matcher.group(2);
        BigDecimal number = new BigDecimal(matcher.group(1) + (exponent == null ? "" : exponent));
        BigDecimal factor = FACTORS.getOrDefault(String.valueOf(matcher.group(3)), BigDecimal.ONE);
        return Optional.of(number.multiply(factor));
    }

    /** CPUs as Docker's {@code --cpus} takes them: {@code 100m} is 0.1. */
    static Optional<String> cpus(String text) {
        return parse(text)
                .filter(cpus -> cpus.signum() > 0)
                .map(cpus -> cpus.stripTrailingZeros().toPlainString());
    }

    /** Memory with Docker's suffixes, which are powers of 1024; what fits none of them stands in bytes. */
    static Optional<String> memory(String text) {
        return bytes(text).map(bytes -> {
            BigInteger mega = BigInteger.TWO.pow(20);
            BigInteger kilo = BigInteger.TWO.pow(10);
            if (bytes.mod(mega).signum() == 0) {
                return bytes.divide(mega) + "m";
            }
            return bytes.mod(kilo).signum() == 0 ? bytes.divide(kilo) + "k" : bytes + "b";
        });
    }

    /** Whole mebibytes, rounded up, as a service's memory limit wants them. */
    static Optional<Integer> mebibytes(String text) {
        return bytes(text)
                .map(bytes -> bytes.add(BigInteger.valueOf((1 << 20) - 1)).shiftRight(20))
                .filter(mebibytes -> mebibytes.bitLength() < 31)
                .map(BigInteger::intValue);
    }

    private static Optional<BigInteger> bytes(String text) {
        return parse(text)
                .map(bytes -> bytes.setScale(0, RoundingMode.UP).toBigInteger())
                .filter(bytes -> bytes.signum() > 0);
    }
}
