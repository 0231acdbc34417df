package landfall.remote;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/**
 * Where a Dokku host is reached, as given: {@code [user@]host[:port]}, the host being a name of ~/.ssh/config, of DNS or
 * an address.
 *
 * @param user empty: what ~/.ssh/config says, or {@code dokku}
 * @param port 0: what ~/.ssh/config says, or 22
 */
public record SshTarget(String user, String host, int port) {
    static final String USER_DEFAULT = "dokku";
    static final int PORT_DEFAULT = 22;
    private static final int PORT_MAX = 65_535;
    private static final String IPV6 = "[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.-]+)?";
    private static final Pattern FORM = Pattern.compile("(?:([A-Za-z_][A-Za-z0-9_.-]*)@)?(?:\\[(" + IPV6 + ")]|(" + IPV6
            + ")|([A-Za-z0-9_][A-Za-z0-9_.-]*))(?::([0-9]{1,5}))?");

    public static SshTarget parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw malformed(text);
        }
        String user = matcher.group(1);
        String bracketed = matcher.group(2);
        String bare = matcher.group(3);
        String portText = matcher.group(5);
        if (bare != null && portText != null) {
            // Without brackets its last group may be an address's as well as a port.
            throw malformed(text);
        }
        int port = portText == null ? 0 : Integer.parseInt(portText);
        if (portText != null && (port < 1 || port > PORT_MAX)) {
            throw malformed(text);
        }
        String host = bracketed != null ? bracketed : bare != null ? bare : matcher.group(4);
        return new SshTarget(user == null ? "" : user, host, port);
    }

    private static LandfallException malformed(String text) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error(
                        "\"" + text + "\" is not an address of a Dokku host",
                        "expected HOST, USER@HOST or USER@HOST:PORT with a port from 1 to 65535, an IPv6 address with a"
                                + " port in brackets",
                        "Give it like --host dokku@dokku.example:22 or --host 'dokku@[2001:db8::1]:22'."));
    }

    @Override
    public String toString() {
        boolean plainPort = port == PORT_DEFAULT || port == 0;
        String shownHost = host.contains(":") && !plainPort ? "[" + host + "]" : host;
        return (user.isEmpty() ? "" : user + "@") + shownHost + (plainPort ? "" : ":" + port);
    }
}
