package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** What s3cmd does with the server: parts of 15 MiB, signatures of version 4 and, in its signed URLs, of version 2. */
final class S3cmdClientTest {
    private static final String ODD = "odd ü+%25 & key.txt";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static Client s3cmd;

    @SuppressWarnings("NullAway.Init")
    static TestServer server;

    @SuppressWarnings("NullAway.Init")
    static Path tree;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start(TestReporter reporter) throws Exception {
        s3cmd = Client.findIfAsked(folder, "s3cmd");
        reporter.publishEntry("client", s3cmd.run("--version").strip());
        server = TestServer.start(Files.createDirectory(folder.resolve("data")));
        String host = server.uri("").getAuthority();
        Files.writeString(folder.resolve(".s3cfg"), """
                [default]
                access_key = %s
                secret_key = %s
                host_base = %s
                host_bucket = %s
                use_https = False
                """.formatted(TestServer.KEY, TestServer.SECRET, host, host));
        tree = ClientFiles.tree(Files.createDirectory(folder.resolve("tree")));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String s3cmd(String... arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of("--no-progress"));
        words.addAll(List.of(arguments));
        return s3cmd.run(words.toArray(String[]::new));
    }

    private HttpResponse<String> get(String url) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aFolderGoesThereAndBackAndIsLeftAloneTheSecondTime() throws Exception {
        s3cmd("mb", "s3://s3cmd-tree");
        s3cmd("sync", tree + "/", "s3://s3cmd-tree/dir/");
        assertThat(s3cmd("sync", tree + "/", "s3://s3cmd-tree/dir/")).doesNotContain("upload:");
        Path back = Files.createDirectory(folder.resolve("back"));
        s3cmd("sync", "s3://s3cmd-tree/dir/", back + "/");
        ClientFiles.assertSame(back, tree);
        assertThat(s3cmd("ls", "s3://s3cmd-tree/dir/ünï/日本/")).contains("s3://s3cmd-tree/dir/ünï/日本/emoji😀.txt");
        assertThat(s3cmd("del", "--recursive", "--force", "s3://s3cmd-tree/dir/"))
                .contains("delete:");
        assertThat(s3cmd("ls", "s3://s3cmd-tree")).isBlank();
        s3cmd("rb", "s3://s3cmd-tree");
    }

    @Test
    void largeFilesGoInPartsAndAreCopiedAndMovedByTheServer() throws Exception {
        s3cmd("mb", "s3://s3cmd-large");
        Path large = tree.resolve("large.bin");
        s3cmd("put", large.toString(), "s3://s3cmd-large/large.bin");
        s3cmd.fed(large, "put", "-", "s3://s3cmd-large/streamed").succeeded();
        s3cmd("cp", "s3://s3cmd-large/large.bin", "s3://s3cmd-large/copy");
        s3cmd("mv", "s3://s3cmd-large/copy", "s3://s3cmd-large/moved +ü");
        for (String name : new String[] {"large.bin", "streamed", "moved +ü"}) {
            Path got = folder.resolve("got");
            s3cmd("get", "--force", "s3://s3cmd-large/" + name, got.toString());
            assertThat(got).as(name).hasSameBinaryContentAs(large);
        }
        assertThat(s3cmd("ls", "s3://s3cmd-large")).doesNotContain("copy");
        assertThat(s3cmd("multipart", "s3://s3cmd-large").lines())
                .as("no upload is left over")
                .hasSize(2);
    }

    @Test
    void overTlsTheBytesAreTheSame() throws Exception {
        try (TlsFront front = TlsFront.start(folder, server.server().port())) {
            String host = front.uri().getAuthority();
            String[] more = {"--ssl", "--ca-certs=" + front.certificate(), "--host=" + host, "--host-bucket=" + host};
            s3cmd(more[0], more[1], more[2], more[3], "mb", "s3://s3cmd-tls");
            s3cmd(more[0], more[1], more[2], more[3], "sync", tree + "/", "s3://s3cmd-tls/");
            Path back = Files.createDirectory(folder.resolve("back over TLS"));
            s3cmd(more[0], more[1], more[2], more[3], "sync", "s3://s3cmd-tls/", back + "/");
            ClientFiles.assertSame(back, tree);
        }
    }

