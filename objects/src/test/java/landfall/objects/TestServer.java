package landfall.objects;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** A whole server on a free port, and clients of the AWS SDK with its own defaults. */
final class TestServer implements AutoCloseable {
    static final String KEY = "rootkey0000000000000";
    static final String SECRET = "rootsecret00000000000000000000000000000";

    private final ObjectsServer server;

    private TestServer(ObjectsServer server) {
        this.server = server;
    }

    static TestServer start(Path folder) throws IOException, Configuration.Unfit {
        return start(folder, Map.of());
    }

    /** {@code settings}: further ones, or others than the usual. */
    static TestServer start(Path folder, Map<String, String> settings) throws IOException, Configuration.Unfit {
        Map<String, String> all = new HashMap<>(Map.of(
                "OBJECTS_DATA",
                folder.toString(),
                "OBJECTS_LISTEN",
                "127.0.0.1:0",
                "OBJECTS_ACCESS_LOG",
                "off",
                "OBJECTS_LIFECYCLE_DAY_SECONDS",
                "1",
                "OBJECTS_ACCESS_KEY_ID",
                KEY,
                "OBJECTS_SECRET_ACCESS_KEY",
                SECRET));
        all.putAll(settings);
        return new TestServer(ObjectsServer.start(Configuration.read(Optional.empty(), all), Clock.systemUTC()));
    }

    ObjectsServer server() {
        return server;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    S3Client client() {
        return client(KEY, SECRET);
    }

    /** One that doesn't ask again what was answered with 503. */
    S3Client impatient() {
        return builder(uri(""), KEY, SECRET)
                .overrideConfiguration(client -> client.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    S3Client client(String key, String secret) {
        return client(uri(""), key, secret);
    }

    static S3Client client(URI endpoint, String key, String secret) {
        return builder(endpoint, key, secret).build();
    }

    private static S3ClientBuilder builder(URI endpoint, String key, String secret) {
        return S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .httpClient(UrlConnectionHttpClient.create())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret)));
    }

    S3Presigner presigner() {
        return S3Presigner.builder()
                .endpointOverride(uri(""))
                .region(Region.US_EAST_1)
                .serviceConfiguration(
                        S3Configuration.builder().pathStyleAccessEnabled(true).build())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, SECRET)))
                .build();
    }

    @Override
    public void close() {
        server.close();
    }
}
