package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.base.Secret;
import landfall.postgres.Survey.Finding;
import landfall.postgres.Survey.Verdict;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source whose log can't be decoded: the survey says so and offers a plain move, which works, and goes back. */
final class PlainMoveTest {
    @TempDir
    static Path folder;

    private static EmbeddedServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedServer.start(
                folder.resolve("source"),
                Map.of("wal_level", "replica", "fsync", "off", "max_slot_wal_keep_size", "64MB"),
                ProcessRegistry.in(folder));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Servers.Move move() throws Exception {
        Servers.Move move = Servers.move();
        String name = move.target().name();
        try (Connection connection = server.connect("postgres")) {
            Sql.execute(connection, "create database " + name);
        }
        Servers.Line line = new Servers.Line(server.port());
        Database superuser = new Database("source", line, name, "postgres", server.superuserPassword());
        MoverRole.create(superuser, Secret.of("mover"));
        Servers.run(
                superuser,
                "create table note (id serial primary key, body text)",
                "create table bare (a int)",
                "insert into note (body) select repeat('x', 500) from generate_series(1, 8000)",
                "insert into bare values (1)");
        return new Servers.Move(
                superuser.as(MoverRole.NAME, Secret.of("mover")),
                move.target(),
                move.naming(),
                move.role(),
                line,
                move.targetLine());
    }

    @Test
    void theSurveyNamesWhatStopsALiveMoveAndNotAPlainOne() throws Exception {
        Servers.Move move = move();
        Survey.Result live = Survey.run(
                move.source(), move.target(), move.naming(), move.role().name());
        assertThat(live.of(Verdict.BLOCKER)).extracting(Finding::subject).containsExactly("source wal_level");
        assertThat(live.of(Verdict.BLOCKER).getFirst().what()).contains("landfall sync --plain");
        assertThat(live.of(Verdict.DECISION)).extracting(Finding::subject).contains("source max_slot_wal_keep_size");
        Survey.Result plain = Survey.run(
                move.source(),
                move.target(),
                move.naming(),
                move.role().name(),
                new Choices(true, Map.of()),
                Survey.Disk.UNKNOWN,
                SchemaTool.NONE);
        assertThat(plain.isBlocked()).isFalse();
        assertThat(plain.of(Verdict.DECISION)).extracting(Finding::subject).doesNotContain("table public.bare");
    }

    @Test
    void everythingIsCopiedBehindTheFenceProvedOpenedAndGoesBack() throws Exception {
        Servers.Move move = move();
        PlainMove plain = new PlainMove(
                move.source(), move.target(), move.naming(), move.role(), SchemaTool.NONE, Events.NONE, () -> false);
        PlainMove.Forecast forecast = plain.forecast();
        assertThat(forecast.sampleBytes()).isGreaterThan(1 << 20);
        assertThat(forecast.downtime()).isPositive();
        assertThat(plain.copy().rows()).isEqualTo(8001);
        // The source goes on, unfollowed, until its fence.
        Servers.run(move.source(), "insert into note (body) values ('later')", "update bare set a = 2");
        String marker = Fence.raise(move.source(), move.naming(), true, Duration.ofMillis(200));
        assertThatThrownBy(() -> Servers.run(move.source(), "insert into bare values (3)"))
                .hasMessageContaining("takes no writes now");
        assertThat(plain.copy().rows()).isEqualTo(8002);
        assertThatThrownBy(() -> Servers.run(move.target(), "insert into bare values (3)"))
                .hasMessageContaining("takes no writes now");
        assertThat(plain.verify().problems()).isEmpty();
        ReplicationSlots.prepare(move.target(), move.source(), Direction.BACKWARD, move.naming());
        assertThat(plain.open(marker)).isEqualTo(1);
        // The fence's setting stays where it is: the app's sessions on the target don't set it aside, as ours do.
        assertThat(Servers.read(
                        move.target(),
                        "select count(*) from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase"
                                + " where datname = current_database() and s::text like '%read_only%'"))
                .isEqualTo("0");
        Servers.run(move.target(), "insert into note (body) values ('there')", "insert into bare values (3)");
        // The target's log can be followed though the source's can't.
        Fence.allowReading(move.source(), move.naming());
        try (Follower back = move.followBack()) {
            assertThat(back.verify().problems()).isEmpty();
            back.closeDoor(Duration.ofSeconds(5));
            String end = Fence.raise(move.target(), move.naming(), false, Duration.ofMillis(200));
            back.drainTo(end, Duration.ofSeconds(30));
            back.recopy();
            assertThat(back.verifyTouched().problems()).isEmpty();
            back.open();
        }
        assertThat(Servers.read(move.source(), "select count(*) from note where body = 'there'"))
                .isEqualTo("1");
        assertThat(Servers.read(move.source(), "select count(*) from bare where a = 3"))
                .isEqualTo("1");
        CleanUp.remove(move.source(), move.naming());
        Servers.run(move.source(), "insert into note (body) values ('home')");
    }

    @Test
    void damageBehindTheFenceIsFoundBeforeAnythingOpens() throws Exception {
        Servers.Move move = move();
        PlainMove plain = new PlainMove(
                move.source(), move.target(), move.naming(), move.role(), SchemaTool.NONE, Events.NONE, () -> false);
        Fence.raise(move.source(), move.naming(), true, Duration.ofMillis(200));
        plain.copy();
        try (Connection connection = move.target().connect("test")) {
            Sql.execute(
                    connection,
                    "set session_replication_role = replica; update public.note set body = 'y' where id = 7");
        }
        assertThat(plain.verify().problems()).hasSize(1);
        assertThat(plain.verify().problems().getFirst().sentence()).contains("public.note");
        assertThatThrownBy(() -> Servers.run(move.target(), "insert into bare values (3)"))
                .isNotInstanceOf(LandfallException.class)
                .hasMessageContaining("takes no writes now");
    }
}
