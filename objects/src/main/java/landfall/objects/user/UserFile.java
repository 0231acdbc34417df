package landfall.objects.user;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Users in one JSON file that only its owner can read. S3's signatures need the secret itself, so it can't be kept as a
 * hash. A change is on the disk before it holds.
 */
public final class UserFile implements Users {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
    private static final Pattern ACCESS_KEY = Pattern.compile("[A-Za-z0-9_.-]{3,128}");
    private static final String KEY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final String SECRET_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int USERS_MAX = 100_000;

    private final Path file;
    private final SecureRandom random = new SecureRandom();
    private final JsonMapper json = JsonMapper.builder().build();
    private volatile Known known = new Known(List.of());

    /** What requests look up: replaced as a whole by each change. */
    private record Known(List<User> users, Map<String, Found> byKey, Map<String, User> byName) {
        Known(List<User> users) {
            this(List.copyOf(users), keys(users), names(users));
        }

        private static Map<String, Found> keys(List<User> users) {
            Map<String, Found> keys = new HashMap<>();
            for (User user : users) {
                for (User.AccessKey key : user.keys()) {
                    keys.put(key.id(), new Found(user, key.secret()));
                }
            }
            return Map.copyOf(keys);
        }

        private static Map<String, User> names(List<User> users) {
            Map<String, User> names = new TreeMap<>();
            users.forEach(user -> names.put(user.name(), user));
            return names;
        }
    }

    private UserFile(Path file) {
        this.file = file;
    }

    /**
     * Reads the file, if it is there.
     *
     * @throws IOException if it can't be read or isn't what this class writes
     */
    public static UserFile open(Path file) throws IOException {
        UserFile users = new UserFile(file);
        if (Files.exists(file)) {
            users.known = new Known(users.read());
        }
        return users;
    }

    @Override
    public Optional<Found> byAccessKey(String accessKey) {
        return Optional.ofNullable(known.byKey().get(accessKey));
    }

    @Override
    public Optional<User> byName(String name) {
        return Optional.ofNullable(known.byName().get(name));
    }

    @Override
    public Optional<User> byCanonicalId(String canonicalId) {
        return known.users().stream()
                .filter(user -> user.canonicalId().equals(canonicalId))
                .findFirst();
    }

    @Override
    public Optional<User> byEmail(String email) {
        return email.isEmpty()
                ? Optional.empty()
                : known.users().stream()
                        .filter(user -> user.email().equalsIgnoreCase(email))
                        .findFirst();
    }

    @Override
    public List<User> all() {
        return List.copyOf(known.byName().values());
    }

    /** What {@link #create} makes of a name; keys are made up unless given. */
    public record NewUser(
            String name,
            String displayName,
            String email,
            boolean administrator,
            boolean mayCreateBuckets,
            List<User.AccessKey> keys,
            List<User.Grant> grants) {}

    /**
     * Adds a user.
     *
     * @throws IllegalArgumentException if the name or an access key is taken or unfit; the message says which
     */
    public synchronized User create(NewUser wanted) throws IOException {
        if (!NAME.matcher(wanted.name()).matches()) {
            throw new IllegalArgumentException("the user name " + quoted(wanted.name())
                    + " won't do: 1 to 64 letters, digits and . _ @ -, beginning with a letter or digit");
        }
        if (byName(wanted.name()).isPresent()) {
            throw new IllegalArgumentException("there is a user " + wanted.name() + " already");
        }
        if (known.users().size() >= USERS_MAX) {
            throw new IllegalArgumentException("there are " + USERS_MAX + " users already, the most this store takes");
        }
        List<User.AccessKey> keys = wanted.keys().isEmpty() ? List.of(newKey()) : wanted.keys();
        keys.forEach(this::check);
        byte[] id = new byte[32];
        random.nextBytes(id);
        User user = new User(
                wanted.name(),
                HexFormat.of().formatHex(id),
                wanted.displayName().isEmpty() ? wanted.name() : wanted.displayName(),
                wanted.email(),
                wanted.administrator(),
                wanted.mayCreateBuckets(),
                keys,
                wanted.grants());
        List<User> users = new ArrayList<>(known.users());
        users.add(user);
        write(users);
        return user;
    }

