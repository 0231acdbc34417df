package landfall.sandbox;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/** {@code report}: the machine's own figures, in a real host's words; the reports of an app behind it are not emulated. */
final class DokkuVitals {
    private static final double GIB = 1L << 30;

    private final DokkuHost host;

    DokkuVitals(DokkuHost host) {
        this.host = host;
    }

    void register(Map<String, DokkuCommand> commands) {
        commands.put("report", this::report);
    }

    private int report(DokkuCall call) throws DokkuFailure {
        if (call.argument(0).equals("--format")) {
            throw DokkuFailure.refused("--format flag not supported on global report");
        }
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        String machine = system.getArch().equals("amd64") ? "x86_64" : system.getArch();
        call.out("-----> uname: Linux dokku " + System.getProperty("os.version") + " " + machine + " GNU/Linux\n");
        memory(call, system);
        disk(call);
        call.out("-----> docker version: \n       Client:\n        Version:           28.2.2\n");
        call.out("-----> docker daemon info: \n       Server:\n");
        info(call, "Server Version", "20.10.24+dfsg1");
        info(call, "Architecture", machine);
        info(call, "CPUs", Integer.toString(system.getAvailableProcessors()));
        info(call, "Total Memory", String.format(Locale.ROOT, "%.2fGiB", system.getTotalMemorySize() / GIB));
        info(call, "Docker Root Dir", "/var/lib/docker");
        info(call, "System Time", Instant.now().toString());
        call.out("-----> herokuish version: \n");
        call.err(" !     Herokuish image gliderlabs/herokuish:latest-24 is not available\n");
        call.out("-----> dokku version: dokku version " + host.version() + "\n");
        return 0;
    }

    private static void info(DokkuCall call, String name, String value) {
        call.out("        " + name + ": " + value + "\n");
    }

    private static void memory(DokkuCall call, OperatingSystemMXBean system) {
        long total = system.getTotalMemorySize() >> 20;
        long free = system.getFreeMemorySize() >> 20;
        call.out("-----> memory: \n"
                + "                      total        used        free      shared  buff/cache   available\n"
                + String.format(
                                Locale.ROOT,
                                "       Mem:    %12d%12d%12d%12d%12d%12d%n",
                                total,
                                total - free,
                                free,
                                0,
                                0,
                                free)
                        .replace("\r", ""));
    }

    private void disk(DokkuCall call) {
        long size;
        long free;
        try {
            FileStore store = Files.getFileStore(host.folder());
            size = store.getTotalSpace();
            free = host.misbehaviour().diskIsFull() ? 0 : store.getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        call.out("-----> disk utilization: \n       Filesystem      Size  Used Avail Use% Mounted on\n"
                + "       /dev/vda        " + rounded(size) + " " + rounded(size - free) + " " + rounded(free) + " "
                + (size == 0 ? 0 : (size - free) * 100 / size) + "% /\n");
    }

    /** As {@code df -h} rounds: up, in powers of 1024. */
    private static String rounded(long bytes) {
        String units = "KMGTP";
        double amount = bytes;
        int unit = -1;
        while (amount >= 1024 && unit < units.length() - 1) {
            amount /= 1024;
            unit++;
        }
        return (long) Math.ceil(amount) + (unit < 0 ? "" : units.substring(unit, unit + 1));
    }
}
