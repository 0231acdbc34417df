package landfall.kube;

/** Why a document can't be read and where; it ends the reading of that document only. */
final class ParseFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;
    private final String what;
    private final String why;
    private final String nextStep;

    /**
     * @param line counted from 1, or 0 for the whole file
     * @param column counted from 1, or 0 where it says nothing
     */
    ParseFailure(int line, int column, String what, String why, String nextStep) {
        super(what + ": " + why);
        this.line = line;
        this.column = column;
        this.what = what;
        this.why = why;
        this.nextStep = nextStep;
    }

    int line() {
        return line;
    }

    int column() {
        return column;
    }

    String what() {
        return column > 0 ? what + " (line " + line + ", column " + column + ")" : what;
    }

    String why() {
        return why;
    }

    String nextStep() {
        return nextStep;
    }
}
