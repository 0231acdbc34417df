package landfall.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import landfall.base.ExitCode;
import landfall.base.LandfallException;
import landfall.base.Problem;

/** A pg_dump of this machine; it reaches the server through a port of its own. */
final class LocalPgDump extends PgDump {
    LocalPgDump(Path program, int version) {
        super(program.toString(), version);
    }

    /** What it says of its version; empty where it can't be run. */
    static Optional<String> version(Path path) {
        try {
            Process process = new ProcessBuilder(path.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Optional.of(output) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    String read(Database source, String section, String snapshot) throws IOException {
        Path errors = Files.createTempFile("landfall-pg_dump", ".err");
        try (LoopbackPort port = new LoopbackPort(source.dialer())) {
            List<String> command = new ArrayList<>(List.of(program()));
            command.addAll(arguments(source, source.address().host(), port.number(), section, snapshot));
            ProcessBuilder builder = new ProcessBuilder(command);
            // The environment, unlike arguments, is seen by this user alone.
            builder.environment().put("PGPASSWORD", source.password().reveal());
            // The port is this machine's; the name is what a certificate must carry.
            builder.environment().put("PGHOSTADDR", "127.0.0.1");
            builder.environment().put("PGSSLMODE", source.address().sslMode());
            if (source.address().sslRootCertificate() != null) {
                builder.environment().put("PGSSLROOTCERT", source.address().sslRootCertificate());
            }
            if (source.address().options() != null) {
                builder.environment().put("PGOPTIONS", source.address().options());
            }
            builder.environment().put("PGAPPNAME", "landfall/pg_dump");
            Process process = builder.redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0) {
                throw new LandfallException(
                        ExitCode.FAILED,
                        Problem.error(
                                "pg_dump could not read the schema of the " + source,
                                "it ended with " + code + ": "
                                        + Files.readString(errors).strip(),
                                "Run the same command again once the cause is gone."));
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CopySessions.interrupted();
        } finally {
            Files.deleteIfExists(errors);
        }
    }
}
