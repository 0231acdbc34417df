package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import landfall.base.Events;
import landfall.base.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proof beside those who lock tables: nobody waits for the rest of it, and it doesn't fail by them. */
@Timeout(60)
final class ProofLocksTest {
    /** The proof kept its locks until its end: TRUNCATE waited for all of it, and everybody waited behind that. */
    @Test
    void anAppTruncatesWhatTheProofHasReadWithoutWaitingForTheRest() throws Exception {
        Servers.Move move = Servers.move(
                "create table one (id int primary key)",
                "create table other (id int primary key)",
                "create view both_of_them as select one.id from one join other using (id)",
                "insert into one select generate_series(1, 100)",
                "insert into other select generate_series(1, 100)");
        move.copy();
        List<String> refused = new ArrayList<>();
        List<String> truncated = new ArrayList<>();
        Events app = event -> {
            if (event.name().equals("progress") && truncated.size() < 4) {
                String table = String.valueOf(event.fields().get("subject"));
                truncated.add(table);
                try {
                    Servers.run(move.source(), "set lock_timeout = '3s'", "truncate " + table);
                } catch (SQLException e) {
                    refused.add(table + ": " + e.getMessage());
                }
            }
        };
        try (Follower follower = move.follow()) {
            VerifyReport report = follower.verify(app);
            assertThat(refused).isEmpty();
            assertThat(truncated).contains("public.one", "public.other");
            assertThat(report.problems()).extracting(Problem::sentence).isEmpty();
        }
    }

    @Test
    void aTableLockedForAWhileHasTheProofBeginAgain() throws Exception {
        Servers.Move move = Servers.move(
                "create table one (id int primary key)",
                "create view of_one as select id from one",
                "insert into one select generate_series(1, 100)");
        move.copy();
        List<String> notes = new ArrayList<>();
        try (Follower follower = move.follow();
                Connection locking = move.target().connect("test")) {
            locking.setAutoCommit(false);
            Sql.execute(locking, "lock table public.one in access exclusive mode");
            VerifyReport report = follower.verify(event -> {
                if (event.name().equals("note")) {
                    notes.add(String.valueOf(event.fields().get("message")));
                    rollback(locking);
                }
            });
            assertThat(report.problems()).extracting(Problem::sentence).isEmpty();
            assertThat(notes).isNotEmpty().first().asString().startsWith("begun again, since a table was locked");
        }
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
