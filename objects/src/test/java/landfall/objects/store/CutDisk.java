package landfall.objects.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A file system in a file that can be cut off: what wasn't synced by then is gone when it is mounted again, as after a
 * loss of power. Needs root, loop devices and the file system's mkfs.
 */
final class CutDisk implements AutoCloseable {
    /** {@code FS_IOC_SHUTDOWN}, _IOR('X', 125, __u32), of ext4 and xfs (linux/fs.h; ext4's and xfs's own names before). */
    private static final long SHUTDOWN = 0x8004587dL;

    /** Neither data nor the journal's own buffers are written any more. */
    private static final int NO_LOG_FLUSH = 2;

    private static final int O_RDONLY_DIRECTORY = 0x10000;

    private final Kind kind;
    private final Path image;
    private final Path mount;

    /** File systems that know the call. */
    enum Kind {
        EXT4("mkfs.ext4", "-q -F", ""),
        /** File contents aren't ordered before the metadata that shows them. */
        EXT4_WRITEBACK("mkfs.ext4", "-q -F", ",data=writeback"),
        XFS("mkfs.xfs", "-q -f", "");

        private final String make;
        private final String options;
        private final String mountOptions;

        Kind(String make, String options, String mountOptions) {
            this.make = make;
            this.options = options;
            this.mountOptions = mountOptions;
        }
    }

    private CutDisk(Kind kind, Path image, Path mount) {
        this.kind = kind;
        this.image = image;
        this.mount = mount;
    }

    /** @throws IOException if it can't be made or mounted here, with what the tool said */
    static CutDisk make(Kind kind, Path folder) throws IOException {
        Path image = folder.resolve("disk.img");
        try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(400L << 20);
        }
        List<String> make = new ArrayList<>(List.of(kind.make));
        make.addAll(List.of(kind.options.split(" ")));
        make.add(image.toString());
        run(make);
        CutDisk disk = new CutDisk(kind, image, Files.createDirectory(folder.resolve("mounted")));
        disk.mount();
        return disk;
    }

    Path root() {
        return mount;
    }

    /** Cuts it off at once. */
    @SuppressWarnings("restricted") // no Java API has ioctl
    void cut() throws IOException {
        Linker linker = Linker.nativeLinker();
        MethodHandle open = linker.downcallHandle(
                linker.defaultLookup().find("open").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        MethodHandle ioctl = linker.downcallHandle(
                linker.defaultLookup().find("ioctl").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS),
                Linker.Option.firstVariadicArg(2));
        MethodHandle close = linker.downcallHandle(
                linker.defaultLookup().find("close").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) open.invokeExact(arena.allocateFrom(mount.toString()), O_RDONLY_DIRECTORY);
            MemorySegment flags = arena.allocateFrom(ValueLayout.JAVA_INT, NO_LOG_FLUSH);
            int cut = (int) ioctl.invokeExact(descriptor, SHUTDOWN, flags);
            int closed = (int) close.invokeExact(descriptor);
            if (descriptor < 0 || cut != 0 || closed != 0) {
                throw new IOException(mount + " could not be cut off");
            }
        } catch (IOException known) {
            throw known;
        } catch (Throwable impossible) {
            throw new IllegalStateException("a call to the C library failed", impossible);
        }
    }

    /** What the next start of the machine does: the journal is replayed. */
    void remount() throws IOException {
        run(List.of("umount", mount.toString()));
        mount();
    }

    private void mount() throws IOException {
        run(List.of("mount", "-o", "loop" + kind.mountOptions, image.toString(), mount.toString()));
    }

    @Override
    public void close() throws IOException {
        run(List.of("umount", mount.toString()));
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.onExit().orTimeout(60, TimeUnit.SECONDS).join().exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said.strip());
        }
    }
}
