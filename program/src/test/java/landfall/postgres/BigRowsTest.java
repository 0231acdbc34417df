package landfall.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Rows of half a gigabyte; minutes long, so only where LANDFALL_BIG_ROWS is set. */
@EnabledIfEnvironmentVariable(named = "LANDFALL_BIG_ROWS", matches = ".+")
final class BigRowsTest {
    private static final String DIGEST = "select string_agg(id || ' ' || md5(v), ',' order by id) from huge";

    @Test
    void aRowOf500MegabytesIsCopiedWithAHeapOf256() throws Exception {
        Servers.Move move = Servers.move(
                "create table huge (id int primary key, v text)",
                "alter table huge alter column v set storage external",
                "insert into huge select 1, repeat('0123456789abcdef', 31250000)");
        long start = System.nanoTime();
        CopyInSmallHeap.run(move, "256m");
        System.out.println("a row of 500 MB was copied in " + (System.nanoTime() - start) / 1_000_000 + " ms");
        assertThat(Servers.read(move.target(), DIGEST)).isEqualTo(Servers.read(move.source(), DIGEST));
    }

    @Test
    void aRowOf300MegabytesThatChangesEndsFollowingByNameAndIsTakenWithMoreHeap() throws Exception {
        Servers.Move move = Servers.move(
                "create table huge (id int primary key, v text)",
                "alter table huge alter column v set storage external");
        move.copy();
        Servers.run(
                move.source(),
                "insert into huge values (1, 'before')",
                "insert into huge select 2, repeat('0123456789abcdef', 18750000)",
                "insert into huge values (3, 'after')");
        assertThatThrownBy(() -> FollowMemoryTest.follow(move, "256m"))
                .hasMessageContaining("larger than this process may take")
                .hasMessageContaining("-Xmx");
        assertThat(Servers.read(move.target(), "select count(*) from huge where id > 1"))
                .isEqualTo("0");
        for (String heap : new String[] {"700m", "1g", "1400m", "2g"}) {
            long start = System.nanoTime();
            try {
                FollowMemoryTest.follow(move, heap);
            } catch (AssertionError e) {
                System.out.println("a row of 300 MB doesn't pass through a heap of " + heap);
                continue;
            }
            System.out.println("a row of 300 MB passed through a heap of " + heap + " in "
                    + (System.nanoTime() - start) / 1_000_000 + " ms");
            break;
        }
        assertThat(Servers.read(move.target(), DIGEST)).isEqualTo(Servers.read(move.source(), DIGEST));
    }
}
