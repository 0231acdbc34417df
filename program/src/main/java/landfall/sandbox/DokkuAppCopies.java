package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** {@code apps:clone} and {@code apps:rename}: a second app with what the first has, deployed if that one is. */
final class DokkuAppCopies {
    /** What belongs to the one app: when it was made, what it runs, where it is reached. */
    private static final Set<String> OWN = Set.of("created-at", "domains", "deployed", "locked", "container-sequence");

    private final DokkuHost host;

    DokkuAppCopies(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("apps:clone", this::copy);
        commands.put("apps:rename", this::copy);
    }

    private int copy(DokkuCall call) throws IOException, InterruptedException, DokkuFailure {
        List<String> words = new ArrayList<>(call.arguments());
        boolean skipDeploy = words.remove("--skip-deploy");
        boolean ignoreExisting = words.remove("--ignore-existing");
        for (String word : words) {
            if (word.startsWith("-")) {
                throw DokkuHelp.unknownFlag(call.command(), word);
            }
        }
        boolean rename = call.command().equals("apps:rename");
        String old = host.app(words.isEmpty() ? "" : words.getFirst());
        String next = words.size() < 2 ? "" : words.get(1);
        if (next.isEmpty()) {
            throw DokkuFailure.refused("Please specify a new app name");
        }
        DokkuHost.checkName(next);
        if (host.isApp(next)) {
            call.warn("Name is already taken");
            return ignoreExisting ? 0 : 1;
        }
        boolean deployed = host.deploys().isDeployed(old);
        call.out(rename ? "-----> Renaming " : "-----> Cloning ");
        call.out(old + " to " + next + "\n");
        new DokkuApps(host).make(call, next);
        give(old, next);
        if (rename) {
            host.deploys().rename(old, next);
            new DokkuApps(host).destroy(call, old);
        }
        return deployed && !skipDeploy
                ? host.perform(call.with(List.of("ps:rebuild", next), call.quiet(), call.force()))
                : 0;
    }

    private void give(String old, String next) throws IOException {
        for (Map.Entry<String, String> entry :
                host.store().all(DokkuHost.scope(old)).entrySet()) {
            if (!OWN.contains(entry.getKey())) {
                host.store().set(DokkuHost.scope(next), entry.getKey(), entry.getValue());
            }
        }
        for (String kind : List.of("config", "apps")) {
            Path from = host.store().folder().resolve(kind).resolve(old);
            if (Files.exists(from)) {
                tree(from, host.store().folder().resolve(kind).resolve(next));
            }
        }
        // Dokku keeps the certificate of a clone out, and its nginx.conf has just been written.
        DokkuApps.remove(host.store().folder().resolve("apps").resolve(next).resolve("tls"));
    }

    private static void tree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.getFileName().toString().equals("nginx.conf")) {
                    Files.copy(file, target);
                }
            }
        }
    }
}
