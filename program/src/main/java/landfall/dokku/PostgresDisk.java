package landfall.dokku;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.LandfallException;
import landfall.remote.ExecResult;
import landfall.remote.SshConnection;

/** The disk below a dokku-postgres service, as psql's {@code \!} sees it inside the container. */
final class PostgresDisk {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** POSIX: file system, 1024-blocks, used, available, capacity, mounted on. */
    private static final Pattern LINE = Pattern.compile("(?m)^\\S+\\s+\\d+\\s+\\d+\\s+(\\d+)\\s+\\d+%\\s+/");

    private PostgresDisk() {}

    static OptionalLong freeBytes(SshConnection connection, String service, String folder) {
        // psql ends \! at the line's end, and gives the rest to a shell.
        if (!folder.matches("[A-Za-z0-9_./+-]+")) {
            return OptionalLong.empty();
        }
        String script = "\\! df -Pk " + folder + "\n\\q\n";
        try {
            ExecResult result = connection.exec(
                    DokkuCommand.of("postgres:connect", service).line(),
                    script.getBytes(StandardCharsets.UTF_8),
                    PATIENCE,
                    line -> {});
            Matcher matcher = LINE.matcher(result.stdout());
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1)) << 10) : OptionalLong.empty();
        } catch (LandfallException | IOException e) {
            // An image without df, or a host without psql: the survey says that it can't be known.
            System.getLogger(PostgresDisk.class.getName())
                    .log(System.Logger.Level.DEBUG, "free space can't be asked for", e);
            return OptionalLong.empty();
        }
    }
}
