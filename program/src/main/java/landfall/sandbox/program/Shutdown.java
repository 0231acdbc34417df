package landfall.sandbox.program;

/** What SIGTERM does: the listener's clients are let go, then the process ends with 0, as Uro's does. */
final class Shutdown {
    private Shutdown() {}

    static void with(HttpListener listener) {
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
            Log.line("SIGTERM received - shutting down");
            try {
                listener.leave();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            // The JVM's own exit code after a signal is 143.
            Runtime.getRuntime().halt(0);
        }));
    }
}
