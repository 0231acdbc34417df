package landfall.apply;

/** Told before and after each change on the host, so that an interrupted run can be understood. Never sees a secret. */
public interface ChangeLog {
    ChangeLog NONE = new ChangeLog() {
        @Override
        public void before(String task, String commands) {
            // Nobody keeps a journal here.
        }

        @Override
        public void after(String task) {
            // Nobody keeps a journal here.
        }

        @Override
        public boolean isOpen(String task) {
            return false;
        }
    };

    /** @param commands as shown to people, one a line, secrets masked */
    void before(String task, String commands);

    void after(String task);

    /** The host refused a command of it: what it was to create may be somebody else's. */
    default void failed(String task) {
        // Only who asks later what was created needs to know.
    }

    /** True if it was begun and never ended. */
    boolean isOpen(String task);
}
