package landfall.sandbox.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import landfall.sandbox.program.HttpListener.Request;
import landfall.sandbox.program.HttpListener.Response;

/** What the Uro of the sandbox answers; see {@link UroService}. */
final class UroRoutes {
    /** Says which database server took a write; the demo's checker finds by it what both sides accepted. */
    private static final String ACCEPTED_BY = "(SELECT system_identifier::text FROM pg_control_system())"
            + " || '@' || coalesce(host(inet_server_addr()), '') || ':' || coalesce(inet_server_port()::text, '')";

    private static final long BODY_BYTES_MAX = 200_000_000;
    private static final int SESSION_SECONDS = 30 * 86_400;

    private final UroDatabase database;
    private final Optional<RedisClient> redis;
    private final Path uploads;
    private final Path storage;
    private final String signupKey;
    private final SecureRandom random = new SecureRandom();

    UroRoutes(UroDatabase database, Map<String, String> env) {
        this.database = database;
        redis = Optional.ofNullable(env.get("REDIS_URL"))
                .filter(url -> !url.isEmpty())
                .map(RedisClient::new);
        uploads = ContainerPaths.resolve(env.getOrDefault("UPLOADS_DIR", "/app/uploads"));
        storage = ContainerPaths.resolve(env.getOrDefault("STORAGE_DIR", "/app/shared_files"));
        signupKey = env.getOrDefault("SIGNUP_API_KEY", "");
    }

    Response answer(Request request) throws Exception {
        String path = request.path();
        if (path.startsWith("/uploads/")) {
            return file(request, path.substring("/uploads/".length()));
        }
        return switch (request.method() + " " + path) {
            case "GET /health" -> Response.json(200, Map.of("services", Map.of("uro", "healthy")));
            case "GET /avatars" -> Response.json(200, Map.of("data", Map.of("avatars", avatars())));
            case "GET /storage" -> Response.json(200, Map.of("data", Map.of("files", storedFiles())));
            case "GET /entries/count" -> Response.json(200, Map.of("count", count()));
            case "GET /session" -> session(request);
            case "POST /registration" -> registration(request);
            case "POST /login" -> login(request);
            case "POST /storage" -> store(request);
            case "POST /entries" -> entry(request);
            default ->
                throw new IllegalArgumentException(
                        "no route found for " + request.method() + " " + path + " (Uro.Router)");
        };
    }

    private List<Map<String, String>> avatars() throws SQLException, InterruptedException {
        return rows("SELECT id, name, user_content_data FROM avatars");
    }

    private List<Map<String, String>> storedFiles() throws SQLException, InterruptedException {
        return rows("SELECT id, name, shared_content_data, checksum, file_size FROM shared_files LIMIT 1000");
    }

