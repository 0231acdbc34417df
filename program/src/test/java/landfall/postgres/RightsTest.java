package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import landfall.base.Events;
import landfall.base.LandfallException;
import landfall.base.Secret;
import landfall.postgres.Survey.Finding;
import landfall.postgres.Survey.Verdict;
import org.junit.jupiter.api.Test;

/** A role that is no superuser works with exactly the rights that the survey names, and each is named with its GRANT. */
final class RightsTest {
    private static Servers.Move move() throws Exception {
        Servers.Move move = Servers.move(
                "set role app_owner",
                "create table note (id serial primary key, owner text, body text)",
                "alter table note enable row level security",
                "create policy own on note using (owner = current_user)",
                "create table bare (a int)",
                "create sequence loose",
                "insert into note (owner, body) select 'x', 'y' from generate_series(1, 50)",
                "insert into bare values (1)",
                "reset role");
        String role = move.source().name() + "_mover";
        Servers.run(move.source(), "create role " + role + " login password 'm'");
        return new Servers.Move(
                move.source().as(role, Secret.of("m")),
                move.target(),
                move.naming(),
                move.role(),
                move.sourceLine(),
                move.targetLine());
    }

    private static List<Finding> missing(Servers.Move move, Database side) {
        return Survey.run(
                        move.source(), move.target(), move.naming(), move.role().name())
                .findings()
                .stream()
                .filter(finding -> finding.subject().startsWith(side.label() + " role " + side.user() + ": "))
                .filter(finding -> finding.verdict() == Verdict.BLOCKER || finding.verdict() == Verdict.DECISION)
                .toList();
    }

    private static void grantWhatIsNamed(Servers.Move move, Database side, Database superuser) throws Exception {
        for (Finding finding : missing(move, side)) {
            Servers.run(superuser, finding.fix());
        }
        assertThat(missing(move, side)).isEmpty();
    }

    private static void there(Servers.Move move) throws Exception {
        try (Follower follower = move.follow()) {
            ReplicationSlots.prepare(move.target(), move.source(), Direction.BACKWARD, move.naming());
            assertThat(follower.verify().problems()).isEmpty();
            follower.closeDoor(Duration.ofSeconds(5));
            String marker = Fence.raise(move.source(), move.naming(), true, Duration.ofMillis(200));
            follower.drainTo(marker, Duration.ofSeconds(30));
            follower.recopy();
            assertThat(follower.verifyTouched().problems()).isEmpty();
            follower.open();
        }
        ReplicationSlots.drop(move.source(), Direction.FORWARD, move.naming());
    }

    private static void back(Servers.Move move) throws Exception {
        Fence.allowReading(move.source(), move.naming());
        try (Follower follower = move.followBack()) {
            ReplicationSlots.prepare(move.source(), move.target(), Direction.FORWARD, move.naming());
            assertThat(follower.verify().problems()).isEmpty();
            follower.closeDoor(Duration.ofSeconds(5));
            String marker = Fence.raise(move.target(), move.naming(), false, Duration.ofMillis(200));
            follower.drainTo(marker, Duration.ofSeconds(30));
            follower.recopy();
            assertThat(follower.verifyTouched().problems()).isEmpty();
            follower.open();
        }
    }

    @Test
    void theSourcesRoleMovesThereAndBackWithTheRightsThatAreNamed() throws Exception {
        Servers.Move move = move();
        Database superuser = move.source().as(MoverRole.NAME, Secret.of("mover"));
        assertThat(missing(move, move.source()))
                .extracting(finding -> finding.subject().replaceFirst("^.*: ", ""))
                .contains(
                        "REPLICATION",
                        "CREATE on database " + move.source().name(),
                        "SELECT on public.note",
                        "owner of public.note",
                        "BYPASSRLS",
                        "pg_signal_backend",
                        "pg_read_all_stats",
                        "EXECUTE on pg_replication_origin_create",
                        "SET session_replication_role",
                        "UPDATE on public.loose");
        assertThatThrownBy(move::copy).isInstanceOf(LandfallException.class);
        grantWhatIsNamed(move, move.source(), superuser);
        assertThat(MoverRole.create(move.source(), Secret.of("not made"))).isFalse();
        move.copy();
        Servers.run(superuser, "insert into note (owner, body) values ('late', 'z')", "insert into bare values (2)");
        there(move);
        assertThat(Servers.read(move.target(), "select count(*) from note")).isEqualTo("51");
        assertThatThrownBy(() -> Servers.run(superuser, "insert into note (owner) values ('no')"))
                .hasMessageContaining("takes no writes now");
        Servers.run(move.target(), "insert into note (owner, body) values ('there', 'z')", "select nextval('loose')");
        back(move);
        assertThat(Servers.read(superuser, "select count(*) from note where owner = 'there'"))
                .isEqualTo("1");
        CleanUp.remove(move.source(), move.naming());
        Servers.run(superuser, "insert into note (owner, body) values ('home', 'z')");
    }

    @Test
    void theTargetsRoleNeedsNoSuperuserEither() throws Exception {
        Servers.Move plain = move();
        String role = plain.target().name() + "_mover";
        Servers.run(plain.target(), "create role " + role + " login password 'm'");
        Servers.Move move = new Servers.Move(
                plain.source().as(MoverRole.NAME, Secret.of("mover")),
                plain.target().as(role, Secret.of("m")),
                plain.naming(),
                plain.role(),
                plain.sourceLine(),
                plain.targetLine());
        grantWhatIsNamed(move, move.target(), plain.target());
        new SnapshotCopy(move.source(), move.target(), move.naming(), move.role(), Events.NONE).run();
        there(move);
        back(move);
        CleanUp.remove(move.target(), move.naming());
    }

    @Test
    void aSourceOutOfReachForAMomentIsNotTakenForOneWithoutOurRole() throws Exception {
        Servers.Move move = Servers.move();
        Secret password = Secret.of("mover");
        AtomicInteger dials = new AtomicInteger();
        Database found = move.source()
                .as("postgres", Secret.of("not the superuser's any more"))
                .by(
                        () -> {
                            if (dials.getAndIncrement() == 0) {
                                throw new IOException("cut");
                            }
                            return move.source().dialer().dial();
                        },
                        move.source().address());
        assertThatThrownBy(() -> MoverRole.of(found, password)).hasMessageContaining("could not be reached");
        assertThat(dials).hasValue(1);
        assertThat(MoverRole.of(found, password).user()).isEqualTo(MoverRole.NAME);
    }
}
