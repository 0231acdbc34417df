package landfall.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** The databases of a running sandbox, past everything that Landfall knows of them. */
public final class SandboxDatabases {
    private SandboxDatabases() {}

    /** @param name of the database; whichever server has it */
    public static Connection named(Path sandbox, String name) throws IOException, SQLException {
        return DemoPlace.read(sandbox).database(name);
    }
}
