package landfall.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import landfall.base.Events;

/**
 * Reads the source's schema: with the pg_dump beside its server, else with one of this machine, else with the built-in
 * reader.
 */
final class SchemaReader {
    private SchemaReader() {}

    /** @param underSnapshot a session that sees what the snapshot saw */
    static SchemaScript read(
            Database source, Connection underSnapshot, String snapshot, SchemaTool beside, Events events)
            throws SQLException {
        try {
            Optional<PgDump> remote = RemotePgDump.find(source, beside);
            if (remote.isPresent()) {
                return remote.get().schema(source, snapshot);
            }
        } catch (IOException e) {
            events.note("pg_dump in " + beside + " can't be used (" + e.getMessage() + "): looking on this machine.");
        }
        Optional<PgDump> local = PgDump.find(source);
        if (local.isPresent()) {
            try {
                return local.get().schema(source, snapshot);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        events.note("No pg_dump of version " + PgDump.majorVersion(source)
                + " or newer is installed beside the source or here: the built-in reader takes the schema.");
        return CatalogReader.schema(underSnapshot);
    }

    /** Whether a pg_dump would read it. */
    static boolean hasPgDump(Database source, SchemaTool beside) throws SQLException {
        try {
            if (RemotePgDump.find(source, beside).isPresent()) {
                return true;
            }
        } catch (IOException e) {
            System.getLogger(SchemaReader.class.getName()).log(System.Logger.Level.DEBUG, "no pg_dump there", e);
        }
        return PgDump.find(source).isPresent();
    }
}
