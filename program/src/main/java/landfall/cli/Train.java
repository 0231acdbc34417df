package landfall.cli;

/** What the launcher runs once to make the start-up cache: the classes that every command loads, and no more. */
final class Train {
    private Train() {}

    public static void main(String[] arguments) {
        Main.run("--help");
        Main.run("help", "plan");
    }
}
