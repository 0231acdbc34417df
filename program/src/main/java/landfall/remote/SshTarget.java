package landfall.remote;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/** Where a Dokku host is reached: {@code dokku@host[:port]}. */
public record SshTarget(String user, String host, int port) {
    private static final int PORT_DEFAULT = 22;
    private static final int PORT_MAX = 65_535;
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_.-]*)@([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?");

    public static SshTarget parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw malformed(text);
        }
        String host = matcher.group(2);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.startsWith("-")) {
            throw malformed(text);
        }
        String portText = matcher.group(3);
        int port = portText == null ? PORT_DEFAULT : Integer.parseInt(portText);
        if (port < 1 || port > PORT_MAX) {
            throw malformed(text);
        }
        return new SshTarget(matcher.group(1), host, port);
    }

    private static LandfallException malformed(String text) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        "\"" + text + "\" is not an address of a Dokku host",
                        "expected USER@HOST or USER@HOST:PORT with a port from 1 to 65535",
                        "Give it like --host dokku@dokku.example:22."));
    }

    @Override
    public String toString() {
        String shownHost = host.contains(":") ? "[" + host + "]" : host;
        return user + "@" + shownHost + (port == PORT_DEFAULT ? "" : ":" + port);
    }
}
