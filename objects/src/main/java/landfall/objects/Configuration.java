package landfall.objects;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import landfall.objects.admin.BucketNames;
import landfall.objects.s3.Pace;
import landfall.objects.user.Secret;
import landfall.objects.user.User;

/**
 * How a server is set up: one file of {@code NAME=value} lines, and the environment, which wins. The names are the same in
 * both. Secrets may lie in a file of their own ({@code NAME_FILE}), never in arguments.
 *
 * @param data the folder with the buckets
 * @param host address to listen on
 * @param port 0 for any that is free
 * @param adminSocket Unix socket of the admin side
 * @param region what clients must sign for
 * @param domain names below it are buckets (virtual-host style); empty for path style only
 * @param root the administrator's keys, if given here
 * @param buckets made at the start, those that aren't there yet
 * @param accessLog {@code -} for standard output, {@code off}, or a file
 * @param requestsMax requests under way at the same time, in all
 * @param slow what slow clients may do
 * @param lifecycleDaySeconds how long a day of lifecycle rules is: 86,400 but for trying rules out
 * @param stopSeconds how long requests may take to finish once the server is told to stop
 * @param backend another store that has the objects, empty where they are in the data folder
 */
public record Configuration(
        Path data,
        String host,
        int port,
        Path adminSocket,
        String region,
        String domain,
        Optional<User.AccessKey> root,
        List<String> buckets,
        String accessLog,
        int requestsMax,
        Pace.Limits slow,
        int stopSeconds,
        int lifecycleDaySeconds,
        Optional<Backend> backend) {

    /** Another S3 store in which the objects are; {@code bucketPrefix}: what its buckets' names begin with. */
    public record Backend(URI endpoint, String region, User.AccessKey keys, String bucketPrefix) {}

    /**
     * Java names files in the encoding of the locale that it starts with. In another one than UTF-8 an object whose key isn't
     * ASCII could not be found again once the locale is another.
     *
     * @throws Unfit if this process can't name all files
     */
    public static void checkFileNames() throws Unfit {
        String encoding = System.getProperty("sun.jnu.encoding", "unknown");
        if (!encoding.equalsIgnoreCase("UTF-8")) {
            throw new Unfit(List.of("The locale names files in " + encoding + ", not in UTF-8: files of keys beyond"
                    + " ASCII would not be found. Start with LC_ALL=C.UTF-8 in the environment."));
        }
    }

    /** One setting: its name, its default (empty for none) and what it is for. */
    public record Setting(String name, String standard, String meaning) {}

    /** All settings, in the order in which help shows them. */
    public static final List<Setting> SETTINGS = List.of(
            new Setting("OBJECTS_DATA", "/var/lib/objects", "the folder with the buckets"),
            new Setting("OBJECTS_LISTEN", "0.0.0.0:9000", "address and port of the S3 side; port 0 takes a free one"),
            new Setting(
                    "OBJECTS_ADMIN_SOCKET",
                    "",
                    "Unix socket of the admin side; DATA/.landfall/admin.sock unless given"),
            new Setting("OBJECTS_REGION", "us-east-1", "the region that clients sign for"),
            new Setting("OBJECTS_DOMAIN", "", "BUCKET.DOMAIN is taken for a bucket; without it path style only"),
            new Setting("OBJECTS_ACCESS_KEY_ID", "", "an administrator's access key"),
            new Setting(
                    "OBJECTS_SECRET_ACCESS_KEY",
                    "",
                    "its secret; or OBJECTS_SECRET_ACCESS_KEY_FILE, a file holding it"),
            new Setting("OBJECTS_BUCKETS", "", "names, separated by commas, of buckets to make at the start"),
            new Setting("OBJECTS_ACCESS_LOG", "-", "one JSON line a request: - for standard output, off, or a file"),
            new Setting("OBJECTS_REQUESTS_MAX", "256", "requests under way at the same time"),
            new Setting("OBJECTS_CONNECTIONS_MAX", "4096", "open connections; more wait until others close"),
            new Setting(
                    "OBJECTS_PATIENCE_SECONDS",
                    "30",
                    "how long a request's header may take, and how long before a body's rate counts"),
            new Setting(
                    "OBJECTS_RATE_MIN", "1024", "bytes a second that a client must send or take on average; 0 for any"),
            new Setting(
                    "OBJECTS_LIFECYCLE_DAY_SECONDS",
                    "86400",
                    "how long a day of lifecycle rules is; less only for trying rules out"),
            new Setting(
                    "OBJECTS_BACKEND_URL",
                    "",
                    "another S3 store that has the objects, like https://s3.example.org; without it the data folder"),
            new Setting("OBJECTS_BACKEND_REGION", "us-east-1", "that store's region"),
            new Setting("OBJECTS_BACKEND_ACCESS_KEY_ID", "", "the access key for it"),
            new Setting(
                    "OBJECTS_BACKEND_SECRET_ACCESS_KEY",
                    "",
                    "its secret; or OBJECTS_BACKEND_SECRET_ACCESS_KEY_FILE, a file holding it"),
            new Setting("OBJECTS_BACKEND_BUCKET_PREFIX", "", "what the names of its buckets begin with"),
            new Setting("OBJECTS_STOP_SECONDS", "30", "how long requests may take to finish on SIGTERM"));

    /** Something is wrong with the configuration: all of it is said at once. */
    public static final class Unfit extends Exception {
        private static final long serialVersionUID = 1L;

        Unfit(List<String> problems) {
            super(String.join("\n", problems));
        }
    }

    /**
     * Reads file and environment.
     *
     * @param file or empty
     * @throws Unfit naming each setting that won't do, with its line where it stands in the file
     */
    public static Configuration read(Optional<Path> file, Map<String, String> environment) throws Unfit {
        List<String> problems = new ArrayList<>();
        SequencedMap<String, String> values = new LinkedHashMap<>();
        SETTINGS.forEach(setting -> values.put(setting.name(), setting.standard()));
        file.ifPresent(path -> values.putAll(lines(path, problems)));
        for (Setting setting : SETTINGS) {
            String given = environment.get(setting.name());
            if (given != null) {
                values.put(setting.name(), given.strip());
            }
        }
        Map<String, String> found = new HashMap<>(values);
        Path data =
                Path.of(found.getOrDefault("OBJECTS_DATA", "")).toAbsolutePath().normalize();
        String listen = found.getOrDefault("OBJECTS_LISTEN", "");
        int colon = listen.lastIndexOf(':');
        if (colon < 0) {
            problems.add("OBJECTS_LISTEN is " + listen + ": an address and a port are wanted, like 0.0.0.0:9000");
        }
        String socket = found.getOrDefault("OBJECTS_ADMIN_SOCKET", "");
        Path adminSocket = socket.isEmpty() ? data.resolve(".landfall/admin.sock") : Path.of(socket);
        Optional<User.AccessKey> root = keys("OBJECTS_", found, environment, problems);
        Optional<Backend> backend = backend(found, environment, problems);
        List<String> buckets = buckets(found.getOrDefault("OBJECTS_BUCKETS", ""), problems);
        int port = colon < 0 ? 0 : number("OBJECTS_LISTEN", listen.substring(colon + 1), 0, 65_535, problems);
        int requests =
                number("OBJECTS_REQUESTS_MAX", found.getOrDefault("OBJECTS_REQUESTS_MAX", ""), 1, 10_000, problems);
        Pace.Limits slow = new Pace.Limits(
                number(
                        "OBJECTS_PATIENCE_SECONDS",
                        found.getOrDefault("OBJECTS_PATIENCE_SECONDS", ""),
                        1,
                        3_600,
                        problems),
                number("OBJECTS_RATE_MIN", found.getOrDefault("OBJECTS_RATE_MIN", ""), 0, 1 << 20, problems),
                number(
                        "OBJECTS_CONNECTIONS_MAX",
                        found.getOrDefault("OBJECTS_CONNECTIONS_MAX", ""),
                        1,
                        65_536,
                        problems));
        int stop = number("OBJECTS_STOP_SECONDS", found.getOrDefault("OBJECTS_STOP_SECONDS", ""), 0, 3_600, problems);
        int day = number(
                "OBJECTS_LIFECYCLE_DAY_SECONDS",
                found.getOrDefault("OBJECTS_LIFECYCLE_DAY_SECONDS", ""),
                1,
                86_400,
                problems);
        if (!problems.isEmpty()) {
            throw new Unfit(problems);
        }
        return new Configuration(
                data,
                listen.substring(0, colon).replace("[", "").replace("]", ""),
                port,
                adminSocket,
                found.getOrDefault("OBJECTS_REGION", ""),
                found.getOrDefault("OBJECTS_DOMAIN", ""),
                root,
                buckets,
                found.getOrDefault("OBJECTS_ACCESS_LOG", ""),
                requests,
                slow,
                stop,
                day,
                backend);
    }

    private static Optional<Backend> backend(
            Map<String, String> found, Map<String, String> environment, List<String> problems) {
        String url = found.getOrDefault("OBJECTS_BACKEND_URL", "");
        Optional<User.AccessKey> keys = keys("OBJECTS_BACKEND_", found, environment, problems);
        if (url.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI endpoint = URI.create(url);
            boolean web = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
            String path = endpoint.getPath();
            if (web
                    && endpoint.getHost() != null
                    && (path == null || path.replace("/", "").isEmpty())) {
                if (keys.isEmpty()) {
                    problems.add("OBJECTS_BACKEND_URL needs OBJECTS_BACKEND_ACCESS_KEY_ID and its secret");
                }
                return keys.map(key -> new Backend(
                        endpoint,
                        found.getOrDefault("OBJECTS_BACKEND_REGION", ""),
                        key,
                        found.getOrDefault("OBJECTS_BACKEND_BUCKET_PREFIX", "")));
            }
        } catch (IllegalArgumentException malformed) {
            // said below
        }
        problems.add("OBJECTS_BACKEND_URL is " + url + ": a URL like https://s3.example.org is wanted");
        return Optional.empty();
    }

    private static Optional<User.AccessKey> keys(
            String prefix, Map<String, String> found, Map<String, String> environment, List<String> problems) {
        String id = found.getOrDefault(prefix + "ACCESS_KEY_ID", "");
        String secret = found.getOrDefault(prefix + "SECRET_ACCESS_KEY", "");
        String secretFile = environment.getOrDefault(
                prefix + "SECRET_ACCESS_KEY_FILE", found.getOrDefault(prefix + "SECRET_ACCESS_KEY_FILE", ""));
        if (secret.isEmpty() && !secretFile.isEmpty()) {
            try {
                secret = Files.readString(Path.of(secretFile)).strip();
            } catch (IOException unreadable) {
                problems.add(prefix + "SECRET_ACCESS_KEY_FILE: can't read " + unreadable.getMessage());
            }
        }
        if (id.isEmpty() != secret.isEmpty()) {
            problems.add(prefix + "ACCESS_KEY_ID and " + prefix
                    + "SECRET_ACCESS_KEY belong together: only one of them is set");
        }
        return id.isEmpty() || secret.isEmpty()
                ? Optional.empty()
                : Optional.of(new User.AccessKey(id, Secret.of(secret)));
    }

    private static List<String> buckets(String text, List<String> problems) {
        List<String> names = Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
        for (String name : names) {
            if (!BucketNames.fit(name)) {
                problems.add("OBJECTS_BUCKETS names " + name + ", which can't be a bucket's name: 3 to 63 lower-case"
                        + " letters, digits, dots and hyphens are wanted");
            }
        }
        return names;
    }

    private static int number(String name, String text, int least, int most, List<String> problems) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // said below, with the bounds
        }
        problems.add(name + " is " + text + ": a number from " + least + " to " + most + " is wanted");
        return least;
    }

    private static Map<String, String> lines(Path file, List<String> problems) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException unreadable) {
            problems.add("can't read the configuration " + file + ": " + unreadable.getMessage());
            return values;
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            String name = equals < 0 ? line : line.substring(0, equals).strip();
            boolean known = name.equals("OBJECTS_SECRET_ACCESS_KEY_FILE")
                    || name.equals("OBJECTS_BACKEND_SECRET_ACCESS_KEY_FILE")
                    || SETTINGS.stream().anyMatch(setting -> setting.name().equals(name));
            if (equals < 0 || !known) {
                problems.add(file + ":" + (i + 1) + ": "
                        + (equals < 0 ? "not of the form NAME=value" : name + " is no setting")
                        + "; `objects serve --help` lists them");
                continue;
            }
            values.put(name, line.substring(equals + 1).strip());
        }
        return values;
    }
}
