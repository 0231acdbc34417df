package landfall.recipe.task;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import landfall.base.Secret;
import landfall.dokku.DokkuCommand;
import landfall.dokku.FolderTar;
import landfall.dokku.HostRead;
import landfall.dokku.HostReading;

/** {@code dokku_certs}: the app has a certificate; as docket does, only its presence is compared. */
record CertsTask(String app, Secret certificate, Secret key) implements Task {
    static CertsTask read(TaskFields fields) {
        CertsTask task = new CertsTask(Checks.app(fields), fields.secret("cert_content"), fields.secret("key_content"));
        fields.demand(
                task.certificate().reveal().contains("-----BEGIN CERTIFICATE-----"),
                "cert_content",
                "it is no PEM certificate");
        fields.demand(task.key().reveal().contains("PRIVATE KEY-----"), "key_content", "it is no PEM private key");
        Certificates.check(fields, task.certificate(), task.key());
        fields.choice("state", "present", "present");
        fields.end();
        return task;
    }

    @Override
    public String type() {
        return "dokku_certs";
    }

    @Override
    public String subject() {
        return app;
    }

    @Override
    public List<String> touches() {
        return List.of("app " + app);
    }

    @Override
    public String warning(Instant now) {
        return Certificates.outOfTime(certificate, now);
    }

    @Override
    public List<HostRead> reads() {
        return List.of(HostRead.report("certs", app));
    }

    @Override
    public Plan plan(HostReading host) {
        if ("true".equals(host.report("certs", app).get("enabled"))) {
            return Plan.inSync();
        }
        return Plan.change(
                        "it has none",
                        DokkuCommand.of("certs:add", app).withInput(tar()).droppingOutput())
                .with(Effect.BUILDS_PROXY);
    }

    /** PEM is ASCII, and so is a tar of it: it can travel as text. */
    private Secret tar() {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try {
            FolderTar.writeFile(tar, "server.crt", certificate.reveal().getBytes(StandardCharsets.UTF_8));
            FolderTar.writeFile(tar, "server.key", key.reveal().getBytes(StandardCharsets.UTF_8));
            FolderTar.end(tar);
        } catch (IOException e) {
            throw new UncheckedIOException("this is a bug: writing to memory failed", e);
        }
        return Secret.of(tar.toString(StandardCharsets.UTF_8));
    }
}
