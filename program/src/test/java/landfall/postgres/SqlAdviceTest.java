package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What a failure of a server's tells the user to do. */
final class SqlAdviceTest {
    @Test
    void aSlotThatCanNeverBeDecodedIsNotAskedForAgain() {
        SQLException undecodable =
                new SQLException("ERROR: could not map filenode \"base/5/16400\" to relation OID", "XX000");
        assertThat(Sql.failed("The log can't be read", undecodable).getMessage())
                .contains("landfall abandon", "new slot")
                .doesNotContain("Run the same command again");
        assertThat(Sql.failed("The log can't be read", new SQLException("ERROR: something else", "XX000"))
                        .getMessage())
                .contains("Run the same command again");
    }
}
