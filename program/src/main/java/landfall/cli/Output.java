package landfall.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import landfall.base.Events;
import landfall.report.JsonEvents;
import landfall.report.Style;
import landfall.report.TerminalEvents;
import picocli.CommandLine.Option;

/** The options that every command has, and where its output goes. */
public final class Output {
    @Option(names = "--json", description = "Print JSON Lines events instead of text (docs/events.md).")
    boolean json;

    @Option(names = "--debug", description = "Show stack traces of unexpected errors.")
    boolean debug;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "Colour: auto (on a terminal), always, never. Default: auto.")
    String colour = "auto";

    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

    public boolean json() {
        return json;
    }

    /** Standard output in UTF-8 whatever the locale; only cli and report write to it. */
    public PrintStream out() {
        return OUT;
    }

    @SuppressWarnings("SystemConsoleNull") // null again since JDK 25 where there is no terminal (JDK-8351435)
    public boolean terminal() {
        java.io.Console console = System.console();
        return console != null && console.isTerminal();
    }

    public Style style() {
        boolean on =
                colour.equals("always") || (colour.equals("auto") && terminal() && System.getenv("NO_COLOR") == null);
        return new Style(on);
    }

    public Events events() {
        return json
                ? new JsonEvents(OUT)
                : new TerminalEvents(OUT, style(), terminal(), System::nanoTime, new TerminalWidth());
    }
}
