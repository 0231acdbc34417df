package landfall.remote;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Origin;
import landfall.base.Problem;
import org.jspecify.annotations.Nullable;

/**
 * OpenSSH's client configuration as far as it tells how a host is reached: Host blocks with patterns and negation,
 * Include, and the first value that is found wins. MINA's reader has neither Include nor that order. A Match block other
 * than {@code Match all} and {@code Match host} is passed over, as its conditions may run programs.
 */
final class SshConfig {
    private static final int INCLUDE_DEPTH_MAX = 16;

    private final Path home;
    private final Map<String, List<String>> values = new LinkedHashMap<>();
    private @Nullable Origin proxyCommand;
    private final String alias;

    private SshConfig(Path home, String alias) {
        this.home = home;
        this.alias = alias;
    }

    /**
     * What the files say about one host.
     *
     * @throws LandfallException if a file that exists cannot be read or says what can't be followed
     */
    static SshConfig of(String alias, SshEnvironment environment) {
        SshConfig config = new SshConfig(environment.home(), alias);
        for (Path file : environment.configs()) {
            if (Files.isReadable(file)) {
                config.read(file, true, 0);
            }
        }
        return config;
    }

    String hostName() {
        return first("hostname").replace("%h", alias).replace("%%", "%");
    }

    String user() {
        return first("user");
    }

    /** 0: none is given. */
    int port() {
        String port = first("port");
        return port.matches("[0-9]{1,5}") ? Integer.parseInt(port) : 0;
    }

    boolean identitiesOnly() {
        return first("identitiesonly").equalsIgnoreCase("yes");
    }

    /** Hashed names in known_hosts are asked for. */
    boolean hashKnownHosts() {
        return first("hashknownhosts").equalsIgnoreCase("yes");
    }

    String hostKeyAlias() {
        return first("hostkeyalias");
    }

    List<Path> identityFiles(SshTarget reached) {
        return values.getOrDefault("identityfile", List.of()).stream()
                .filter(file -> !file.equalsIgnoreCase("none"))
                .map(file -> expanded(file, reached))
                .toList();
    }

    List<Path> knownHostsFiles(SshTarget reached) {
        return words(first("userknownhostsfile")).stream()
                .filter(file -> !file.equalsIgnoreCase("none"))
                .map(file -> expanded(file, reached))
                .toList();
    }

    /** The socket of another agent; empty: the environment's. "none" switches the agent off. */
    String identityAgent() {
        return first("identityagent");
    }

    /** Hosts to go through, nearest first. */
    List<String> jumps() {
        String jump = first("proxyjump");
        if (jump.isEmpty() || jump.equalsIgnoreCase("none")) {
            return List.of();
        }
        return Stream.of(jump.split(",")).map(String::strip).toList();
    }

    /** Where a ProxyCommand stands that would have to be run. */
    @Nullable
    Origin proxyCommand() {
        return values.containsKey("proxyjump") ? null : proxyCommand;
    }

    Path expanded(String file, SshTarget reached) {
        String text = file.startsWith("~/") ? home.resolve(file.substring(2)).toString() : file;
        text = text.replace("%d", home.toString())
                .replace("%h", reached.host())
                .replace("%n", alias)
                .replace("%r", reached.user())
                .replace("%p", String.valueOf(reached.port()))
                .replace("%u", System.getProperty("user.name"))
                .replace("%%", "%");
        return Path.of(text);
    }

    private String first(String key) {
        List<String> found = values.getOrDefault(key, List.of());
        return found.isEmpty() ? "" : found.getFirst();
    }

