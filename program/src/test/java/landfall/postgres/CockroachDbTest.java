package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import landfall.base.Secret;
import landfall.postgres.Survey.Finding;
import landfall.postgres.Survey.Verdict;
import org.junit.jupiter.api.Test;

/** It is recognised by version() though it knows few of PostgreSQL's settings and none of its slots. */
final class CockroachDbTest {
    /** Enough of the wire protocol to say who it is; like the real one it refuses settings it doesn't know. */
    private static final class Stub implements AutoCloseable {
        private final ServerSocket server;

        Stub() throws IOException {
            server = new ServerSocket(0, 10, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
            Thread.ofVirtual().start(() -> {
                while (!server.isClosed()) {
                    try {
                        Socket socket = server.accept();
                        Thread.ofVirtual().start(() -> serve(socket));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
        }

        private static void serve(Socket socket) {
            try (socket) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                in.readNBytes(in.readInt() - 4);
                send(out, 'R', new byte[4]);
                for (String parameter : new String[] {
                    "server_version\0" + "13.0.0\0", "client_encoding\0" + "UTF8\0", "integer_datetimes\0" + "on\0",
                    "standard_conforming_strings\0" + "on\0", "DateStyle\0" + "ISO, MDY\0", "TimeZone\0" + "UTC\0"
                }) {
                    send(out, 'S', parameter.getBytes(StandardCharsets.UTF_8));
                }
                send(out, 'K', new byte[8]);
                send(out, 'Z', new byte[] {'I'});
                out.flush();
                String query = "";
                boolean failed = false;
                while (true) {
                    int type = in.read();
                    if (type < 0 || type == 'X') {
                        return;
                    }
                    byte[] body = in.readNBytes(in.readInt() - 4);
                    switch (type) {
                        case 'P' -> {
                            String text = new String(body, StandardCharsets.UTF_8);
                            query = text.substring(text.indexOf('\0') + 1)
                                    .split("\0")[0]
                                    .toLowerCase(Locale.ROOT);
                            failed = query.startsWith("set ")
                                    && !query.contains("extra_float_digits")
                                    && !query.contains("application_name");
                            if (failed) {
                                send(
                                        out,
                                        'E',
                                        "SERROR\0C42704\0Munrecognized configuration parameter\0\0"
                                                .getBytes(StandardCharsets.UTF_8));
                            } else {
                                send(out, '1', new byte[0]);
                            }
                        }
                        case 'Q' -> {
                            query = new String(body, StandardCharsets.UTF_8)
                                    .replace("\0", "")
                                    .toLowerCase(Locale.ROOT);
                            if (query.startsWith("select")) {
                                answer(out, 'D', query);
                            }
                            answer(out, 'E', query);
                            send(out, 'Z', new byte[] {'I'});
                            out.flush();
                        }
                        case 'S' -> {
                            failed = false;
                            send(out, 'Z', new byte[] {'I'});
                            out.flush();
                        }
                        default -> {
                            if (!failed) {
                                answer(out, type, query);
                            }
                        }
                    }
                }
            } catch (IOException e) {
                // The driver has gone.
                System.getLogger("stub").log(System.Logger.Level.DEBUG, "ended", e);
            }
        }

        private static void answer(DataOutputStream out, int type, String query) throws IOException {
            boolean rows = query.startsWith("select");
            switch (type) {
                case 'B' -> send(out, '2', new byte[0]);
                case 'D' -> {
                    if (rows) {
                        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                        DataOutputStream row = new DataOutputStream(bytes);
                        row.writeShort(1);
                        row.write("version\0".getBytes(StandardCharsets.UTF_8));
                        row.writeInt(0);
                        row.writeShort(0);
                        row.writeInt(25);
                        row.writeShort(-1);
                        row.writeInt(-1);
                        row.writeShort(0);
                        send(out, 'T', bytes.toByteArray());
                    } else {
                        send(out, 'n', new byte[0]);
                    }
                }
                case 'E' -> {
                    if (rows) {
                        byte[] value = (query.contains("version()")
                                        ? "CockroachDB CCL v23.1.11 (x86_64-pc-linux-gnu, built 2023/09/27)"
                                        : "1")
                                .getBytes(StandardCharsets.UTF_8);
                        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                        DataOutputStream row = new DataOutputStream(bytes);
                        row.writeShort(1);
                        row.writeInt(value.length);
                        row.write(value);
                        send(out, 'D', bytes.toByteArray());
                    }
                    send(out, 'C', (rows ? "SELECT 1\0" : "SET\0").getBytes(StandardCharsets.UTF_8));
                }
                case 'C' -> send(out, '3', new byte[0]);
                default -> throw new IOException("the stub doesn't know message " + (char) type);
            }
        }

        private static void send(DataOutputStream out, char type, byte[] body) throws IOException {
            out.writeByte(type);
            out.writeInt(body.length + 4);
            out.write(body);
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @Test
    void itIsRecognisedAndSaidWhatItLacksAndWhatAMoveByHandTakes() throws Exception {
        Servers.Move move = Servers.move();
        try (Stub stub = new Stub()) {
            Database source = new Database(
                    "source", new Servers.Line(stub.server.getLocalPort()), "uro", "root", Secret.of("none"));
            Survey.Result result =
                    Survey.run(source, move.target(), move.naming(), move.role().name());
            assertThat(result.isBlocked()).isTrue();
            assertThat(result.of(Verdict.BLOCKER))
                    .extracting(Finding::subject)
                    .containsExactly(
                            "source", "source logical decoding", "source pg_dump", "source fence", "source rows");
            assertThat(result.findings().getFirst().what()).contains("CockroachDB CCL v23.1.11");
            assertThat(result.findings())
                    .allSatisfy(finding -> assertThat(finding.fix()).isNotEmpty());
        }
    }
}
