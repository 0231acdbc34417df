package landfall.postgres;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import landfall.base.Duplex;

/** The pg_dump beside the source's server, run through a shell there: it is of the server's own version. */
final class RemotePgDump extends PgDump {
    private static final String END = "-- landfall: pg_dump ended with ";

    private static final String FIND = """
            for p in pg_dump /usr/lib/postgresql/*/bin/pg_dump /usr/pgsql-*/bin/pg_dump /opt/bitnami/postgresql/bin/pg_dump
            do v=$("$p" --version 2>/dev/null) && echo "$p $v"; done; true""";

    /** The password comes on standard input; errors and the exit code come last, so that an end is proof of all. */
    private static final String RUN = """
            IFS= read -r PGPASSWORD; export PGPASSWORD; PGAPPNAME=landfall/pg_dump; export PGAPPNAME; exec 3>&1
            errors=$("$0" "$@" 2>&1 >&3); code=$?
            printf '\\n-- landfall: pg_dump ended with %s %s\\n' "$code" "$errors\"""";

    private final SchemaTool place;
    private final String host;
    private final int port;

    private RemotePgDump(String program, int version, SchemaTool place, String host, int port) {
        super(program, version);
        this.place = place;
        this.host = host;
        this.port = port;
    }

    /** @throws IOException if the place can't be reached; nothing is returned where it has no fitting pg_dump */
    static Optional<PgDump> find(Database source, SchemaTool place) throws IOException, SQLException {
        int server = majorVersion(source);
        Optional<Duplex> opened = place.run(List.of("sh", "-c", FIND));
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        String found;
        try (Duplex stream = opened.get()) {
            found = new String(stream.input().readAllBytes(), StandardCharsets.UTF_8);
        }
        for (String line : found.lines().toList()) {
            int version = version(line).orElse(0);
            if (version >= server) {
                // As seen from there: in a pod a forwarded port comes from the loopback interface.
                try (Connection connection = source.connect("address")) {
                    String host = Sql.text(connection, "select coalesce(host(inet_server_addr()), '')");
                    int port = (int) Sql.number(connection, "select coalesce(inet_server_port(), 0)");
                    return host.isEmpty()
                            ? Optional.empty()
                            : Optional.of(
                                    new RemotePgDump(line.substring(0, line.indexOf(' ')), version, place, host, port));
                }
            }
        }
        return Optional.empty();
    }

    @Override
    String read(Database source, String section, String snapshot) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", RUN, program()));
        command.addAll(arguments(source, host, port, section, snapshot));
        String output;
        try (Duplex stream =
                place.run(command).orElseThrow(() -> new IOException("nothing can be run in " + place + " any more"))) {
            OutputStream password = stream.output();
            password.write((source.password().reveal() + "\n").getBytes(StandardCharsets.UTF_8));
            password.flush();
            output = new String(stream.input().readAllBytes(), StandardCharsets.UTF_8);
        }
        // The end of an exec's stream proves nothing: a connection that breaks looks the same.
        int end = output.lastIndexOf("\n" + END);
        if (end < 0) {
            throw new IOException("pg_dump's output broke off after " + output.length() + " characters");
        }
        String[] result = output.substring(end + 1 + END.length()).strip().split(" ", 2);
        if (!result[0].equals("0")) {
            throw new IOException("pg_dump ended with " + String.join(": ", result));
        }
        return output.substring(0, end);
    }

    @Override
    public String toString() {
        return super.toString() + " in " + place;
    }
}
