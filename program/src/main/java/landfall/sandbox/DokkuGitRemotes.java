package landfall.sandbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** {@code git:*} that talks to other machines, and what it knows them by. */
final class DokkuGitRemotes {
    private static final int CONNECT_MILLIS = 2_000;

    private final DokkuHost host;

    DokkuGitRemotes(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("git:sync", this::sync);
        commands.put("git:status", call -> {
            host.app(call.argument(0));
            throw new DokkuFailure(128, "fatal: this operation must be run in a work tree\n");
        });
        commands.put("git:allow-host", this::allow);
        commands.put("git:auth", this::authenticate);
        commands.put("git:auth-status", call -> isKnown(call) ? 0 : 1);
        commands.put("git:public-key", this::publicKey);
        DokkuCommand fromImage = java.util.Objects.requireNonNull(commands.get("git:from-image"));
        commands.put("git:load-image", call -> load(call, fromImage));
    }

    private static boolean answers(String name, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(name, port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int port(URI address) {
        return address.getPort() > 0 ? address.getPort() : "http".equals(address.getScheme()) ? 80 : 443;
    }

    /** Empty, or what curl says of an address that nobody answers at. */
    static String unreachable(String text) {
        URI address = URI.create(text);
        String name = String.valueOf(address.getHost());
        return answers(name, port(address))
                ? ""
                : "Failed to connect to " + name + " port " + port(address) + " after 0 ms: Couldn't connect to server";
    }

    private int sync(DokkuCall call) throws DokkuFailure {
        List<String> words =
                call.arguments().stream().filter(word -> !word.startsWith("--")).toList();
        String app = host.app(words.isEmpty() ? "" : words.getFirst());
        String remote = words.size() > 1 ? words.get(1) : "";
        if (!remote.matches("https?://[A-Za-z0-9][A-Za-z0-9.:-]*/\\S*")) {
            host.log("not emulated: git:sync from " + remote);
            throw DokkuFailure.refused("sandbox: git:sync is emulated for http and https only");
        }
        DokkuCall merged = call.merged();
        String reference = words.size() > 2 ? words.get(2) : "";
        merged.out("       Fetching remote code for " + app + " from " + remote + "#" + reference + "\n");
        String problem = unreachable(remote);
        if (!problem.isEmpty()) {
            merged.out("fatal: unable to access '" + remote + "/': " + problem + "\n");
            return 128;
        }
        host.log("not emulated: git:sync from a host that answers");
        throw DokkuFailure.refused("sandbox: git:sync from a host that answers is not emulated");
    }

    /** Asks the host for its keys; what doesn't answer has none, and nothing is said about it. */
    private int allow(DokkuCall call) throws IOException {
        String name = call.argument(0);
        if (!answers(name, 22)) {
            return 1;
        }
        host.store().set("global", "git.known." + name, "true");
        return 0;
    }

    private int authenticate(DokkuCall call) throws IOException, DokkuFailure {
        String name = call.argument(0);
        if (name.isEmpty()) {
            throw DokkuFailure.refused("Please specify a git server from which to set the netrc credentials");
        }
        String user = call.argument(1);
        boolean remove = user.isEmpty();
        call.heading("-----> " + (remove ? "Removing" : "Setting") + " netrc auth entry for host " + name);
        host.store().set("global", "git.netrc." + name, remove ? "" : user + " " + call.argument(2));
        return 0;
    }

    private boolean isKnown(DokkuCall call) throws IOException {
        String entry = host.store().get("global", "git.netrc." + call.argument(0));
        return !entry.isEmpty() && entry.equals(call.argument(1) + " " + call.argument(2));
    }

    /** The emulated host never has a key of its own: making one isn't emulated. */
    private int publicKey(DokkuCall call) {
        call.warn("There is no deploy key associated with the dokku user.");
        call.warn("Generate an ssh key with the following command:");
        call.warn("  dokku git:generate-deploy-key");
        call.warn("As an alternative, configure the netrc authentication via the git:auth command");
        return 1;
    }

    /** The image that stdin holds is known by its name: what is in it, the sandbox doesn't run. */
    private int load(DokkuCall call, DokkuCommand fromImage) throws IOException, InterruptedException, DokkuFailure {
        host.app(call.argument(0));
        String image = call.argument(1);
        if (call.in().readAllBytes().length == 0) {
            call.out("open /var/lib/docker/tmp/docker-import-" + System.nanoTime() % 1_000_000_000
                    + "/repositories: no such file or directory\n");
            return 1;
        }
        call.out("Loaded image: " + image + "\n");
        return fromImage.run(call.with(List.of("git:from-image", call.argument(0), image), call.quiet(), false));
    }
}
