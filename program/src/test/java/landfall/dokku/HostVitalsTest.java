package landfall.dokku;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What {@code dokku report} printed on a real host, read. */
final class HostVitalsTest {
    private static final String RECORDED = """
            -----> uname: Linux vm 6.18.44-fc-v595 #1 SMP PREEMPT_DYNAMIC @0 x86_64 GNU/Linux
            -----> memory:\s
                                  total        used        free      shared  buff/cache   available
                   Mem:           24105        2634       14616        1186        8370       21471
                   Swap:              0           0           0
            -----> disk utilization:\s
                   Filesystem      Size  Used Avail Use% Mounted on
                   /dev/vda        252G   35G   57G  39% /
                   /dev/vdb        100G   35G  1.5G  39% /var/lib
                   /dev/vdc        100G   35G   12M  39% /var/lib/docker-else
            -----> disk inode utilization:\s
                   Filesystem     Inodes IUsed IFree IUse% Mounted on
                   /dev/vda          16M  755K   16M    5% /
            -----> docker daemon info:\s
                   Client:
                    Version:    28.2.2
                   Server:
                    Architecture: x86_64
                    CPUs: 2
                    Total Memory: 23.54GiB
                    Docker Root Dir: /var/lib/docker
                     System Time: 2026-11-22T20:11:05.088831059Z
            """;

    @Test
    void aRealHostsAnswerIsRead() {
        HostVitals vitals = HostVitals.parse(RECORDED, Instant.parse("2026-11-22T20:10:05.088831059Z"));
        assertThat(vitals.architecture()).isEqualTo("x86_64");
        assertThat(vitals.processors()).hasValue(2);
        assertThat(vitals.memory()).hasValue(24105L << 20);
        assertThat(vitals.diskFree()).hasValue((long) (1.5 * (1L << 30)));
        assertThat(vitals.clockAhead()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void whatIsNotToldIsAbsent() {
        HostVitals vitals = HostVitals.parse(" !     report is not a dokku command\n", Instant.EPOCH);
        assertThat(vitals.architecture()).isNull();
        assertThat(vitals.processors()).isEmpty();
        assertThat(vitals.memory()).isEmpty();
        assertThat(vitals.diskFree()).isEmpty();
        assertThat(vitals.clockAhead()).isNull();
    }
}
