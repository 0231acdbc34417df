package landfall.objects.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Syncs everything that was written to a folder's file system with one call: syncfs(2), Linux 2.6.39. */
final class FileSystemSync {
    private static final int O_RDONLY_DIRECTORY_CLOEXEC = 0x10000 | 0x80000;
    private static final long SYNC_SECONDS = 300;

    private final Path folder;
    private final Linker linker = Linker.nativeLinker();

    FileSystemSync(Path folder) {
        this.folder = folder;
    }

    /** Returns when all that was written, created and renamed on the file system before the call would survive a loss of power. */
    void sync() throws IOException {
        SymbolLookup symbols = linker.defaultLookup();
        if (!System.getProperty("os.name").equals("Linux")
                || symbols.find("syncfs").isEmpty()) {
            syncAll();
            return;
        }
        MethodHandle open =
                handle("open", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        MethodHandle syncfs = handle("syncfs", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        MethodHandle close = handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int descriptor = (int) open.invokeExact(arena.allocateFrom(folder.toString()), O_RDONLY_DIRECTORY_CLOEXEC);
            if (descriptor < 0) {
                throw new IOException("can't open the folder " + folder + " to sync its file system");
            }
            int result = (int) syncfs.invokeExact(descriptor);
            int ignored = (int) close.invokeExact(descriptor);
            if (result != 0 || ignored != 0) {
                throw new IOException("the file system of " + folder + " couldn't be synced: the disk refused writes");
            }
        } catch (IOException known) {
            throw known;
        } catch (Throwable impossible) {
            throw new IllegalStateException("a call to the C library failed", impossible);
        }
    }

    @SuppressWarnings("restricted") // syncfs is the only call that the JDK lacks
    private MethodHandle handle(String name, FunctionDescriptor shape) {
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), shape);
    }

    /** sync(1), of all file systems, where there is no syncfs. */
    private static void syncAll() throws IOException {
        Process process = new ProcessBuilder("sync").inheritIO().start();
        try {
            if (!process.waitFor(SYNC_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("sync failed or took longer than " + SYNC_SECONDS + " s");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while syncing", interrupted);
        }
    }
}
