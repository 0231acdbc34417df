package landfall.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** What rclone does with the server by its default settings: provider Other, path style, every failure final. */
final class RcloneClientTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path folder;

    @SuppressWarnings("NullAway.Init")
    static Client rclone;

    @SuppressWarnings("NullAway.Init")
    static TestServer server;

    @SuppressWarnings("NullAway.Init")
    static Path tree;

    @BeforeAll
    static void start(TestReporter reporter) throws Exception {
        rclone = Client.findIfAsked(folder, "rclone");
        reporter.publishEntry(
                "client", rclone.run("version").lines().findFirst().orElseThrow());
        server = TestServer.start(Files.createDirectory(folder.resolve("data")));
        rclone.with("RCLONE_CONFIG", "/dev/null")
                .with("RCLONE_RETRIES", "1")
                .with("RCLONE_LOW_LEVEL_RETRIES", "1")
                .with("RCLONE_CONFIG_LF_TYPE", "s3")
                .with("RCLONE_CONFIG_LF_PROVIDER", "Other")
                .with("RCLONE_CONFIG_LF_ENDPOINT", server.uri("").toString())
                .with("RCLONE_CONFIG_LF_REGION", "us-east-1")
                .with("RCLONE_CONFIG_LF_ACCESS_KEY_ID", TestServer.KEY)
                .with("RCLONE_CONFIG_LF_SECRET_ACCESS_KEY", TestServer.SECRET);
        tree = ClientFiles.tree(Files.createDirectory(folder.resolve("tree")));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    void aFolderGoesThereAndBackAndIsLeftAloneTheSecondTime() throws Exception {
        rclone.run("copy", tree.toString(), "lf:rclone-tree/dir");
        rclone.run("check", tree.toString(), "lf:rclone-tree/dir");
        rclone.run("check", "--download", tree.toString(), "lf:rclone-tree/dir");
        Client.Outcome again = rclone.tried("sync", "--stats-one-line", "-v", tree.toString(), "lf:rclone-tree/dir")
                .succeeded();
        assertThat(again.err()).doesNotContain("Copied", "Updated", "Deleted");
        Path back = folder.resolve("back");
        rclone.run("sync", "lf:rclone-tree/dir", back.toString());
        ClientFiles.assertSame(back, tree);
        assertThat(Files.getLastModifiedTime(back.resolve("plain.txt")))
                .as("the time that rclone keeps in the metadata")
                .isEqualTo(Files.getLastModifiedTime(tree.resolve("plain.txt")));
    }

    /** Over TLS it signs no bodies. */
    @Test
    void overTlsTheBytesAreTheSame() throws Exception {
        try (TlsFront front = TlsFront.start(folder, server.server().port())) {
            String[] more = {
                "--s3-endpoint",
                front.uri().toString(),
                "--ca-cert",
                front.certificate().toString()
            };
            rclone.run("sync", tree.toString(), "lf:rclone-tls", more[0], more[1], more[2], more[3]);
            rclone.run("check", "--download", tree.toString(), "lf:rclone-tls");
        }
    }

    @Test
    void whatIsGoneIsDeletedAndWhatChangedIsSent() throws Exception {
        Path changing = Files.createDirectory(folder.resolve("changing"));
        Files.writeString(changing.resolve("goes +1"), "x");
        Files.writeString(changing.resolve("changes ü"), "x");
        rclone.run("sync", changing.toString(), "lf:rclone-sync");
        Files.delete(changing.resolve("goes +1"));
        Files.writeString(changing.resolve("changes ü"), "longer");
        rclone.run("sync", changing.toString(), "lf:rclone-sync");
        assertThat(rclone.run("lsf", "lf:rclone-sync").lines()).containsExactly("changes ü");
        assertThat(rclone.run("cat", "lf:rclone-sync/changes ü")).isEqualTo("longer");
        rclone.run("purge", "lf:rclone-sync");
        assertThat(rclone.run("lsd", "lf:")).doesNotContain("rclone-sync");
    }

    @Test
    void largeFilesGoInPartsAndAreCopiedAndMovedByTheServer() throws Exception {
        Path large = tree.resolve("large.bin");
        rclone.run("mkdir", "lf:rclone-large");
        // Streamed, the size isn't known before: parts. Above the cutoff likewise, and copies then by parts too.
        rclone.fed(large, "rcat", "lf:rclone-large/streamed").succeeded();
        rclone.run(
                "copyto",
                "--s3-upload-cutoff",
                "5M",
                "--s3-chunk-size",
                "5M",
                large.toString(),
                "lf:rclone-large/in parts +%.bin");
        rclone.run("copyto", "--s3-copy-cutoff", "5M", "lf:rclone-large/streamed", "lf:rclone-large/copy ü");
        rclone.run("moveto", "lf:rclone-large/copy ü", "lf:rclone-large/moved ü");
        assertThat(rclone.run("lsf", "lf:rclone-large").lines())
                .containsExactlyInAnyOrder("streamed", "in parts +%.bin", "moved ü");
        Path got = folder.resolve("got");
        for (String name : new String[] {"streamed", "in parts +%.bin", "moved ü"}) {
            rclone.run("copyto", "lf:rclone-large/" + name, got.toString());
            assertThat(got).as(name).hasSameBinaryContentAs(large);
            Files.delete(got);
        }
        assertThat(rclone.run("cleanup", "lf:rclone-large")).isEmpty();
    }

    @Test
    void typesAndLinksAreThoseAsked() throws Exception {
        Path note = Files.writeString(folder.resolve("note.html"), "<p>a note");
        rclone.run(
                "copyto", "--header-upload", "Cache-Control: max-age=60", note.toString(), "lf:rclone-link/ä +.html");
        String url =
                rclone.run("link", "--expire", "1h", "lf:rclone-link/ä +.html").strip();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> got =
                    http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(got.statusCode()).as(got.body()).isEqualTo(200);
            assertThat(got.body()).isEqualTo("<p>a note");
            assertThat(got.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
            assertThat(got.headers().firstValue("cache-control")).contains("max-age=60");
        }
        assertThat(rclone.run("backend", "versioning", "lf:rclone-link", "Enabled"))
                .contains("Enabled");
        assertThat(rclone.run("deletefile", "lf:rclone-link/ä +.html")).isEmpty();
        assertThat(rclone.run("lsf", "lf:rclone-link")).isEmpty();
        assertThat(rclone.run("lsf", "--s3-versions", "lf:rclone-link")).startsWith("ä +-v");
    }
}
