package landfall.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which program a container's command stands for, and the one loop of nc that init containers are made of. */
final class PodCommands {
    private static final Pattern WAIT_FOR_PORT = Pattern.compile("until nc (?:-[a-z]+(?: \\d+)? )*([A-Za-z][\\w.-]*)"
            + " (\\d+)(?: ?>[^;]*)?; ?do (?:echo [^;]*; ?)?sleep \\d+; ?done;?");
    private static final List<String> NETWORK_TOOLS = List.of("nc", "wget", "curl", "nslookup", "ping");

    private PodCommands() {}

    /** A command that this machine has runs here, whatever the image; any other word is the image's own business. */
    static Program program(Program image, List<String> command) {
        if (command.isEmpty() || !onMachine(command.getFirst())) {
            return image;
        }
        return new Program(image.image(), Program.SHELL, image.port(), image.workingDirectory());
    }

    static boolean onMachine(String word) {
        if (word.equals("postgres") || word.equals("pg_isready") || word.startsWith("-")) {
            return false;
        }
        if (word.contains("/")) {
            return (word.startsWith("/bin/") || word.startsWith("/usr/bin/")) && Files.isExecutable(Path.of(word));
        }
        return Arrays.stream(
                        System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, word)));
    }

    /** Host and port that {@code sh -c "until nc -z HOST PORT; do sleep N; done"} waits for. */
    static Optional<InetSocketAddress> waitsFor(List<String> words, Addresses addresses, String namespace) {
        if (words.size() != 3 || !words.get(0).endsWith("sh") || !words.get(1).equals("-c")) {
            return Optional.empty();
        }
        Matcher matcher = WAIT_FOR_PORT.matcher(words.get(2).strip().replaceAll("\\s+", " "));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String host = matcher.group(1);
        var names = addresses.names();
        String address = names.getOrDefault(host + "." + namespace, names.getOrDefault(host, ""));
        int port = Integer.parseInt(matcher.group(2));
        return Optional.of(
                address.isEmpty()
                        ? InetSocketAddress.createUnresolved(host, port)
                        : new InetSocketAddress(address, port));
    }

    /** A name of this machine's network tools in a script would look at the wrong network: it is refused. */
    static Optional<String> refused(List<String> words) {
        String text = String.join(" ", words);
        return NETWORK_TOOLS.stream()
                .filter(tool -> text.matches("(?s)(.*[\\s;|&(])?" + tool + "(\\s.*)?"))
                .findFirst();
    }

    /**
     * Whether something answers at the address, behind whatever forwards to it: a forwarder without a backend accepts and
     * resets.
     */
    static boolean open(InetSocketAddress address) {
        if (address.isUnresolved()) {
            return false;
        }
        try (Socket socket = new Socket()) {
            socket.connect(address, 1_000);
            socket.setSoTimeout(150);
            return socket.getInputStream().read() >= 0;
        } catch (java.net.SocketTimeoutException silent) {
            // Connected and not reset: servers that wait for the client to speak first look like this.
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
