package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import landfall.base.LandfallException;
import landfall.base.Secret;
import landfall.postgres.Choices.Identity;
import landfall.sandbox.EmbeddedServer;
import landfall.sandbox.ProcessRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source is left as it was found: compared catalog by catalog, on a server of its own. */
final class AbandonTest {
    private static final Choices CHOICES = new Choices(false, Map.of(Choices.EVERY_TABLE, Identity.INDEX));

    @TempDir
    static Path folder;

    private static EmbeddedServer server;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedServer.start(
                folder.resolve("source"),
                Map.of("wal_level", "logical", "fsync", "off", "max_prepared_transactions", "5"),
                ProcessRegistry.in(folder));
        try (Connection connection = server.connect("postgres")) {
            Sql.execute(connection, "create role app_owner login password 'app' connection limit 20");
            Sql.execute(connection, "create role reader login password 'r'");
            Sql.execute(connection, "alter role app_owner set work_mem = '5MB'");
            Sql.execute(connection, "create database shop owner app_owner");
            Sql.execute(connection, "comment on database shop is 'the shop'");
            Sql.execute(connection, "alter database shop set default_transaction_read_only = off");
        }
        try (Connection connection = server.connect("shop")) {
            Sql.execute(connection, """
                    alter default privileges grant select on tables to reader;
                    alter default privileges in schema public grant usage on sequences to reader;
                    create table keyed (id serial primary key, a text);
                    create table by_index (a int not null unique, b text);
                    create table nothing (a int not null unique);
                    alter table nothing replica identity nothing;
                    create table whole (a int not null unique, b text);
                    alter table whole replica identity full;
                    create table bare (a int);
                    create table parts (id int primary key) partition by range (id);
                    create table parts_1 partition of parts for values from (0) to (1000);
                    create materialized view stored as select count(*) from keyed;
                    create publication others for table keyed;
                    insert into keyed (a) select 'x' from generate_series(1, 100);
                    alter table keyed owner to app_owner;
                    grant insert on keyed to reader;
                    analyze""");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Database superuser() throws Exception {
        return new Database("source", new Servers.Line(server.port()), "shop", "postgres", server.superuserPassword());
    }

    /** How far a move gets before it is given up. */
    @FunctionalInterface
    private interface Part {
        void run(Servers.Move move) throws Exception;
    }

    private static Servers.Move begun() throws Exception {
        Servers.Move move = Servers.move();
        MoverRole.create(superuser(), Secret.of("mover"));
        return new Servers.Move(
                superuser().as(MoverRole.NAME, Secret.of("mover")),
                move.target(),
                move.naming(),
                move.role(),
                new Servers.Line(server.port()),
                move.targetLine());
    }

    private static void leavesTheSourceAsItWas(Part part) throws Exception {
        Map<String, String> before = CatalogText.of(server, "shop");
        Servers.Move move = begun();
        try {
            part.run(move);
        } finally {
            CleanUp.remove(move.source(), move.naming());
            MoverRole.drop(superuser());
        }
        Map<String, String> after = CatalogText.of(server, "shop");
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.forEach((table, rows) -> assertThat(after.get(table)).as(table).isEqualTo(rows));
    }

    @Test
    void givenUpBeforeAnythingIsCopied() throws Exception {
        leavesTheSourceAsItWas(move -> {});
        leavesTheSourceAsItWas(move -> assertThat(Identities.set(move.source(), CHOICES))
                .containsExactlyInAnyOrder("public.by_index", "public.nothing", "public.whole"));
    }

    @Test
    void givenUpWhenTheCopyWasKilled() throws Exception {
        leavesTheSourceAsItWas(move -> {
            Identities.set(move.source(), CHOICES);
            // As after kill -9: publication and slot are there, nobody takes them back.
            ReplicationSlots.prepare(move.source(), move.target(), Direction.FORWARD, move.naming());
        });
        leavesTheSourceAsItWas(move -> {
            Identities.set(move.source(), CHOICES);
            Servers.run(move.target(), "create table public.there (id int)");
            assertThatThrownBy(move::copy).isInstanceOf(LandfallException.class);
        });
    }

    @Test
    void givenUpWhileFollowing() throws Exception {
        leavesTheSourceAsItWas(move -> {
            Identities.set(move.source(), CHOICES);
            move.copy();
            try (Follower follower = move.follow()) {
                assertThat(follower.awaitLag(Duration.ofSeconds(1), Duration.ofSeconds(30)))
                        .isTrue();
                assertThat(follower.verify().problems()).isEmpty();
            }
            // A session's first temporary table makes a schema that stays.
            try (Connection guard = move.source().connect("test")) {
                assertThat(WalGuard.freeDisk(guard)).isPresent();
            }
        });
    }

    @Test
    void givenUpBehindASwitchThatWasUndoneAndBehindARollback() throws Exception {
        leavesTheSourceAsItWas(move -> {
            move.copy();
            // A cutover that was killed with the fence up: undoing it lifts the fence.
            Fence.raise(move.source(), move.naming(), true, Duration.ofMillis(200));
        });
        leavesTheSourceAsItWas(move -> {
            Identities.set(move.source(), CHOICES);
            move.copy();
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
            Fence.allowReading(move.source(), move.naming());
            // Rows of this size are written by way of a table.
            Servers.run(move.target(), "update keyed set a = repeat('x', 3000000) where id = 1");
            try (Follower back = move.followBack()) {
                ReplicationSlots.prepare(move.source(), move.target(), Direction.FORWARD, move.naming());
                assertThat(back.verify().problems()).isEmpty();
                back.closeDoor(Duration.ofSeconds(5));
                String marker = Fence.raise(move.target(), move.naming(), false, Duration.ofMillis(200));
                back.drainTo(marker, Duration.ofSeconds(30));
                back.recopy();
                assertThat(back.verifyTouched().problems()).isEmpty();
                back.open();
            }
            ReplicationSlots.drop(move.target(), Direction.BACKWARD, move.naming());
        });
    }

    /** What `finish` promises: nothing of ours but the closed door. */
    @Test
    void finishedItIsKeptClosedAndNothingElse() throws Exception {
        Map<String, String> before = CatalogText.of(server, "shop");
        Servers.Move move = begun();
        move.copy();
        Fence.raise(move.source(), move.naming(), true, Duration.ofMillis(200));
        Fence.keepClosed(move.source());
        CleanUp.remove(move.source(), move.naming());
        MoverRole.drop(superuser());
        Map<String, String> after = CatalogText.of(server, "shop");
        before.remove("pg_dumpall -g");
        after.remove("pg_dumpall -g");
        assertThat(after.remove("pg_db_role_setting"))
                .contains("default_transaction_read_only=on")
                .isNotEqualTo(before.remove("pg_db_role_setting"));
        before.forEach((table, rows) -> assertThat(after.get(table)).as(table).isEqualTo(rows));
        try (Connection connection = server.connect("postgres")) {
            Sql.execute(connection, "alter database shop set default_transaction_read_only = off");
        }
        assertThat(Servers.read(move.target(), "select count(*) from landfall.owner where owner like '%\\_app'"))
                .isNotEqualTo("0");
        CleanUp.remove(move.target(), move.naming());
        assertThat(Servers.read(
                        move.target(),
                        "select count(*) from pg_namespace where nspname = 'landfall' or exists"
                                + " (select from pg_trigger where tgname = 'landfall_guard') or exists"
                                + " (select from pg_replication_origin where roname like 'landfall_"
                                + move.naming().moveId()
                                + "%')"))
                .isEqualTo("0");
    }
}
