package landfall.cli;

/** Asks before something that cannot be taken back; a script without a terminal says {@code --yes} or {@code --json}. */
final class Confirmation {
    private Confirmation() {}

    @SuppressWarnings("SystemConsoleNull") // null again since JDK 25 where there is no terminal (JDK-8351435)
    static boolean given(Output output, boolean yes, String question) {
        java.io.Console console = System.console();
        if (yes || output.json() || console == null || !output.terminal()) {
            return true;
        }
        String answer = console.readLine("%s [y/N] ", question);
        return answer != null && answer.strip().equalsIgnoreCase("y");
    }
}
