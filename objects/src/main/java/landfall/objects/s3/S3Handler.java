package landfall.objects.s3;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import landfall.objects.admin.BucketNames;
import landfall.objects.store.Bucket;
import landfall.objects.store.Store;
import landfall.objects.store.StoreException;
import landfall.objects.user.Users;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * The S3 side: finds out what a request is for and who asks, whether it may be, and hands it to the operation. Runs on
 * virtual threads and blocks.
 */
public final class S3Handler extends Handler.Abstract {
    private static final System.Logger LOG = System.getLogger(S3Handler.class.getName());
    private static final long TURN_SECONDS = 10;
    private static final int KEY_BYTES_MAX = 1_024;
    private static final int METADATA_BYTES_MAX = 2_048;
    /** How much of a refused body is read and dropped, so that the client sees the answer rather than a broken line. */
    private static final long DROPPED_MAX = 4L << 20;

    /** What an operation does with a call. */
    interface Action {
        void run(Call call) throws IOException;
    }

    private final S3Options options;
    private final Authentication authentication;
    private final Access access;
    private final Store store;
    private final Clock clock;
    private final RequestLog log;
    private final Semaphore turns;
    private final Map<Operation, Action> actions = new EnumMap<>(Operation.class);
    private final String host = UUID.randomUUID().toString().substring(0, 8);

    public S3Handler(Store store, Users users, S3Options options, Clock clock, RequestLog log) {
        this.options = options;
        this.authentication = new Authentication(users, clock);
        this.access = new Access(store, clock);
        this.store = store;
        this.clock = clock;
        this.log = log;
        this.turns = new Semaphore(options.requestsMax(), true);
        new BucketOperations(store, users, options).register(actions);
        new ListOperations(store, users).register(actions);
        new ObjectOperations(store, users).register(actions);
        new CopyOperations(store, users, access).register(actions);
        new DeleteOperations(store, access).register(actions);
        new MultipartOperations(store, users, access).register(actions);
        new SettingOperations(store, users).register(actions);
        new PostOperations(store, access, authentication, new PostPolicy(clock)).register(actions);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        long began = System.nanoTime();
        String requestId =
                UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase(Locale.ROOT);
        response.getHeaders().put("x-amz-request-id", requestId);
        response.getHeaders().put("x-amz-id-2", host);
        String path = request.getHttpURI().getPath();
        String rawPath = path == null || path.isEmpty() ? "/" : path;
        Call call = new Call(request, response, requestId, rawPath, Query.parse(null), null, null, options.slow());
        log.began();
        boolean turn = false;
        try {
            turn = turns.tryAcquire(TURN_SECONDS, TimeUnit.SECONDS);
            if (!turn) {
                throw new S3Exception(S3Error.SlowDown);
            }
            call = parsed(request, response, requestId, rawPath);
            run(call);
            callback.succeeded();
        } catch (S3Exception refused) {
            refuse(request, call, callback, refused);
        } catch (StoreException refused) {
            if (refused.reason() == StoreException.Reason.DAMAGED) {
                log.damaged();
                LOG.log(System.Logger.Level.ERROR, refused.getMessage());
            }
            refuse(request, call, callback, translated(refused));
        } catch (EofException gone) {
            callback.failed(gone);
        } catch (IOException | RuntimeException failed) {
            if (failed.getCause() instanceof EofException || (failed instanceof IOException && call.committed())) {
                callback.failed(failed);
            } else {
                LOG.log(System.Logger.Level.ERROR, "Request " + requestId + " failed", failed);
                refuse(
                        request,
                        call,
                        callback,
                        new S3Exception(S3Error.InternalError, S3Error.InternalError.message(), failed));
            }
        } finally {
            if (turn) {
                turns.release();
            }
            SocketAddress from = request.getConnectionMetaData().getRemoteSocketAddress();
            log.ended(
                    call,
                    Instant.now(clock),
                    from instanceof InetSocketAddress address ? address.getHostString() : String.valueOf(from),
                    System.nanoTime() - began);
        }
        return true;
    }

