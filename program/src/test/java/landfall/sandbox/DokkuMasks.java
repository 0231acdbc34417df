package landfall.sandbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/** Hides what differs between two runs of the same command on the same host, and nothing else. */
final class DokkuMasks {
    /** A pattern and what stands in its place; why is the third. */
    private record Mask(Pattern pattern, String place, String why) {
        static Mask of(String pattern, String place, String why) {
            return new Mask(Pattern.compile(pattern), place, why);
        }
    }

    private static final List<Mask> MASKS = List.of(
            Mask.of("\\b[0-9a-f]{64}\\b", "<id of 64 digits>", "container and image ids"),
            Mask.of("\\b[0-9a-f]{40}\\b", "<commit>", "names of commits"),
            Mask.of("(?m)^ {3}[0-9a-f]{7}\\.\\.[0-9a-f]{7}(?= {2})", "   <commits>", "the same, shortened by git"),
            Mask.of("(?<=[:/]postgres:)[0-9a-f]{32}(?=@)", "<password>", "generated passwords"),
            Mask.of("(?<=\\()[0-9a-f]{12}(?=[ )])", "<short id>", "short container ids in parentheses"),
            Mask.of("(?<=CID: )[0-9a-f]{11}\\b", "<short id>", "short container ids of ps:report"),
            Mask.of("(?<=\"ID\":\"|       ID:             )[0-9a-f]{12}\\b", "<short id>", "short ids of networks"),
            Mask.of("\\b[0-9a-f]{7}\\.\\.[0-9a-f]{7}\\b", "<commits>", "short names of commits"),
            Mask.of("(?<=docker-import-)[0-9]+", "<n>", "numbers of Docker's temporary folders"),
            Mask.of(
                    "(?m)^#4 (CACHED|DONE [0-9]+\\.[0-9]s)$",
                    "#4 <ready>",
                    "whether BuildKit had met the image before"),
            Mask.of("(?<=task \\()[0-9a-f]{9}(?=\\))", "<short id>", "short ids of task containers"),
            Mask.of("(?<=]:)[0-9]{4,5}(?=: response:)", "<port>", "ports that clients of a web program had"),
            Mask.of("\\b1[6-9][0-9]{8}\\b", "<epoch>", "seconds since 1970"),
            Mask.of(
                    "(?<![0-9])20[2-9][0-9]-[01][0-9]-[0-3][0-9][T ][0-9:]{8}([.,][0-9]+)?( ?Z| ?[+-][0-9]{2}:?[0-9]{2})?",
                    "<time>", "times"),
            Mask.of("\\b172\\.[0-9]+\\.[0-9]+\\.[0-9]+\\b *", "<container address>", "addresses on Docker's networks"),
            Mask.of("\\b127\\.(?!0\\.0\\.1\\b)[0-9]+\\.[0-9]+\\.[0-9]+\\b *", "<container address>", "the same, here"),
            Mask.of(
                    "(?<=5432->|exposed on port\\(s\\) )[0-9]{4,5}\\b",
                    "<port>",
                    "ports that Docker chose for a service"),
            Mask.of("(?<=\\.upcoming-)[0-9]+\\b", "<n>", "numbers in the names of new containers"),
            Mask.of("(?<=\\.run\\.)[0-9]+\\b", "<n>", "numbers in the names of run containers"),
            Mask.of("\\bmws[0-9a-z]{11}\\b", "<build>", "names of builds"),
            Mask.of("(?<=\"build-pid\":\"|\"pid\":)[0-9]+", "<process>", "processes of builds"),
            Mask.of("(?<=(build |deploy)  (succeeded|failed   )  )[0-9]+ +", "<process> ", "the same in a table"),
            Mask.of("(?<=\"duration\":\")[0-9ms]+(?=\")", "<duration>", "how long a build took"),
            Mask.of("(?<=<time> {2})([0-9]+m)?[0-9]+s(?=\n)", "<duration>", "the same in a table"),
            Mask.of("(?<=Random port )[0-9]+", "<port>", "random ports"),
            Mask.of(
                    "\\bSHA256:[A-Za-z0-9+/]{43}(?!\\S)|\\bSHA256:[A-Za-z0-9+/]{43}(?=\")",
                    "<fingerprint>",
                    "fingerprints of keys"),
            Mask.of(
                    "(?<=\"source_url\":\")[a-z]+://[^\"]+(?=\")",
                    "<origin>",
                    "where a service plugin was installed from"),
            Mask.of("(?<=ssh-ed25519 )AAAAC3[A-Za-z0-9+/]+", "<public key>", "public keys"),
            Mask.of(
                    "\\b20[2-9][0-9]/[01][0-9]/[0-3][0-9] [0-9:]{8} \\[emerg] [0-9]+#[0-9]+(?=:)",
                    "<time> [emerg] <process>", "times and processes in nginx's errors"),
            Mask.of("/tmp/dokku-[0-9]+-[A-Za-z0-9_.-]+", "<temporary folder>", "names of temporary folders"),
            Mask.of("(?<=DONE )[0-9]+\\.[0-9]s\\b", "<duration>", "how long a build step took"));

    private static final Pattern CHECK =
            Pattern.compile(" {7}(Running healthcheck name=|Healthcheck succeeded name=).*");

    private DokkuMasks() {}

    static String masked(String text) {
        String result = text;
        for (Mask mask : MASKS) {
            result = mask.pattern().matcher(result).replaceAll(mask.place());
        }
        return inOrder(result);
    }

    /** What the masks hide, one line each, for the docs. */
    static List<String> reasons() {
        List<String> reasons = new ArrayList<>(MASKS.stream().map(Mask::why).toList());
        reasons.add("the order of lines about health checks that run side by side");
        return reasons;
    }

    private static String inOrder(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        int from = 0;
        while (from < lines.size()) {
            int to = from;
            while (to < lines.size() && CHECK.matcher(lines.get(to)).matches()) {
                to++;
            }
            lines.subList(from, to)
                    .sort(Comparator.comparing((String line) -> line.contains("succeeded"))
                            .thenComparing(Comparator.naturalOrder()));
            from = to + 1;
        }
        return String.join("\n", lines);
    }
}
