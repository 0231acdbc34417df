package landfall.objects.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What is done at start, before anybody is served: keys that were marked are settled, bytes without a row are removed. */
final class Recovery {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");

    private final Layout layout;
    private final Index.Session session;
    private final FilesFollowRows files;

    Recovery(Layout layout, Index.Session session, FilesFollowRows files) {
        this.layout = layout;
        this.session = session;
        this.files = files;
    }

    void run() throws SQLException, IOException {
        Set<Committer.Touched> keys = new LinkedHashSet<>();
        List<FilesFollowRows.Gone> gone = new ArrayList<>();
        try (ResultSet rows = session.prepare("SELECT bucket, key, gone, plain FROM unsettled ORDER BY id")
                .executeQuery()) {
            while (rows.next()) {
                Committer.Touched key =
                        new Committer.Touched(rows.getInt(1), new String(rows.getBytes(2), StandardCharsets.UTF_8));
                keys.add(key);
                long file = rows.getLong(3);
                if (!rows.wasNull()) {
                    gone.add(new FilesFollowRows.Gone(key, file, rows.getInt(4) == 1));
                }
            }
        }
        files.moving(keys);
        Map<Committer.Touched, Exception> failed = files.settle(session, keys, gone);
        failed.forEach((key, why) -> LOG.log(
                System.Logger.Level.ERROR, "The file of key " + key.key() + " couldn't be moved to its place", why));
        if (failed.isEmpty()) {
            removeLeftovers();
        }
    }

    /** Files among the incoming that are no part of an upload: whoever sent them was never told that they are stored. */
    private void removeLeftovers() throws IOException, SQLException {
        PreparedStatement part = session.prepare("SELECT 1 FROM part WHERE file = ?");
        for (Path each : FolderStore.entries(layout.incomingFolder())) {
            String name = each.getFileName().toString();
            if (!NUMBER.matcher(name).matches()) {
                continue;
            }
            part.setLong(1, Long.parseLong(name));
            try (ResultSet rows = part.executeQuery()) {
                if (!rows.next()) {
                    Files.delete(each);
                }
            }
        }
    }
}
