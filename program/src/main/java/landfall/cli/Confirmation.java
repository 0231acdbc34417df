package landfall.cli;

import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/** Asks before something that cannot be taken back; a script, which has no terminal, must say {@code --yes}. */
final class Confirmation {
    private Confirmation() {}

    /** Where data dies, the move's name is typed. */
    @SuppressWarnings("SystemConsoleNull") // as below
    static boolean typed(Output output, boolean yes, String name, String question) {
        java.io.Console console = System.console();
        if (yes) {
            return true;
        }
        if (output.json() || console == null || !output.terminal()) {
            throw unasked(question);
        }
        String answer = console.readLine("%s Type %s: ", question, name);
        return answer != null && answer.strip().equals(name);
    }

    private static LandfallException unasked(String question) {
        return new LandfallException(
                ExitCode.BAD_INPUT,
                Problem.error("not confirmed: " + question, "there is no terminal to ask on", "Add --yes."));
    }

    @SuppressWarnings("SystemConsoleNull") // null again since JDK 25 where there is no terminal (JDK-8351435)
    static boolean given(Output output, boolean yes, String question) {
        java.io.Console console = System.console();
        if (yes) {
            return true;
        }
        if (output.json() || console == null || !output.terminal()) {
            throw unasked(question);
        }
        String answer = console.readLine("%s [y/N] ", question);
        return answer != null && answer.strip().equalsIgnoreCase("y");
    }
}
