package landfall.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.sshd.client.channel.ChannelExec;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DokkuPostgresTest {
    @Test
    void aServiceIsARealServerReachedThroughARelayThatDiesWithItsChannel(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash is needed for the relay");
        ProcessRegistry registry = ProcessRegistry.in(folder);
        try (Addresses addresses = Addresses.claim();
                EmulatedDokku dokku =
                        EmulatedDokku.start(folder, addresses, new Containers(folder, addresses, registry), registry);
                DokkuClient client = new DokkuClient(dokku)) {
            DokkuClient.Answer created = client.run("postgres:create uro-db --config-options '-c wal_level=logical'");
            assertThat(created.exit()).as(created.toString()).isZero();
            assertThat(client.run("postgres:info uro-db --dsn").stdout())
                    .matches("postgres://postgres:[0-9a-f]{32,36}@dokku-postgres-uro-db:5432/uro_db\n");
            assertThat(client.run("apps:create uro").exit()).isZero();
            assertThat(client.run("postgres:link uro-db uro").stdout()).contains("DATABASE_URL:  postgres://");
            assertThat(client.run("postgres:linked uro-db uro").exit()).isZero();
            assertThat(client.run("postgres:link uro-db uro").stderr())
                    .isEqualTo(" !     Already linked as DATABASE_URL\n");
            byte[] sql = "show wal_level;\n".getBytes(StandardCharsets.UTF_8);
            assertThat(client.run("postgres:connect uro-db", sql).stdout()).contains("logical");
            byte[] wrong = "select 1/0;\n".getBytes(StandardCharsets.UTF_8);
            assertThat(client.run("postgres:connect uro-db", wrong).exit()).isEqualTo(3);
            relay(client);
        } finally {
            assertThat(registry.endAll()).isNotNegative();
        }
    }

    private static void relay(DokkuClient client) throws Exception {
        try (ChannelExec channel = client.session().createExecChannel("postgres:connect uro-db")) {
            channel.open().verify(Duration.ofSeconds(10));
            OutputStream in = channel.getInvertedIn();
            InputStream out = channel.getInvertedOut();
            in.write(("\\setenv LANDFALL_PORT :PORT\n\\! bash -c 'exec 3<>/dev/tcp/127.0.0.1/$LANDFALL_PORT;"
                            + " echo READY; cat <&3 & cat >&3'\n")
                    .getBytes(StandardCharsets.US_ASCII));
            in.flush();
            assertThat(new String(out.readNBytes(6), StandardCharsets.US_ASCII)).isEqualTo("READY\n");
            // SSLRequest: the server answers one byte, S or N.
            in.write(new byte[] {0, 0, 0, 8, 4, (byte) 0xd2, 0x16, 0x2f});
            in.flush();
            assertThat(out.readNBytes(1)[0]).isIn((byte) 'N', (byte) 'S');
            // Start-up of user postgres: an authentication request comes back, zero bytes and all.
            ByteArrayOutputStream startup = new ByteArrayOutputStream();
            startup.write(new byte[] {0, 3, 0, 0});
            startup.write("user\0postgres\0database\0uro_db\0\0".getBytes(StandardCharsets.US_ASCII));
            in.write(new byte[] {0, 0, 0, (byte) (startup.size() + 4)});
            in.write(startup.toByteArray());
            in.flush();
            assertThat(out.readNBytes(1)[0]).isEqualTo((byte) 'R');
            assertThat(relays()).isPositive();
            // Not close(true): that tells the server nothing.
            channel.close(false).await(Duration.ofSeconds(5));
        }
        long end = System.nanoTime() + 5_000_000_000L;
        while (relays() > 0 && System.nanoTime() < end) {
            Thread.sleep(50);
        }
        assertThat(relays()).isZero();
    }

    private static long relays() {
        return ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().command().orElse("").matches(".*/(psql|bash|cat|sh|dash)"))
                .count();
    }
}
