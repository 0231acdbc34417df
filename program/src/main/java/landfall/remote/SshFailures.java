package landfall.remote;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/** Turns each way not to get into a host into its own problem. */
final class SshFailures {
    private final SshTarget target;
    private final String place;
    private final String hostName;
    private final @Nullable String via;
    private final Duration patience;

    /** @param via the host that this one is reached through, or null */
    SshFailures(SshTarget target, String hostName, @Nullable String via, Duration patience) {
        this.target = target;
        this.hostName = hostName;
        this.via = via;
        this.patience = patience;
        this.place = hostName + " port " + target.port();
    }

    static boolean isDenied(IOException failure) {
        return String.valueOf(failure.getMessage()).contains("No more authentication methods");
    }

    LandfallException unknownHost(UnknownHostException cause) {
        String named = hostName.equals(target.host()) ? "" : " (which ~/.ssh/config has for " + target.host() + ")";
        return problem(
                "there is no host named " + hostName + named,
                "its name does not resolve to an address",
                "Check the spelling of --host, or your DNS.",
                cause);
    }

    /** Before anything was said. */
    LandfallException connecting(IOException failure) {
        return switch (root(failure)) {
            case NoRouteToHostException e -> unreachable(e);
            case ConnectException e when String.valueOf(e.getMessage()).contains("nreachable") -> unreachable(e);
            case ConnectException e ->
                problem(
                        "connection to " + place + " refused",
                        "nothing listens there",
                        "Check the port (--host dokku@HOST:PORT) and that sshd runs.",
                        e);
            case TimeoutException e -> timedOut(e);
            // The library's word for one who hung up before it had made a session of the connection.
            case Throwable e
            when String.valueOf(e.getMessage()).startsWith("No session attached") -> loggingIn(failure);
            case Throwable e ->
                problem(
                        "cannot connect to " + place,
                        String.valueOf(e.getMessage()),
                        "Check that it is an SSH server and reachable from here.",
                        e);
        };
    }

    /** After the connection was made. */
    LandfallException loggingIn(IOException failure) {
        if (root(failure) instanceof TimeoutException e) {
            return timedOut(e);
        }
        if (via != null) {
            return problem(
                    "cannot reach " + place + " through " + via,
                    "the way ended before an SSH server answered ("
                            + root(failure).getMessage() + ")",
                    "Check from there that something listens (ssh " + via + " nc -z " + hostName + " " + target.port()
                            + ") and that its sshd has AllowTcpForwarding.",
                    failure);
        }
        return problem(
                place + " did not answer as an SSH server",
                "it hung up before the login (" + root(failure).getMessage() + ")",
                "Check the port (--host dokku@HOST:PORT); if it is the right one, sshd's log there (journalctl -u ssh)"
                        + " tells more.",
                failure);
    }

    LandfallException denied(SshKeys keys, boolean agent, IOException cause) {
        if (keys.isLocked()) {
            String files = keys.locked().stream().map(Path::toString).collect(Collectors.joining(", "));
            return problem(
                    target + ": Permission denied (publickey)",
                    "the key " + files + " is protected by a passphrase, and there is no terminal to ask on"
                            + (agent ? "; ssh-agent does not have it" : " and no ssh-agent"),
                    "Load it into ssh-agent first: eval $(ssh-agent); ssh-add "
                            + keys.locked().getFirst() + ". Then run the same command again.",
                    cause);
        }
        List<String> tried = new ArrayList<>(keys.described());
        if (agent) {
            tried.add("the keys of ssh-agent");
        }
        String keysTried = tried.isEmpty() ? "no key was found to try" : "tried " + String.join(", ", tried);
        return problem(
                target + ": Permission denied (publickey)",
                keysTried,
                "Give the right key with --identity FILE, or have the host's admin add yours: cat KEY.pub | ssh root@"
                        + hostName + " dokku ssh-keys:add NAME.",
                cause);
    }

    private LandfallException unreachable(Exception cause) {
        return problem(
                place + " is unreachable",
                String.valueOf(cause.getMessage()),
                "Check the network between here and there.",
                cause);
    }

    private LandfallException timedOut(Exception cause) {
        return problem(
                place + " does not answer",
                "nothing came within " + patience.toMillis() / 1000.0 + " s",
                "Check the address, the port and firewalls.",
                cause);
    }

    private static LandfallException problem(String what, String why, String nextStep, Throwable cause) {
        return new LandfallException(ExitCode.FAILED, Problem.error(what, why, nextStep), cause);
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