    private Call parsed(Request request, Response response, String requestId, String rawPath) {
        Query query = Query.parse(request.getHttpURI().getQuery());
        String virtual = virtualBucket(request);
        String rest = rawPath.startsWith("/") ? rawPath.substring(1) : rawPath;
        @Nullable String bucket;
        @Nullable String key;
        if (virtual != null) {
            bucket = virtual;
            key = rest.isEmpty() ? null : Query.decode(rest, false);
        } else {
            int slash = rest.indexOf('/');
            String first = Query.decode(slash < 0 ? rest : rest.substring(0, slash), false);
            bucket = first.isEmpty() ? null : first;
            key = slash < 0 || slash == rest.length() - 1 ? null : Query.decode(rest.substring(slash + 1), false);
        }
        return new Call(request, response, requestId, rawPath, query, bucket, key, options.slow());
    }

    /** The bucket that the Host header names, or null. */
    private @Nullable String virtualBucket(Request request) {
        String domain = options.domain();
        String name = request.getHeaders().get(HttpHeader.HOST);
        if (domain.isEmpty() || name == null) {
            return null;
        }
        int colon = name.lastIndexOf(':');
        String plain = (colon < 0 ? name : name.substring(0, colon)).toLowerCase(Locale.ROOT);
        return plain.endsWith("." + domain) ? plain.substring(0, plain.length() - domain.length() - 1) : null;
    }

    /** Answers whoever looks after the server, without a signature; a bucket of that name would come first. */
    private boolean healthAsked(Call call) {
        return call.rawPath().equals("/health")
                && (call.method().equals("GET") || call.method().equals("HEAD"))
                && call.header("authorization") == null
                && store.bucket("health").isEmpty();
    }

    private void run(Call call) throws IOException {
        if (healthAsked(call)) {
            call.send(200, "application/json", "{\"status\":\"ok\"}".getBytes(StandardCharsets.UTF_8));
            return;
        }
        String bucket = call.bucketOrNull();
        String key = call.keyOrNull();
        Cors.tell(call, bucketOrNull(call));
        if (call.method().equals("OPTIONS")) {
            // A browser asks this without credentials, also of a presigned URL.
            call.operation(Operation.Options);
            Cors.preflight(call, bucketOrNull(call));
            return;
        }
        call.identified(authentication.identify(call));
        Operation operation =
                Operation.of(call.method(), bucket, key, call.query(), call.header("x-amz-copy-source") != null);
        call.operation(operation);
        checkNames(operation, bucket, key);
        refusePromises(call);
        checkMetadata(call);
        if (bucket == null) {
            if (operation == Operation.ListBuckets && call.user() == null) {
                throw new S3Exception(S3Error.AccessDenied);
            }
        } else if (operation != Operation.DeleteObjects && operation != Operation.PostObject) {
            access.require(call, operation, bucket, key);
        }
        Action action = actions.get(operation);
        if (action == null) {
            throw new S3Exception(S3Error.NotImplemented, operation + " isn't implemented");
        }
        action.run(call);
    }

    private @Nullable Bucket bucketOrNull(Call call) {
        String name = call.bucketOrNull();
        return name == null ? null : store.bucket(name).orElse(null);
    }

    private static void checkNames(Operation operation, @Nullable String bucket, @Nullable String key) {
        if (bucket != null && !BucketNames.fit(bucket)) {
            throw operation == Operation.CreateBucket
                    ? new S3Exception(S3Error.InvalidBucketName).with("BucketName", bucket)
                    : new S3Exception(S3Error.NoSuchBucket).with("BucketName", bucket);
        }
        if (key != null && key.getBytes(StandardCharsets.UTF_8).length > KEY_BYTES_MAX) {
            throw new S3Exception(S3Error.KeyTooLongError)
                    .with("Size", Integer.toString(key.getBytes(StandardCharsets.UTF_8).length))
                    .with("MaxSizeAllowed", Integer.toString(KEY_BYTES_MAX));
        }
    }

    /** What was asked for must not be dropped in silence: who asks for encryption or a lock relies on it. */
    private static void refusePromises(Call call) {
        for (String prefix : new String[] {
            "x-amz-server-side-encryption", "x-amz-copy-source-server-side-encryption", "x-amz-object-lock-"
        }) {
            if (!call.headersWithPrefix(prefix).isEmpty()) {
                throw new S3Exception(
                        S3Error.NotImplemented,
                        prefix + " headers imply functionality that is not implemented: nothing was stored");
            }
        }
    }