    private List<Map<String, String>> rows(String sql) throws SQLException, InterruptedException {
        return database.transaction(connection -> {
            List<Map<String, String>> rows = new ArrayList<>();
            try (var statement = UroDatabase.statement(connection, sql);
                    ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    Map<String, String> row = new LinkedHashMap<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        row.put(result.getMetaData().getColumnLabel(i), String.valueOf(result.getString(i)));
                    }
                    rows.add(row);
                }
            }
            return rows;
        });
    }

    private long count() throws SQLException, InterruptedException {
        return database.transaction(connection -> {
            try (var statement = UroDatabase.statement(connection, "SELECT count(*) FROM entries");
                    ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        });
    }

    private Response entry(Request request) throws IOException, SQLException, InterruptedException {
        Map<?, ?> body = Json.parseObject(request.text());
        String writer = text(body, "writer");
        long number = Long.parseLong(text(body, "number"));
        String words = text(body, "text");
        String acceptedBy = database.transaction(connection -> inserted(
                connection,
                "INSERT INTO entries (writer, number, text, accepted_by) VALUES (?, ?, ?, " + ACCEPTED_BY
                        + ") RETURNING accepted_by",
                writer,
                number,
                words));
        return Response.json(201, Map.of("writer", writer, "number", number, "accepted_by", acceptedBy));
    }

    private static String inserted(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = UroDatabase.statement(connection, sql, values);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getString(1);
        }
    }

    private static String text(Map<?, ?> body, String name) {
        Object value = body.get(name);
        if (value == null || value.toString().isEmpty()) {
            throw new IllegalArgumentException("key \"" + name + "\" not found");
        }
        return value.toString();
    }

    /** The file is complete under its name before the row that names it can be seen. */
    private Response store(Request request) throws Exception {
        UploadBody upload = UploadBody.of(request);
        String extension = upload.fileName().replaceFirst("^.*(?=\\.[A-Za-z0-9]{1,8}$)", "");
        if (!extension.startsWith(".")) {
            throw new IllegalArgumentException("a file name with an extension is needed");
        }
        UUID id = UUID.randomUUID();
        String name = id + "_original" + extension;
        Files.createDirectories(storage);
        Path part = storage.resolve(".upload-" + id);
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        long size;
        try {
            size = copy(upload.content(), part, digest);
            Files.move(part, storage.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        String checksum = HexFormat.of().formatHex(digest.digest());
        String acceptedBy = database.transaction(connection -> inserted(
                connection,
                "INSERT INTO shared_files (id, name, shared_content_data, checksum, file_size, accepted_by)"
                        + " VALUES (?, ?, ?, ?, ?, " + ACCEPTED_BY + ") RETURNING accepted_by",
                id,
                upload.fileName(),
                name + "?" + (System.currentTimeMillis() / 1000 + 62_167_219_200L),
                checksum,
                size));
        return Response.json(
                200,
                Map.of(
                        "id",
                        id,
                        "url",
                        "/uploads/" + name,
                        "checksum",
                        checksum,
                        "file_size",
                        size,
                        "accepted_by",
                        acceptedBy));
    }

    private static long copy(InputStream from, Path to, MessageDigest digest) throws IOException {
        long size = 0;
        byte[] buffer = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(to)) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                size += n;
                if (size > BODY_BYTES_MAX) {
                    throw new IOException("the request body exceeds " + BODY_BYTES_MAX + " bytes");
                }
                digest.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        }
        return size;
    }

    private Response file(Request request, String name) throws IOException {
        if (name.isEmpty() || name.startsWith(".") || name.contains("/")) {
            throw new IllegalArgumentException("no route found for GET /uploads/" + name + " (Uro.Router)");
        }
        Path file = Files.isRegularFile(storage.resolve(name)) ? storage.resolve(name) : uploads.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new IOException("no such file: /uploads/" + name);
        }
        long size = Files.size(file);
        String tag =
                "\"" + Long.toHexString(size ^ Files.getLastModifiedTime(file).toMillis()) + "\"";
        long from = 0;
        long to = size - 1;
        String range = request.header("range");
        boolean part = range.matches("bytes=\\d{1,15}-\\d{0,15}");
        if (part) {
            String[] ends = range.substring(6).split("-", 2);
            from = Math.min(Long.parseLong(ends[0]), size);
            to = ends[1].isEmpty() ? size - 1 : Math.min(Long.parseLong(ends[1]), size - 1);
        }
        Map<String, String> headers = new LinkedHashMap<>(Map.of("etag", tag, "accept-ranges", "bytes"));
        if (part) {
            headers.put("content-range", "bytes " + from + "-" + to + "/" + size);
        }
        long start = from;
        long length = Math.max(0, to - from + 1);
        return new Response(part ? 206 : 200, headers, length, out -> send(file, start, length, out));
    }

    private static void send(Path file, long start, long length, OutputStream out) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(start);
            byte[] buffer = new byte[64 << 10];
            for (long left = length; left > 0; ) {
                int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw new IOException(file.getFileName() + " became shorter while it was sent");
                }
                out.write(buffer, 0, n);
                left -= n;
            }
        }
    }

    private Response registration(Request request) throws Exception {
        Map<?, ?> body = Json.parseObject(request.text());
        if (!signupKey.isEmpty() && !signupKey.equals(body.get("apiKey"))) {
            throw new IllegalArgumentException("invalid API key");
        }
        if (!(body.get("user") instanceof Map<?, ?> user)) {
            throw new IllegalArgumentException("key \"user\" not found");
        }
        String name = text(user, "username");
        String email = text(user, "email");
        String hash = hashed(text(user, "password"));
        UUID id = UUID.randomUUID();
        database.transaction(connection -> {
            inserted(
                    connection,
                    "INSERT INTO users (id, username, display_name, email, password_hash) VALUES (?, ?, ?, ?, ?)"
                            + " RETURNING id",
                    id,
                    name,
                    name,
                    email,
                    hash);
            return inserted(connection, "INSERT INTO user_privilege_rulesets (user_id) VALUES (?) RETURNING id", id);
        });
        return Response.json(200, Map.of("user", Map.of("id", id, "username", name)));
    }

    private Response login(Request request) throws Exception {
        Map<?, ?> body = Json.parseObject(request.text());
        Object given = body.get("username") == null ? body.get("email") : body.get("username");
        String name = String.valueOf(given == null ? body.get("username_or_email") : given);
        List<Map<String, String>> found = database.transaction(connection -> {
            try (var statement = UroDatabase.statement(
                            connection,
                            "SELECT id, password_hash FROM users WHERE lower(username) = lower(?)"
                                    + " OR lower(email) = lower(?)",
                            name,
                            name);
                    ResultSet result = statement.executeQuery()) {
                return result.next()
                        ? List.of(Map.of("id", result.getString(1), "hash", result.getString(2)))
                        : List.of();
            }
        });
        if (found.isEmpty()
                || !matches(
                        text(body, "password"), String.valueOf(found.getFirst().get("hash")))) {
            return unauthorized();
        }
        String user = String.valueOf(found.getFirst().get("id"));
        UUID token = UUID.randomUUID();
        if (redis.isPresent()) {
            redis.get().call("SETEX", "session:" + token, String.valueOf(SESSION_SECONDS), user);
        }
        database.transaction(connection -> inserted(
                connection,
                "INSERT INTO sessions VALUES (?, ?, now() + ? * interval '1 second') RETURNING id",
                token,
                UUID.fromString(user),
                SESSION_SECONDS));
        return Response.json(200, Map.of("data", Map.of("access_token", token)));
    }

    private Response session(Request request) throws IOException {
        String token = request.header("authorization").replaceFirst("^Bearer ", "");
        Optional<String> user =
                redis.isPresent() && !token.isEmpty() ? redis.get().call("GET", "session:" + token) : Optional.empty();
        return user.isPresent() ? Response.json(200, Map.of("data", Map.of("user_id", user.get()))) : unauthorized();
    }

    private static Response unauthorized() {
        return Response.json(401, Map.of("code", "unauthorized", "message", "Invalid credentials"));
    }

    private String hashed(String password) throws GeneralSecurityException {
        byte[] salt = new byte[16];
        random.nextBytes(salt);
        return HexFormat.of().formatHex(salt) + ":" + derived(password, salt);
    }

    private static boolean matches(String password, String hash) throws GeneralSecurityException {
        String[] parts = hash.split(":", 2);
        return MessageDigest.isEqual(
                derived(password, HexFormat.of().parseHex(parts[0]))
                        .getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                parts[1].getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static String derived(String password, byte[] salt) throws GeneralSecurityException {
        PBEKeySpec specification = new PBEKeySpec(password.toCharArray(), salt, 20_000, 256);
        return HexFormat.of()
                .formatHex(SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(specification)
                        .getEncoded());
    }
}
