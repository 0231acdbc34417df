package landfall.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import landfall.base.ExitCode;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/commands.md is what the commands say of themselves; {@code LANDFALL_REWRITE_DOCS=1} writes it anew. */
final class CommandsDocTest {
    private static final int WIDTH = 110;

    @Test
    void theCommandsInTheDocsAreThoseOfTheProgram() throws IOException {
        Path file = Path.of("../docs/commands.md");
        String generated = document();

        if ("1".equals(System.getenv("LANDFALL_REWRITE_DOCS"))) {
            Files.writeString(file, generated);
        }

        assertThat(Files.readString(file))
                .as("docs/commands.md; LANDFALL_REWRITE_DOCS=1 and this test write it anew")
                .isEqualTo(generated);
    }

    @Test
    void everyCommandSaysWhatItDoes() {
        assertThat(commands())
                .isNotEmpty()
                .allSatisfy((name, command) -> assertThat(
                                command.getCommandSpec().usageMessage().description())
                        .as(name)
                        .isNotEmpty());
    }

    private static Map<String, CommandLine> commands() {
        Map<String, CommandLine> found = new LinkedHashMap<>();
        collect(new CommandLine(Main.class), found);
        return found;
    }

    private static void collect(CommandLine command, Map<String, CommandLine> found) {
        command.setUsageHelpWidth(WIDTH);
        found.put(command.getCommandSpec().qualifiedName(), command);
        command.getSubcommands().values().forEach(subcommand -> collect(subcommand, found));
    }

    private static String document() {
        StringBuilder text = new StringBuilder("""
                # Commands

                Generated from what the commands say of themselves (`CommandsDocTest`); not to be edited by hand.

                ## Exit codes

                | code | meaning |
                | --- | --- |
                """);
        for (ExitCode code : ExitCode.values()) {
            text.append("| ")
                    .append(code.code())
                    .append(" | ")
                    .append(meaning(code))
                    .append(" |\n");
        }
        commands()
                .forEach((name, command) -> text.append("\n## `")
                        .append(name)
                        .append("`\n\n```\n")
                        .append(plain(command))
                        .append("```\n"));
        return text.toString();
    }

    private static String plain(CommandLine command) {
        StringBuilder text = new StringBuilder();
        command.getUsageMessage(Ansi.OFF)
                .lines()
                .forEach(line -> text.append(line.stripTrailing()).append('\n'));
        return text.toString();
    }

    private static String meaning(ExitCode code) {
        return switch (code) {
            case DONE -> "done";
            case FAILED -> "something failed; running the same command again goes on";
            case BAD_INPUT -> "wrong usage or bad input; nothing was touched";
            case DECISIONS_OPEN -> "decisions are open";
            case REFUSED ->
                "a gate refused: verification, preflight, the state of the move, or a question answered with no";
            case DIFFERS -> "`diff` only: apply would change something; drift alone ends with 0";
            case INTERRUPTED -> "interrupted; running the same command again goes on";
        };
    }
}
