package landfall.dokku;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import landfall.base.Secret;
import landfall.remote.Quoting;
import org.jspecify.annotations.Nullable;

/**
 * One Dokku command as data.
 *
 * @param secretWords indices into words that are shown as {@code ***}
 * @param stdin sent as UTF-8; null: nothing
 * @param echoesSecrets its stdout shows values (config:import does) and is dropped unread
 */
public record DokkuCommand(
        List<String> words,
        Set<Integer> secretWords,
        @Nullable Secret stdin,
        boolean echoesSecrets) {
    /** {@code shell} among them: nothing but questions is ever typed into one. */
    private static final Set<String> READS =
            Set.of("version", "config:get", "config:keys", "ps:inspect", "report", "shell", "url", "urls");

    private static final List<String> READ_SUFFIXES = List.of(
            ":report",
            ":list",
            ":list-entries",
            ":exists",
            ":info",
            ":locked",
            ":export",
            ":show",
            ":links",
            ":linked",
            ":status");

    public DokkuCommand {
        words = List.copyOf(words);
        secretWords = java.util.Collections.unmodifiableSet(new TreeSet<>(secretWords));
    }

    public static DokkuCommand of(String... words) {
        return new DokkuCommand(List.of(words), Set.of(), null, false);
    }

    public static DokkuCommand of(List<String> words) {
        return new DokkuCommand(words, Set.of(), null, false);
    }

    public DokkuCommand withInput(Secret input) {
        return new DokkuCommand(words, secretWords, input, echoesSecrets);
    }

    public DokkuCommand withSecretWord(int index) {
        Set<Integer> indices = new TreeSet<>(secretWords);
        indices.add(index);
        return new DokkuCommand(words, indices, stdin, echoesSecrets);
    }

    public DokkuCommand droppingOutput() {
        return new DokkuCommand(words, secretWords, stdin, true);
    }

    /** Whether it only looks: such a command may be sent again when the connection was lost while it ran. */
    public boolean isRead() {
        for (String word : words) {
            if (!word.startsWith("--")) {
                return READS.contains(word) || READ_SUFFIXES.stream().anyMatch(word::endsWith);
            }
        }
        return false;
    }

    /** What is sent; holds secrets where {@link #secretWords} says so. */
    public String line() {
        return Quoting.commandLine(words);
    }

    /** What may be shown: secret words masked, and that there is input. */
    public String display() {
        List<String> shown = new ArrayList<>(words);
        secretWords.forEach(index -> shown.set(index, "***"));
        return Quoting.commandLine(shown) + (stdin == null ? "" : "  < ***");
    }

    @Override
    public String toString() {
        return display();
    }
}
