package landfall.sandbox;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds every acknowledgement against what is there in the end: each row and upload must be on the side that is open, and
 * nothing may have been accepted by both.
 */
public final class DemoCheck {
    private DemoCheck() {}

    /**
     * What was found.
     *
     * @param missing the lost ones by name, at most a hundred
     * @param acceptedByBoth acknowledged by one server, while the other holds it as its own
     */
    public record Result(long acknowledged, long lost, List<String> missing, long acceptedByBoth) {}

    private record Upload(String url, String sha256, String acceptedBy) {}

    private record Acknowledgements(Map<String, String> rows, Map<String, Upload> uploads) {
        @Nullable
        String owner(String name) {
            Upload upload = uploads.get(name);
            return upload == null ? rows.get(name) : upload.acceptedBy();
        }
    }

    /**
     * @param closed the other side, where it can be read: finds also what both took and nobody was told of
     * @param service answers for uploads: their bytes are read through it
     */
    public static Result check(Path traffic, Connection open, Optional<Connection> closed, URI service)
            throws IOException, SQLException {
        Acknowledgements acknowledged = read(traffic);
        Map<String, String> rows = owners(open, "SELECT writer || ' ' || number, accepted_by FROM entries");
        Map<String, String> uploads = owners(open, "SELECT id::text, accepted_by FROM shared_files");
        Map<String, String> there = new HashMap<>();
        if (closed.isPresent()) {
            there.putAll(owners(closed.get(), "SELECT writer || ' ' || number, accepted_by FROM entries"));
            there.putAll(owners(closed.get(), "SELECT id::text, accepted_by FROM shared_files"));
        }
        List<String> missing = new ArrayList<>();
        long[] both = {0};
        acknowledged.rows().forEach((name, owner) -> judge(name, owner, rows, missing, both));
        acknowledged.uploads().forEach((id, upload) -> judge(id, upload.acceptedBy(), uploads, missing, both));
        try (DemoConnection connection = new DemoConnection(service)) {
            for (Map.Entry<String, Upload> upload : acknowledged.uploads().entrySet()) {
                if (uploads.containsKey(upload.getKey()) && !served(connection, upload.getValue())) {
                    missing.add("the file of upload " + upload.getKey());
                }
            }
        }
        // Also what nobody was told of: the same key, held by each side as its own.
        Map<String, String> here = new HashMap<>(rows);
        here.putAll(uploads);
        there.forEach((name, owner) -> {
            String other = here.get(name);
            String told = acknowledged.owner(name);
            boolean counted = told != null && !told.equals(other);
            if (other != null && !other.equals(owner) && !counted) {
                both[0]++;
            }
        });
        return new Result(
                (long) acknowledged.rows().size() + acknowledged.uploads().size(),
                missing.size(),
                List.copyOf(missing.subList(0, Math.min(100, missing.size()))),
                both[0]);
    }

    private static void judge(
            String name, String owner, Map<String, String> present, List<String> missing, long[] both) {
        String now = present.get(name);
        if (now == null) {
            missing.add(name + " accepted by " + owner);
        } else if (!now.equals(owner)) {
            both[0]++;
        }
    }

    private static boolean served(DemoConnection connection, Upload upload) throws IOException {
        return connection.checksum(upload.url()).equals(upload.sha256());
    }

    private static Map<String, String> owners(Connection connection, String sql) throws SQLException {
        Map<String, String> owners = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                owners.put(rows.getString(1), rows.getString(2));
            }
        }
        return owners;
    }

    private static Acknowledgements read(Path traffic) throws IOException {
        Map<String, String> rows = new HashMap<>();
        Map<String, Upload> uploads = new HashMap<>();
        try (Stream<Path> files = Files.list(traffic)) {
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith(DemoTraffic.ACKNOWLEDGED))
                    .toList()) {
                String text = Files.readString(file);
                // A writer may be in the middle of its last line.
                for (String line :
                        text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
                    String[] words = line.split("\t");
                    if (words[0].equals("row") && words.length == 4) {
                        rows.put(words[1] + " " + words[2], words[3]);
                    } else if (words[0].equals("upload") && words.length == 5) {
                        uploads.put(words[1], new Upload(words[2], words[3], words[4]));
                    } else {
                        throw new IOException(file + " holds a line that no writer writes: " + line);
                    }
                }
            }
        }
        return new Acknowledgements(rows, uploads);
    }
}
