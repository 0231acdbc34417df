package landfall.sandbox;

/** A command of the emulated host that ends with an exit code and a line on stderr. */
final class DokkuFailure extends Exception {
    private static final long serialVersionUID = 1L;
    private final int exit;

    DokkuFailure(int exit, String line) {
        super(line);
        this.exit = exit;
    }

    static DokkuFailure refused(String line) {
        return new DokkuFailure(1, " !     " + line + "\n");
    }

    int exit() {
        return exit;
    }

    /** What stderr gets, line end included. */
    String text() {
        return String.valueOf(getMessage());
    }
}
