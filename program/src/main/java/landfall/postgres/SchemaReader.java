package landfall.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import landfall.base.Events;

/** Reads the source's schema: with pg_dump where one is found, else with the built-in reader. */
final class SchemaReader {
    private SchemaReader() {}

    /** @param underSnapshot a session that sees what the snapshot saw */
    static SchemaScript read(
            Database source, Connection underSnapshot, String snapshot, SchemaTool beside, Events events)
            throws SQLException {
        Optional<PgDump> dump = PgDump.find(source);
        if (dump.isPresent()) {
            return dump.get().schema(source, snapshot);
        }
        events.note("No pg_dump new enough is installed here: the built-in reader takes the schema.");
        return CatalogReader.schema(underSnapshot);
    }
}