    @Test
    void typesMetadataRightsAndSignedUrls() throws Exception {
        s3cmd("mb", "s3://s3cmd-odd");
        Path note = Files.writeString(folder.resolve("note"), "a note");
        s3cmd(
                "put",
                "--mime-type=text/css",
                "--add-header=Cache-Control: max-age=60",
                "--add-header=x-amz-meta-colour: green",
                note.toString(),
                "s3://s3cmd-odd/" + ODD);
        assertThat(s3cmd("info", "s3://s3cmd-odd/" + ODD))
                .contains("MIME type: text/css", "x-amz-meta-colour: green", "File size: 6");
        HttpResponse<String> got =
                get(s3cmd("signurl", "s3://s3cmd-odd/" + ODD, "+600").strip());
        assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
        assertThat(got.body()).isEqualTo("a note");
        assertThat(got.headers().firstValue("cache-control")).contains("max-age=60");

        String plain = server.uri("/s3cmd-odd/note").toString();
        s3cmd("put", note.toString(), "s3://s3cmd-odd/note");
        assertThat(get(plain).statusCode()).isEqualTo(403);
        s3cmd("setacl", "--acl-public", "s3://s3cmd-odd/note");
        assertThat(get(plain).statusCode()).isEqualTo(200);
        s3cmd("setacl", "--acl-private", "s3://s3cmd-odd/note");
        assertThat(get(plain).statusCode()).isEqualTo(403);
        s3cmd("modify", "--add-header=Cache-Control: no-store", "s3://s3cmd-odd/note");
        assertThat(get(s3cmd("signurl", "s3://s3cmd-odd/note", "+600").strip())
                        .headers()
                        .firstValue("cache-control"))
                .contains("no-store");
        assertThat(s3cmd("--signature-v2", "ls", "s3://s3cmd-odd")).contains(ODD);
    }

    @Test
    void whatIsSetForABucketComesBack() throws Exception {
        String bucket = "s3://s3cmd-set";
        s3cmd("mb", bucket);
        Path rules = folder.resolve("rules");
        Files.writeString(rules, """
                <CORSConfiguration><CORSRule><AllowedOrigin>https://example.org</AllowedOrigin>
                <AllowedMethod>GET</AllowedMethod></CORSRule></CORSConfiguration>""");
        s3cmd("setcors", rules.toString(), bucket);
        assertThat(s3cmd("info", bucket)).contains("<AllowedOrigin>https://example.org</AllowedOrigin>");
        s3cmd("delcors", bucket);
        assertThat(s3cmd("info", bucket)).containsPattern("CORS: +none");
        Files.writeString(rules, """
                <LifecycleConfiguration><Rule><ID>tmp</ID><Prefix>tmp/</Prefix><Status>Enabled</Status>
                <Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>""");
        s3cmd("setlifecycle", rules.toString(), bucket);
        assertThat(s3cmd("getlifecycle", bucket)).contains("<ID>tmp</ID>", "<Days>3</Days>");
        s3cmd("dellifecycle", bucket);
        Files.writeString(rules, """
                {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
                 "Action": "s3:GetObject", "Resource": "arn:aws:s3:::s3cmd-set/public/*"}]}""");
        s3cmd("setpolicy", rules.toString(), bucket);
        s3cmd("put", rules.toString(), bucket + "/public/x");
        assertThat(get(server.uri("/s3cmd-set/public/x").toString()).statusCode())
                .isEqualTo(200);
        s3cmd("delpolicy", bucket);
        assertThat(get(server.uri("/s3cmd-set/public/x").toString()).statusCode())
                .isEqualTo(403);
        s3cmd("rb", "--recursive", "--force", bucket);
    }
}
