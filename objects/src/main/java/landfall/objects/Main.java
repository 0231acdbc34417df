package landfall.objects;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import landfall.objects.cli.Commands;
import picocli.CommandLine;

/** The command {@code objects}: the server, and what administers a running one. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        CommandLine commands = Commands.all();
        commands.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        System.exit(commands.execute(arguments));
    }
}