    /** Makes up an access key of S3's shape: 20 letters and digits, and a secret of 40 (238 bits). */
    public User.AccessKey newKey() {
        return new User.AccessKey("LF" + made(KEY_LETTERS, 18), Secret.of(made(SECRET_LETTERS, 40)));
    }

    /**
     * Replaces a user by what {@code change} makes of it; name and canonical id stay.
     *
     * @throws IllegalArgumentException if there is no such user, or an access key is taken or unfit
     */
    public synchronized User update(String name, UnaryOperator<User> change) throws IOException {
        User old = byName(name).orElseThrow(() -> new IllegalArgumentException("there is no user " + quoted(name)));
        User user = change.apply(old);
        user.keys().stream().filter(key -> !old.keys().contains(key)).forEach(this::check);
        List<User> users = new ArrayList<>(known.users());
        users.replaceAll(each -> each.name().equals(name) ? user : each);
        write(users);
        return user;
    }

    /** Removes a user and its keys; buckets and objects that it owns stay. @throws IllegalArgumentException if unknown */
    public synchronized void destroy(String name) throws IOException {
        List<User> users = new ArrayList<>(known.users());
        if (!users.removeIf(user -> user.name().equals(name))) {
            throw new IllegalArgumentException("there is no user " + quoted(name));
        }
        write(users);
    }

    private void check(User.AccessKey key) {
        if (!ACCESS_KEY.matcher(key.id()).matches()) {
            throw new IllegalArgumentException(
                    "the access key " + quoted(key.id()) + " won't do: 3 to 128 letters, digits and . _ -");
        }
        if (key.secret().reveal().length() < 8) {
            throw new IllegalArgumentException("the secret of access key " + key.id() + " has fewer than 8 characters");
        }
        if (byAccessKey(key.id()).isPresent()) {
            throw new IllegalArgumentException("the access key " + key.id() + " belongs to another user already");
        }
    }

    private String made(String letters, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    private List<User> read() throws IOException {
        List<User> users = new ArrayList<>();
        try {
            for (JsonNode each : json.readTree(Files.readString(file)).required("users")) {
                List<User.AccessKey> keys = new ArrayList<>();
                for (JsonNode key : each.required("keys")) {
                    keys.add(new User.AccessKey(
                            key.required("id").stringValue(),
                            Secret.of(key.required("secret").stringValue())));
                }
                List<User.Grant> grants = new ArrayList<>();
                for (JsonNode grant : each.required("grants")) {
                    grants.add(new User.Grant(
                            grant.required("bucket").stringValue(),
                            User.Access.valueOf(grant.required("access").stringValue())));
                }
                users.add(new User(
                        each.required("name").stringValue(),
                        each.required("canonicalId").stringValue(),
                        each.required("displayName").stringValue(),
                        each.required("email").stringValue(),
                        each.required("administrator").booleanValue(),
                        each.required("mayCreateBuckets").booleanValue(),
                        keys,
                        grants));
            }
        } catch (RuntimeException notOurs) {
            throw new IOException(
                    file + " isn't a file of users: " + notOurs.getMessage()
                            + ". Put back a copy of it, or move it away and create the users again",
                    notOurs);
        }
        return users;
    }

    private void write(List<User> users) throws IOException {
        ObjectNode root = json.createObjectNode();
        ArrayNode list = root.putArray("users");
        for (User user : users) {
            ObjectNode node = list.addObject();
            node.put("name", user.name());
            node.put("canonicalId", user.canonicalId());
            node.put("displayName", user.displayName());
            node.put("email", user.email());
            node.put("administrator", user.administrator());
            node.put("mayCreateBuckets", user.mayCreateBuckets());
            ArrayNode keys = node.putArray("keys");
            user.keys()
                    .forEach(key -> keys.addObject()
                            .put("id", key.id())
                            .put("secret", key.secret().reveal()));
            ArrayNode grants = node.putArray("grants");
            user.grants()
                    .forEach(grant -> grants.addObject()
                            .put("bucket", grant.bucket())
                            .put("access", grant.access().name()));
        }
        PrivateFile.replace(file, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
        known = new Known(users);
    }
}
