package landfall.dokku;

/** How a Dokku command ended and what it printed. */
public record DokkuResult(int exit, String stdout, String stderr) {
    private static final int NO_SUCH_APP = 20;
    private static final int LINES_MAX = 12;

    /** What every command about an absent app answers. */
    static DokkuResult missing(String app) {
        return new DokkuResult(NO_SUCH_APP, "", " !     App " + app + " does not exist\n");
    }

    public boolean succeeded() {
        return exit == 0;
    }

    public boolean appMissing() {
        return exit == NO_SUCH_APP;
    }

    /** The last lines it printed, stderr last, for a message. */
    public String tail() {
        String all = (stdout.strip() + "\n" + stderr.strip()).strip();
        String[] lines = all.split("\n", -1);
        StringBuilder text = new StringBuilder();
        for (int i = Math.max(0, lines.length - LINES_MAX); i < lines.length; i++) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append(Ansi.stripped(lines[i]).strip());
        }
        return text.toString();
    }
}