    private void read(Path file, boolean applies, int depth) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException e) {
            throw refused(Origin.file(file.toString()), "cannot be read", String.valueOf(e.getMessage()), e);
        }
        boolean active = applies;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("[ \t]*=[ \t]*|[ \t]+", 2);
            String key = parts[0].toLowerCase(Locale.ROOT);
            String value = parts.length > 1 ? parts[1].strip() : "";
            Origin origin = Origin.file(file + ":" + (i + 1));
            switch (key) {
                case "host" -> active = applies && matches(words(value));
                case "match" -> active = applies && matchApplies(words(value));
                case "include" -> {
                    if (active) {
                        include(value, file, depth, origin);
                    }
                }
                default -> {
                    if (active) {
                        keep(key, value, origin);
                    }
                }
            }
        }
    }

    private void keep(String key, String value, Origin origin) {
        if (key.equals("proxycommand")) {
            if (proxyCommand == null && !value.equalsIgnoreCase("none")) {
                proxyCommand = origin;
            }
            return;
        }
        String plain = key.equals("userknownhostsfile") ? value : String.join(" ", words(value));
        List<String> kept = values.computeIfAbsent(key, name -> new ArrayList<>());
        if (kept.isEmpty() || key.equals("identityfile")) {
            kept.add(plain);
        }
    }

    private void include(String value, Path from, int depth, Origin origin) {
        if (depth >= INCLUDE_DEPTH_MAX) {
            throw refused(origin, "includes files more than " + INCLUDE_DEPTH_MAX + " deep", "a circle, perhaps", null);
        }
        for (String word : words(value)) {
            Path base = from.startsWith("/etc") ? Path.of("/etc/ssh") : home.resolve(".ssh");
            Path pattern = word.startsWith("~/") ? home.resolve(word.substring(2)) : base.resolve(word);
            for (Path file : matching(pattern, origin)) {
                read(file, true, depth + 1);
            }
        }
    }

    private static List<Path> matching(Path pattern, Origin origin) {
        String text = pattern.toString();
        int star = text.replace('?', '*').replace('[', '*').indexOf('*');
        if (star < 0) {
            return Files.isReadable(pattern) ? List.of(pattern) : List.of();
        }
        Path top = Path.of(text.substring(0, text.lastIndexOf('/', star) + 1));
        if (!Files.isDirectory(top)) {
            return List.of();
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + text);
        int levels = pattern.getNameCount() - top.getNameCount();
        try (Stream<Path> walk = Files.walk(top, levels)) {
            return walk.filter(matcher::matches)
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw refused(origin, "includes what cannot be read", String.valueOf(e.getMessage()), e);
        }
    }

    private boolean matchApplies(List<String> words) {
        if (words.equals(List.of("all"))) {
            return true;
        }
        boolean isHost = words.size() == 2
                && (words.getFirst().equalsIgnoreCase("host")
                        || words.getFirst().equalsIgnoreCase("originalhost"));
        return isHost && matches(List.of(words.getLast().split(",")));
    }

    private boolean matches(List<String> patterns) {
        return matches(patterns, alias);
    }

    /** A negated pattern that matches excludes, whatever else matches. */
    static boolean matches(List<String> patterns, String name) {
        boolean any = false;
        for (String pattern : patterns) {
            boolean negated = pattern.startsWith("!");
            if (wildcard(negated ? pattern.substring(1) : pattern).matcher(name).matches()) {
                if (negated) {
                    return false;
                }
                any = true;
            }
        }
        return any;
    }

    private static Pattern wildcard(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            regex.append(
                    switch (c) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(String.valueOf(c));
                    });
        }
        return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE);
    }

    /** Words, of which double quotes make one; a # begins a comment. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean started = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
                started = true;
            } else if (!quoted && (c == ' ' || c == '\t')) {
                if (started) {
                    words.add(word.toString());
                }
                word.setLength(0);
                started = false;
            } else if (!quoted && !started && c == '#') {
                break;
            } else {
                word.append(c);
                started = true;
            }
        }
        if (started) {
            words.add(word.toString());
        }
        return words;
    }

    private static LandfallException refused(Origin origin, String what, String why, @Nullable Exception cause) {
        return new LandfallException(ExitCode.BAD_INPUT, Problem.error(origin, what, why, "Mend that file."), cause);
    }
}
