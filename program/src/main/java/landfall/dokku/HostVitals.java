package landfall.dokku;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.remote.SshStream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code dokku report} tells of the machine itself; each part is absent where the host doesn't say it.
 *
 * @param architecture as {@code uname -m} has it: {@code x86_64}, {@code aarch64}
 * @param memory bytes in all
 * @param diskFree bytes free on the file system that holds docker's folder
 * @param clockAhead how far its clock is before ours, less than the time the answer took being unknowable
 */
public record HostVitals(
        @Nullable String architecture,
        OptionalInt processors,
        OptionalLong memory,
        OptionalLong diskFree,
        @Nullable Duration clockAhead) {
    private static final HostVitals UNKNOWN =
            new HostVitals(null, OptionalInt.empty(), OptionalLong.empty(), OptionalLong.empty(), null);

    /** What follows starts a container and isn't waited for. */
    private static final String ENOUGH = "-----> herokuish version";

    private static final Pattern MEMORY = Pattern.compile("(?m)^\\s*Mem:\\s+(\\d+)");
    private static final Pattern DISK_LINE =
            Pattern.compile("(?m)^\\s+\\S+\\s+\\S+\\s+\\S+\\s+([0-9.]+)([KMGTP]?)\\s+\\d+%\\s+(/\\S*)$");
    private static final String UNITS = "KMGTP";

    /** Asks the host; a host that doesn't answer this is no reason not to work with it. */
    static HostVitals ask(DokkuHost host) {
        try {
            SshStream stream =
                    host.connection().openStream(DokkuCommand.of("report").line());
            stream.output().close();
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream.input(), StandardCharsets.UTF_8));
            StringBuilder text = new StringBuilder();
            for (String line = lines.readLine(); line != null && !line.startsWith(ENOUGH); line = lines.readLine()) {
                text.append(line).append('\n');
            }
            Instant now = Instant.now();
            Thread.ofVirtual().name("rest of the report").start(() -> readAway(lines, stream));
            return parse(text.toString(), now);
        } catch (IOException e) {
            System.getLogger(HostVitals.class.getName()).log(System.Logger.Level.DEBUG, "no vitals", e);
            return UNKNOWN;
        }
    }

    /** The host isn't made to write into a channel that is closed. */
    private static void readAway(BufferedReader lines, SshStream stream) {
        try (stream) {
            lines.transferTo(Writer.nullWriter());
        } catch (IOException e) {
            System.getLogger(HostVitals.class.getName()).log(System.Logger.Level.DEBUG, "the report's end", e);
        }
    }

    static HostVitals parse(String text, Instant now) {
        String processors = field(text, "CPUs");
        return new HostVitals(
                field(text, "Architecture"),
                processors != null && processors.matches("\\d{1,5}")
                        ? OptionalInt.of(Integer.parseInt(processors))
                        : OptionalInt.empty(),
                memory(text),
                diskFree(section(text, "disk utilization"), field(text, "Docker Root Dir")),
                clockAhead(field(text, "System Time"), now));
    }

    /** A line of {@code docker system info}. */
    private static @Nullable String field(String text, String name) {
        Matcher matcher = Pattern.compile("(?m)^\\s*" + name + ": (\\S+)\\s*$").matcher(text);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static String section(String text, String title) {
        int from = text.indexOf("-----> " + title + ":");
        if (from < 0) {
            return "";
        }
        int to = text.indexOf("\n----->", from);
        return text.substring(from, to < 0 ? text.length() : to);
    }

    private static OptionalLong memory(String text) {
        Matcher matcher = MEMORY.matcher(section(text, "memory"));
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1)) << 20) : OptionalLong.empty();
    }

    /** The line of the longest mount point above docker's folder. */
    private static OptionalLong diskFree(String section, @Nullable String folder) {
        String inside = (folder == null ? "/var/lib/docker" : folder) + "/";
        OptionalLong free = OptionalLong.empty();
        int longest = 0;
        Matcher matcher = DISK_LINE.matcher(section);
        while (matcher.find()) {
            String mount = matcher.group(3);
            if (mount.length() > longest && inside.startsWith(mount.endsWith("/") ? mount : mount + "/")) {
                longest = mount.length();
                String unit = matcher.group(2);
                double bytes = Double.parseDouble(matcher.group(1))
                        * (unit.isEmpty() ? 1 : Math.pow(1024, UNITS.indexOf(unit) + 1));
                free = OptionalLong.of((long) bytes);
            }
        }
        return free;
    }

    private static @Nullable Duration clockAhead(@Nullable String time, Instant now) {
        if (time == null) {
            return null;
        }
        try {
            return Duration.between(now, Instant.parse(time));
        } catch (DateTimeParseException e) {
            System.getLogger(HostVitals.class.getName()).log(System.Logger.Level.DEBUG, "no clock", e);
            return null;
        }
    }
}
