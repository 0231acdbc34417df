package landfall.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/** Amounts of bytes on the command line: {@code 500MB}, {@code 20GB}. */
final class Sizes {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})(MB|GB|TB)");

    private Sizes() {}

    static long parse(String option, String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new LandfallException(
                    ExitCode.BAD_INPUT,
                    Problem.error(option + " " + text + " is not a size", "", "Write it as 500MB, 20GB or 1TB."));
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "MB" -> number * 1_000_000;
            case "GB" -> number * 1_000_000_000;
            default -> number * 1_000_000_000_000L;
        };
    }
}
