package landfall.dokku;

import java.util.ArrayList;
import java.util.List;

/** Finds in what a deploy printed the lines that tell why it failed. */
final class DeployOutput {
    private static final int CHARACTERS_MAX = 4000;
    private static final int TAIL_LINES = 12;
    private static final String WARNING = " !     ";
    private static final String LOCKED = "currently has a deploy lock in place";

    private DeployOutput() {}

    /** Another deploy of the app holds the lock. */
    static boolean isLocked(String printed) {
        return printed.contains(LOCKED);
    }

    /** What a container printed, then what the builder and Dokku called errors; the last lines if nothing is marked. */
    static String failure(String printed) {
        String container = container(printed);
        List<String> complaints = complaints(printed);
        StringBuilder text = new StringBuilder();
        if (!container.isEmpty()) {
            text.append("the container printed:\n").append(container).append('\n');
        }
        complaints.forEach(line -> text.append(line).append('\n'));
        if (text.isEmpty()) {
            List<String> lines = printed.lines().filter(line -> !line.isBlank()).toList();
            lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size())
                    .forEach(line -> text.append(line.strip()).append('\n'));
        }
        return text.toString().strip();
    }

    /** What stands between Dokku's "Start of … container output" and "End of …", the end of it if it is long. */
    static String container(String printed) {
        StringBuilder text = new StringBuilder();
        boolean inside = false;
        for (String line : printed.split("\n", -1)) {
            if (line.contains("=====> Start of ") && line.contains("container output")) {
                inside = true;
            } else if (line.contains("=====> End of ") && line.contains("container output")) {
                inside = false;
            } else if (inside) {
                text.append(line.strip()).append('\n');
            }
        }
        String all = text.toString().strip();
        return all.length() <= CHARACTERS_MAX ? all : "…" + all.substring(all.length() - CHARACTERS_MAX);
    }

    /** {@code  !     …} of Dokku and {@code ERROR: …} of the builder, each once, without what isn't about failing. */
    private static List<String> complaints(String printed) {
        List<String> found = new ArrayList<>();
        for (String line : printed.split("\n", -1)) {
            boolean dokku = line.startsWith(WARNING)
                    && !line.contains("No healthchecks found")
                    && !line.contains("No web listeners");
            boolean builder = line.startsWith("ERROR: ") || line.startsWith("Error response from daemon");
            String said = dokku ? line.substring(WARNING.length()).strip() : line.strip();
            if ((dokku || builder) && !found.contains(said)) {
                found.add(said);
            }
        }
        return found.subList(Math.max(0, found.size() - TAIL_LINES), found.size());
    }
}
