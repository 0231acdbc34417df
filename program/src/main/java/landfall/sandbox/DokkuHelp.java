package landfall.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What Dokku says about its own commands; the texts are data, as a real host printed them. */
final class DokkuHelp {
    private static final List<String> FAMILIES = List.of(
            "apps",
            "certs",
            "checks",
            "config",
            "cron",
            "domains",
            "git",
            "logs",
            "network",
            "nginx",
            "plugin",
            "ports",
            "proxy",
            "ps",
            "resource",
            "ssh-keys",
            "storage");

    private static final String FLAGS = text("flags");
    private final DokkuHost host;

    DokkuHelp(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        for (String family : FAMILIES) {
            DokkuCommand help = call -> printed(call, text(family));
            commands.put(family + ":help", help);
            // A family's name alone is its help, unless it is a command of its own (apps, config, logs).
            commands.putIfAbsent(family, help);
        }
        commands.put("postgres:help", call -> printed(call, serviceHelp(call.argument(0))));
        commands.put("help", this::overview);
        commands.put("", this::overview);
    }

    private static String serviceHelp(String command) {
        return text(command.equals("link") ? "postgres-link" : "postgres");
    }

    private int overview(DokkuCall call) {
        boolean all = call.arguments().contains("--all");
        text(all ? "help-all" : "help")
                .lines()
                .filter(line -> !host.misbehaviour().lacks("postgres") || !line.startsWith("    postgres"))
                .forEach(line -> call.out(line + "\n"));
        return 0;
    }

    private static int printed(DokkuCall call, String text) {
        call.out(text);
        return 0;
    }

    /** What a Go command says of a flag that it doesn't have. */
    static DokkuFailure unknownFlag(String command, String flag) {
        String name = flag.startsWith("--") && flag.contains("=") ? flag.substring(0, flag.indexOf('=')) : flag;
        String problem = flag.startsWith("--")
                ? "unknown flag: " + name
                : "unknown shorthand flag: '" + flag.charAt(1) + "' in " + flag;
        String heading = "Usage of " + command + ":\n";
        int from = FLAGS.indexOf(heading);
        String flags = "";
        if (from >= 0) {
            int end = FLAGS.indexOf("Usage of ", from + 1);
            flags = FLAGS.substring(from + heading.length(), end < 0 ? FLAGS.length() : end);
        }
        return new DokkuFailure(2, heading + flags + problem + "\n");
    }

    /** Refuses any flag, as Go commands without flags do. */
    static void refuseFlags(DokkuCall call) throws DokkuFailure {
        for (String word : call.arguments()) {
            if (word.length() > 1 && word.startsWith("-")) {
                throw unknownFlag(call.command(), word);
            }
        }
    }

    private static String text(String name) {
        try (InputStream in = DokkuHelp.class.getResourceAsStream("dokku-help/" + name + ".txt")) {
            if (in == null) {
                throw new IllegalStateException("this is a bug: no help text " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
