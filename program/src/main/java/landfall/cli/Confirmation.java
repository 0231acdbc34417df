package landfall.cli;

/** Asks before something that cannot be taken back; a script without a terminal says {@code --yes} or {@code --json}. */
final class Confirmation {
    private Confirmation() {}

    static boolean given(Output output, boolean yes, String question) {
        if (yes || output.json() || !output.terminal()) {
            return true;
        }
        String answer = System.console().readLine("%s [y/N] ", question);
        return answer != null && answer.strip().equalsIgnoreCase("y");
    }
}
