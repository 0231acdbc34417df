package landfall.objects.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import landfall.objects.archive.ArchiveReader;
import landfall.objects.archive.ArchiveWriter;
import landfall.objects.remote.FetchAll;
import landfall.objects.remote.ReadThroughStore;
import landfall.objects.store.Bucket;
import landfall.objects.store.StoreException;
import landfall.objects.user.User;
import landfall.objects.user.UserFile;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The admin side's requests: users and their keys, buckets and their quotas, usage, care of the files, health and metrics.
 * JSON in and out; long tasks answer with JSON lines as they go. Whoever can open the socket may do everything.
 */
public final class AdminHandler extends Handler.Abstract {
    private static final int BODY_MAX = 1 << 20;

    private final ReadThroughStore store;
    private final ReadThroughRequests readThrough;
    private final UserFile users;
    private final Metrics metrics;
    private final Care care;
    private final JsonMapper json = JsonMapper.builder().build();

    public AdminHandler(ReadThroughStore store, UserFile users, Metrics metrics, Care care) {
        this.store = store;
        this.readThrough = new ReadThroughRequests(store);
        this.users = users;
        this.metrics = metrics;
        this.care = care;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        List<String> path = Arrays.stream(Request.getPathInContext(request).split("/"))
                .filter(segment -> !segment.isEmpty())
                .toList();
        try {
            answer(request, response, path);
            callback.succeeded();
        } catch (AdminException refused) {
            refuse(request, response, callback, refused.status(), refused.getMessage());
        } catch (IllegalArgumentException unfit) {
            refuse(request, response, callback, 400, unfit.getMessage());
        } catch (StoreException refused) {
            int status = switch (refused.reason()) {
                case NO_SUCH_BUCKET, NO_SUCH_KEY, NO_SUCH_VERSION, NO_SUCH_UPLOAD, DELETE_MARKER -> 404;
                case DISK_FULL, QUOTA_EXCEEDED -> 507;
                case UNAVAILABLE, DAMAGED -> 503;
                default -> 409;
            };
            refuse(request, response, callback, status, refused.getMessage());
        }
        return true;
    }

    private void answer(Request request, Response response, List<String> path) throws IOException {
        String first = path.isEmpty() ? "" : path.getFirst();
        switch (first) {
            case "health" -> {
                only(request, "GET");
                send(response, 200, json.createObjectNode().put("status", "ok"));
            }
            case "metrics" -> {
                only(request, "GET");
                sendBytes(response, "text/plain; version=0.0.4; charset=utf-8", metrics.text());
            }
            case "users" -> users(request, response, path);
            case "buckets" -> buckets(request, response, path);
            case "care" -> care(request, response, path);
            case "archive" -> archive(request, response);
            default -> throw new AdminException(404, "there is nothing at /" + String.join("/", path));
        }
    }

    // Users
    // ------------------------------------------------------------------------------------------------------------

    private void users(Request request, Response response, List<String> path) throws IOException {
        String method = request.getMethod();
        if (path.size() == 1 && method.equals("GET")) {
            ArrayNode all = json.createArrayNode();
            users.all().forEach(user -> all.add(UserJson.shown(user, false)));
            send(response, 200, all);
        } else if (path.size() == 1 && method.equals("POST")) {
            send(response, 201, UserJson.shown(users.create(UserJson.newUser(body(request))), true));
        } else if (path.size() == 2 && method.equals("GET")) {
            send(response, 200, UserJson.shown(known(path.get(1)), false));
        } else if (path.size() == 2 && method.equals("DELETE")) {
            known(path.get(1));
            users.destroy(path.get(1));
            send(response, 200, json.createObjectNode().put("destroyed", path.get(1)));
        } else if (path.size() == 3 && path.get(2).equals("grants") && method.equals("PUT")) {
            List<User.Grant> grants = UserJson.grants(body(request));
            known(path.get(1));
            User user = users.update(path.get(1), old -> UserJson.withGrants(old, grants));
            send(response, 200, UserJson.shown(user, false));
        } else if (path.size() == 3 && path.get(2).equals("keys") && method.equals("POST")) {
            known(path.get(1));
            User.AccessKey key = users.newKey();
            users.update(path.get(1), old -> UserJson.withKeys(old, UserJson.appended(old.keys(), key)));
            ObjectNode node = json.createObjectNode();
            node.put("accessKeyId", key.id());
            node.put("secretAccessKey", key.secret().reveal());
            send(response, 201, node);
        } else if (path.size() == 4 && path.get(2).equals("keys") && method.equals("DELETE")) {
            known(path.get(1));
            User user = users.update(path.get(1), old -> UserJson.withKeys(old, without(old, path.get(3))));
            send(response, 200, UserJson.shown(user, false));
        } else {
            throw new AdminException(405, method + " isn't done to /" + String.join("/", path));
        }
    }

