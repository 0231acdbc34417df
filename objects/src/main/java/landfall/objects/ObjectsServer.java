package landfall.objects;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import landfall.objects.admin.AdminHandler;
import landfall.objects.admin.AdminServer;
import landfall.objects.admin.Care;
import landfall.objects.admin.Metrics;
import landfall.objects.remote.ReadThroughStore;
import landfall.objects.remote.RemoteCare;
import landfall.objects.remote.RemoteS3;
import landfall.objects.remote.RemoteStore;
import landfall.objects.s3.Expiry;
import landfall.objects.s3.S3Handler;
import landfall.objects.s3.S3Options;
import landfall.objects.s3.S3Server;
import landfall.objects.store.Bucket;
import landfall.objects.store.FolderCare;
import landfall.objects.store.FolderStore;
import landfall.objects.store.Store;
import landfall.objects.user.User;
import landfall.objects.user.UserFile;

/** A whole server: the store, its users, the S3 side and the admin side. */
public final class ObjectsServer implements AutoCloseable {
    private final ReadThroughStore store;
    private final UserFile users;
    private final S3Server s3;
    private final AdminServer admin;
    private final AccessLog log;
    private final Expiry expiry;

    private ObjectsServer(
            ReadThroughStore store, UserFile users, S3Server s3, AdminServer admin, AccessLog log, Expiry expiry) {
        this.store = store;
        this.users = users;
        this.s3 = s3;
        this.admin = admin;
        this.log = log;
        this.expiry = expiry;
    }

    /** @throws IOException saying what couldn't be opened and what to do */
    public static ObjectsServer start(Configuration configuration, Clock clock) throws IOException {
        Path own = configuration.data().resolve(".landfall");
        FolderStore folders = FolderStore.open(configuration.data(), clock);
        Store opened = folders;
        try {
            Store objects = objects(configuration, folders, clock);
            opened = objects;
            Care care = configuration.backend().isEmpty() ? new FolderCare(folders) : new RemoteCare(objects);
            ReadThroughStore store = ReadThroughStore.open(objects, own, clock);
            opened = store;
            UserFile users = UserFile.open(own.resolve("users.json"));
            configuration.root().ifPresent(key -> administrator(users, key));
            buckets(store, users, configuration.buckets());
            Metrics metrics = new Metrics(store::buckets);
            AccessLog log = AccessLog.open(configuration.accessLog(), metrics);
            S3Handler handler = new S3Handler(
                    store,
                    users,
                    new S3Options(
                            configuration.region(),
                            configuration.domain(),
                            configuration.requestsMax(),
                            configuration.slow()),
                    clock,
                    log);
            AdminServer admin =
                    AdminServer.start(configuration.adminSocket(), new AdminHandler(store, users, metrics, care));
            S3Server s3 = S3Server.start(
                    configuration.host(),
                    configuration.port(),
                    handler,
                    configuration.slow(),
                    Duration.ofSeconds(configuration.stopSeconds()));
            Expiry expiry = new Expiry(store, clock, Duration.ofSeconds(configuration.lifecycleDaySeconds()));
            expiry.start();
            return new ObjectsServer(store, users, s3, admin, log, expiry);
        } catch (IOException | RuntimeException unstarted) {
            opened.close();
            throw unstarted;
        }
    }

    /** The store that has the objects: the folder, or the backend with the folder for what stays here. */
    private static Store objects(Configuration configuration, FolderStore folders, Clock clock) throws IOException {
        if (configuration.backend().isEmpty()) {
            return folders;
        }
        Configuration.Backend backend = configuration.backend().get();
        for (Bucket bucket : folders.buckets()) {
            if (bucket.objects() > 0) {
                throw new IOException("the data folder has objects in the bucket " + bucket.name()
                        + ", which OBJECTS_BACKEND_URL would hide. Give a data folder of its own, and read through from"
                        + " this one to move them");
            }
        }
        return RemoteStore.open(
                folders,
                new RemoteS3(backend.endpoint(), backend.region(), Optional.of(backend.keys()), clock),
                backend.bucketPrefix(),
                configuration.data().resolve(".landfall"),
                clock);
    }

    /** The administrator of the configuration: made at the first start, given these keys at each. */
    private static void administrator(UserFile users, User.AccessKey key) {
        try {
            if (users.byName("root").isEmpty()) {
                users.create(new UserFile.NewUser("root", "root", "", true, true, List.of(key), List.of()));
            } else {
                users.update(
                        "root",
                        old -> new User(
                                old.name(),
                                old.canonicalId(),
                                old.displayName(),
                                old.email(),
                                true,
                                true,
                                List.of(key),
                                old.grants()));
            }
        } catch (IOException unwritten) {
            throw new java.io.UncheckedIOException(unwritten);
        }
    }

    /** The buckets of the configuration belong to its administrator, if it names one. */
    private static void buckets(Store store, UserFile users, List<String> names) {
        String owner = users.byName("root").map(User::canonicalId).orElse("");
        for (String name : names) {
            if (store.bucket(name).isEmpty()) {
                store.createBucket(name, owner, new LinkedHashMap<>());
            }
        }
    }

    public int port() {
        return s3.port();
    }

    public UserFile users() {
        return users;
    }

    /** Lets requests finish, then closes the store. */
    @Override
    public void close() {
        s3.close();
        expiry.close();
        admin.close();
        store.close();
        try {
            log.close();
        } catch (IOException unwritten) {
            System.getLogger(ObjectsServer.class.getName())
                    .log(System.Logger.Level.WARNING, "The access log's end couldn't be written", unwritten);
        }
    }
}
