package landfall.remote;

import java.util.Optional;
import landfall.base.Secret;

/** Asks the person at the terminal, if there is one. */
public interface SshDialogue {
    /** Nobody is there. */
    SshDialogue NONE = new SshDialogue() {
        @Override
        public Optional<Secret> passphrase(String prompt) {
            return Optional.empty();
        }

        @Override
        public Optional<Boolean> confirmed(String question) {
            return Optional.empty();
        }
    };

    /** Empty where there is nobody to ask, or nothing was typed. */
    Optional<Secret> passphrase(String prompt);

    /** Empty where there is nobody to ask. */
    Optional<Boolean> confirmed(String question);

    /** The process's own terminal; {@link #NONE} where it has none. */
    @SuppressWarnings("SystemConsoleNull") // null again since JDK 25 where there is no terminal (JDK-8351435)
    static SshDialogue ofProcess() {
        java.io.Console console = System.console();
        if (console == null || !console.isTerminal()) {
            return NONE;
        }
        return new SshDialogue() {
            @Override
            public Optional<Secret> passphrase(String prompt) {
                char[] typed = console.readPassword("%s", prompt);
                return typed == null || typed.length == 0
                        ? Optional.empty()
                        : Optional.of(Secret.of(String.valueOf(typed)));
            }

            @Override
            public Optional<Boolean> confirmed(String question) {
                String typed = console.readLine("%s", question);
                return Optional.of(typed != null && typed.strip().equalsIgnoreCase("yes"));
            }
        };
    }
}