    private static List<User.AccessKey> without(User user, String id) {
        List<User.AccessKey> left =
                user.keys().stream().filter(key -> !key.id().equals(id)).toList();
        if (left.size() == user.keys().size()) {
            throw new AdminException(404, user.name() + " has no access key " + id);
        }
        return left;
    }

    private User known(String name) {
        return users.byName(name).orElseThrow(() -> new AdminException(404, "there is no user " + name));
    }

    // Buckets
    // ----------------------------------------------------------------------------------------------------------

    private void buckets(Request request, Response response, List<String> path) throws IOException {
        String method = request.getMethod();
        if (path.size() == 1 && method.equals("GET")) {
            ArrayNode all = json.createArrayNode();
            store.buckets().forEach(bucket -> all.add(shown(bucket)));
            send(response, 200, all);
        } else if (path.size() == 1 && method.equals("POST")) {
            JsonNode body = body(request);
            String owner = text(body, "owner", "");
            String name = BucketNames.checked(text(body, "name", ""));
            store.createBucket(name, owner.isEmpty() ? "" : known(owner).canonicalId(), new LinkedHashMap<>());
            send(response, 201, shown(changed(name, body)));
        } else if (path.size() == 2 && method.equals("GET")) {
            send(response, 200, shown(found(path.get(1))));
        } else if (path.size() == 2 && method.equals("PATCH")) {
            found(path.get(1));
            send(response, 200, shown(changed(path.get(1), body(request))));
        } else if (path.size() == 2 && method.equals("DELETE")) {
            found(path.get(1));
            if ("true".equals(Request.extractQueryParameters(request).getValue("force"))) {
                store.endReadThrough(path.get(1));
                care.empty(path.get(1));
            }
            store.deleteBucket(path.get(1));
            send(response, 200, json.createObjectNode().put("destroyed", path.get(1)));
        } else if (path.size() == 3 && path.get(2).equals("read-through")) {
            found(path.get(1));
            readThrough.change(method, path.get(1), body(request));
            send(response, 200, shown(found(path.get(1))));
        } else {
            throw new AdminException(405, method + " isn't done to /" + String.join("/", path));
        }
    }

    private Bucket found(String name) {
        Optional<Bucket> bucket = store.bucket(name);
        return bucket.orElseThrow(() -> new AdminException(404, "there is no bucket " + name));
    }

    /** Versioning, quota and settings of the body, those that are there; a null removes. */
    private Bucket changed(String name, JsonNode body) {
        return store.updateBucket(name, bucket -> {
            Bucket.Versioning versioning = body.has("versioning")
                    ? Bucket.Versioning.valueOf(text(body, "versioning", "").toUpperCase(java.util.Locale.ROOT))
                    : bucket.versioning();
            if (versioning == Bucket.Versioning.OFF && bucket.versioning() != Bucket.Versioning.OFF) {
                throw new AdminException(409, "versioning of " + name + " was on: it can only be suspended");
            }
            JsonNode quota = body.path("quotaBytes");
            LinkedHashMap<String, String> settings = new LinkedHashMap<>(bucket.settings());
            for (var each : body.path("settings").properties()) {
                if (each.getValue().isNull()) {
                    settings.remove(each.getKey());
                } else {
                    settings.put(each.getKey(), each.getValue().asString());
                }
            }
            return new Bucket(
                    bucket.name(),
                    bucket.created(),
                    bucket.owner(),
                    versioning,
                    settings,
                    bucket.objects(),
                    bucket.bytes(),
                    quota.isMissingNode() ? bucket.quotaBytes() : quota.isNull() ? null : (Long) quota.asLong());
        });
    }