    private static void checkMetadata(Call call) {
        int bytes = 0;
        for (Map.Entry<String, String> each :
                call.headersWithPrefix("x-amz-meta-").entrySet()) {
            bytes += each.getKey().length() + each.getValue().length();
        }
        if (bytes > METADATA_BYTES_MAX) {
            throw new S3Exception(S3Error.MetadataTooLarge)
                    .with("Size", Integer.toString(bytes))
                    .with("MaxSizeAllowed", Integer.toString(METADATA_BYTES_MAX));
        }
    }

    /** The S3 error of what the store refused. */
    static S3Exception translated(StoreException refused) {
        S3Error error = switch (refused.reason()) {
            case NO_SUCH_BUCKET -> S3Error.NoSuchBucket;
            case BUCKET_EXISTS -> S3Error.BucketAlreadyExists;
            case BUCKET_NOT_EMPTY -> S3Error.BucketNotEmpty;
            case NO_SUCH_KEY, DELETE_MARKER -> S3Error.NoSuchKey;
            case NO_SUCH_VERSION -> S3Error.NoSuchVersion;
            case PRECONDITION_FAILED -> S3Error.PreconditionFailed;
            case NO_SUCH_UPLOAD -> S3Error.NoSuchUpload;
            case INVALID_PART -> S3Error.InvalidPart;
            case INVALID_PART_ORDER -> S3Error.InvalidPartOrder;
            case ENTITY_TOO_SMALL -> S3Error.EntityTooSmall;
            case KEY_TOO_LONG -> S3Error.KeyTooLongError;
            case QUOTA_EXCEEDED -> S3Error.QuotaExceeded;
            case DISK_FULL -> S3Error.StorageFull;
            case DAMAGED -> S3Error.InternalError;
            case INVALID_REQUEST -> S3Error.InvalidRequest;
            case UNSUPPORTED -> S3Error.NotImplemented;
            case UNAVAILABLE -> S3Error.ServiceUnavailable;
        };
        boolean own = error == S3Error.InternalError
                || error == S3Error.NotImplemented
                || error == S3Error.InvalidRequest
                || error == S3Error.QuotaExceeded
                || error == S3Error.BucketAlreadyExists;
        return new S3Exception(error, own ? String.valueOf(refused.getMessage()) : error.message(), refused);
    }

    private void refuse(Request request, Call call, Callback callback, S3Exception refused) {
        if (call.committed()) {
            // Part of the body is on its way: a cut connection is the only way left to say that it isn't whole.
            callback.failed(refused);
            return;
        }
        try {
            if (refused.error() == S3Error.RequestTimeout) {
                call.answer().put(HttpHeader.CONNECTION, "close");
            } else {
                drop(request, call);
            }
            Xml xml = Xml.plain("Error")
                    .add("Code", refused.error().name())
                    .add("Message", String.valueOf(refused.getMessage()));
            refused.details().forEach(xml::add);
            String key = call.keyOrNull();
            if (key != null && refused.error() == S3Error.NoSuchKey) {
                xml.add("Key", key);
            }
            xml.add("Resource", call.rawPath())
                    .add("RequestId", call.requestId())
                    .add("HostId", host);
            refused.headers().forEach((name, value) -> call.answer().put(name, value));
            call.send(refused.error().status(), "application/xml", xml.bytes());
            callback.succeeded();
        } catch (IOException | RuntimeException unsent) {
            callback.failed(unsent);
        }
    }

    private static void drop(Request request, Call call) throws IOException {
        if (call.header("expect") != null && call.received() == 0) {
            return; // The client waits for a word before it sends anything.
        }
        long announced = request.getLength();
        if (announced > DROPPED_MAX) {
            call.answer().put(HttpHeader.CONNECTION, "close");
            return;
        }
        byte[] buffer = new byte[64 << 10];
        long dropped = 0;
        try (var in = call.incoming()) {
            for (int read = in.read(buffer); read >= 0 && dropped < DROPPED_MAX; read = in.read(buffer)) {
                dropped += read;
            }
        } catch (S3Exception slow) {
            call.answer().put(HttpHeader.CONNECTION, "close");
            LOG.log(System.Logger.Level.DEBUG, "A refused body comes too slowly", slow);
        } catch (IOException cut) {
            LOG.log(System.Logger.Level.DEBUG, "A refused body ended early", cut);
        }
    }
}