    private ObjectNode shown(Bucket bucket) {
        ObjectNode node = json.createObjectNode();
        node.put("name", bucket.name());
        node.put("created", bucket.created().toString());
        node.put("owner", bucket.owner());
        node.put("versioning", bucket.versioning().name().toLowerCase(java.util.Locale.ROOT));
        node.put("objects", bucket.objects());
        node.put("bytes", bucket.bytes());
        @Nullable Long quota = bucket.quotaBytes();
        if (quota == null) {
            node.putNull("quotaBytes");
        } else {
            node.put("quotaBytes", quota);
        }
        readThrough.show(bucket.name(), node);
        ObjectNode settings = node.putObject("settings");
        bucket.settings().forEach(settings::put);
        return node;
    }

    // Care of the files
    // ------------------------------------------------------------------------------------------------

    private void care(Request request, Response response, List<String> path) throws IOException {
        only(request, "POST");
        JsonNode body = body(request);
        String task = path.size() == 2 ? path.get(1) : "";
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-ndjson");
        try (OutputStream out = Content.Sink.asOutputStream(response)) {
            Care.Progress lines = line -> {
                out.write((json.writeValueAsString(line) + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
                out.flush();
            };
            switch (task) {
                case "scrub" -> care.scrub(text(body, "bucket", ""), lines);
                case "adopt" -> care.adopt(BucketNames.checked(text(body, "bucket", "")), lines);
                case "fetch" ->
                    new FetchAll(store, found(text(body, "bucket", "")).name(), lines).run();
                default -> throw new AdminException(404, "there is no task " + task + ": scrub, adopt, fetch");
            }
        }
    }

    private void archive(Request request, Response response) throws IOException {
        switch (request.getMethod()) {
            case "GET" -> {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-tar");
                try {
                    // Closed by the callback, not here: an archive that failed must not look whole.
                    new ArchiveWriter(store).write(new UnclosedStream(Content.Sink.asOutputStream(response)));
                } catch (StoreException | IOException broken) {
                    System.getLogger(AdminHandler.class.getName())
                            .log(System.Logger.Level.ERROR, "The archive broke off", broken);
                    throw broken;
                }
            }
            case "PUT" -> {
                try (InputStream in = Content.Source.asInputStream(request)) {
                    ArchiveReader.Result result = new ArchiveReader(store).read(in);
                    ObjectNode node = json.createObjectNode().put("objects", result.objects());
                    send(response, 200, node.put("bytes", result.bytes()));
                } catch (ArchiveReader.Unfit unfit) {
                    throw new AdminException(400, String.valueOf(unfit.getMessage()));
                }
            }
            default -> throw new AdminException(405, "an archive is got with GET and brought with PUT");
        }
    }

    /** Flushes where it should close. */
    private static final class UnclosedStream extends java.io.FilterOutputStream {
        UnclosedStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    // Plumbing
    // ---------------------------------------------------------------------------------------------------------

    private static void only(Request request, String method) {
        if (!request.getMethod().equals(method)) {
            throw new AdminException(405, "only " + method + " is done here");
        }
    }

    static String text(JsonNode node, String name, String otherwise) {
        JsonNode value = node.path(name);
        return value.isMissingNode() || value.isNull() ? otherwise : value.asString();
    }

    private JsonNode body(Request request) throws IOException {
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] bytes = in.readNBytes(BODY_MAX + 1);
            if (bytes.length > BODY_MAX) {
                throw new AdminException(413, "the request is larger than " + BODY_MAX + " bytes");
            }
            return bytes.length == 0 ? json.createObjectNode() : json.readTree(bytes);
        } catch (JacksonException notJson) {
            throw new AdminException(400, "the request isn't JSON: " + notJson.getOriginalMessage());
        }
    }

    private void send(Response response, int status, JsonNode node) throws IOException {
        response.setStatus(status);
        sendBytes(response, "application/json", json.writeValueAsBytes(node));
    }

    private static void sendBytes(Response response, String type, byte[] bytes) throws IOException {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        try (OutputStream out = Content.Sink.asOutputStream(response)) {
            out.write(bytes);
        }
    }

    private void refuse(Request request, Response response, Callback callback, int status, @Nullable String message)
            throws IOException {
        if (response.isCommitted()) {
            callback.failed(new IOException(message));
            return;
        }
        request.consumeAvailable();
        send(response, status, json.createObjectNode().put("error", message));
        callback.succeeded();
    }
}
